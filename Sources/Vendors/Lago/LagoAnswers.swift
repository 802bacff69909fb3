import Events
import JSON

/// What Lago's responses mean.
struct LagoAnswers {
    private let table: StatusTable

    init(answer: VendorAnswer, events: Int) {
        table = StatusTable(vendor: LagoAdapter.vendor, answer: answer, events: events, message: Self.message)
    }

    var verdict: Verdict {
        switch table.answer.status {
        case 200..<300: isUnderstood ? .all(.delivered(deduplicated: false)) : table.verdict
        case 422: rejection
        // The limiter in front of Lago names its own reset, and its SDKs ignore Retry-After.
        case 429:
            .all(
                .retry(
                    table.fault(.rateLimited, "reports that its rate limit is exceeded"),
                    after: table.limitReset ?? table.retryAfter
                )
            )
        default: table.verdict
        }
    }

    /// Success carries the event, or as many as were sent.
    private var isUnderstood: Bool {
        guard let root = table.root else { return false }
        if table.events == 1 { return root["event"]?.kind == .object }
        guard let stored = root["events"], stored.kind == .array else { return false }
        return stored.elements.reduce(0) { count, _ in count + 1 } == table.events
    }

    /// Nothing of a refused batch is stored. Its details are keyed by the index; faults of fields are reported before duplicates are
    /// looked for, so the rest is sent again at once and may be answered by a second 422.
    private var rejection: Verdict {
        guard let details = table.root?["error_details"] else { return table.refused(invalid(nil)) }
        if table.events == 1 { return .all(outcome(of: details)) }
        guard details.kind == .object else { return table.refused(invalid(details)) }
        var outcomes = [Outcome](repeating: .resend, count: table.events)
        var isNamed = false
        for member in details.members {
            guard let index = Int(member.name), outcomes.indices.contains(index), member.hasName("\(index)") else {
                // `{"events": ["too_many_events"]}` speaks of the batch: smaller ones find the operator's limit.
                return .unnamed(invalid(details))
            }
            outcomes[index] = outcome(of: member.value)
            isNamed = true
        }
        return isNamed ? .each(outcomes) : .unnamed(invalid(details))
    }

    /// - Parameter details: the faults of one event: an object of lists by field, or the text of a failed expression.
    private func outcome(of details: JSONValue) -> Outcome {
        let members = Array(details.members)
        if members.count == 1, members[0].hasName("transaction_id") {
            let codes = members[0].value.elements.map(\.string)
            if codes == ["value_already_exist"] { return .delivered(deduplicated: true) }
        }
        return .reject(invalid(details))
    }

    private func invalid(_ details: JSONValue?) -> DeliveryFault {
        let message = details.flatMap {
            VendorMessage.quoted($0.string ?? String(decoding: $0.raw.prefix(2000), as: UTF8.self))
        }
        return table.fault(.invalidEvent, "refuses the event", quoting: message)
    }

    private static func message(in root: JSONValue) -> String? {
        guard root.kind == .object else { return nil }
        return ["error", "code"].compactMap { root[$0]?.string }.joined(separator: ": ")
    }
}
