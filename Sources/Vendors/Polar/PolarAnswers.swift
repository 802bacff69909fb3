import Events
import JSON

/// What Polar's answers mean.
struct PolarAnswers {
    private let answer: VendorAnswer
    private let events: Int
    private let table: StatusTable
    private let document: JSONDocument?

    init(answer: VendorAnswer, events: Int) {
        self.answer = answer
        self.events = events
        document = JSONDocument.answer(answer.body)
        table = StatusTable(
            vendor: PolarAdapter.vendor,
            answer: answer,
            events: events,
            words: answer.status < 300 ? nil : Self.words(of: document, in: answer)
        )
    }

    var verdict: Verdict {
        switch answer.status {
        case 200..<300: success
        case 422: refusal
        default: table.verdict
        }
    }

    /// Both counts together must be what was sent. Which events were there already is not said, unless all were.
    private var success: Verdict {
        guard let root = document?.root, let inserted = root["inserted"]?.int64,
            let duplicates = root["duplicates"]?.int64,
            inserted >= 0, duplicates >= 0, inserted <= events, duplicates == Int64(events) - inserted
        else { return table.verdict }
        return .all(.delivered(deduplicated: inserted == 0))
    }

    /// Nothing of a refused request is stored. The third part of every place is the event's index.
    private var refusal: Verdict {
        guard let details = document?.root["detail"], details.kind == .array else { return table.refused(unnamedFault) }
        var faults: [Int: [PolarFault]] = [:]
        for detail in details.elements {
            guard let fault = PolarFault(detail), fault.index < events else { return table.refused(unnamedFault) }
            faults[fault.index, default: []].append(fault)
        }
        guard !faults.isEmpty else { return table.refused(unnamedFault) }
        if (0..<events).allSatisfy({ faults[$0].map(Self.refuseOrganization) ?? false }) {
            let message = """
                takes no organization_id with an organization's token; remove organization_id from the destination, and \
                vendor.polar.organization_id from events, or use a personal token
                """
            return .all(.park(table.fault(.forbidden, message, words: words(of: faults[0] ?? []))))
        }
        let outcomes = (0..<events).map { faults[$0].map(outcome) ?? .resend }
        // A token that does not go with the setting organization_id fails every event alike.
        if case .park = outcomes[0], outcomes.allSatisfy({ $0 == outcomes[0] }) { return .all(outcomes[0]) }
        return .each(outcomes)
    }

    private func outcome(of faults: [PolarFault]) -> Outcome {
        let telling = PolarFault.telling(among: faults)
        let words = words(of: telling)
        if telling.allSatisfy(\.isFutureTimestamp) {
            // Our clock is ahead of theirs: the moment has not come there yet.
            return .retry(
                table.fault(.invalidEvent, "finds the timestamp in the future; clocks differ", words: words),
                after: nil
            )
        }
        if telling.allSatisfy(\.wantsOrganization) {
            let message =
                "wants an organization_id with this token; use an organization's token, or set organization_id"
            return .park(table.fault(.forbidden, message, words: words))
        }
        let isCustomer = telling.allSatisfy(\.isUnknownCustomer)
        return .reject(table.fault(isCustomer ? .unknownCustomer : .invalidEvent, "refuses the event", words: words))
    }

    /// Whether an event is refused for naming an organization and for nothing else.
    private static func refuseOrganization(_ faults: [PolarFault]) -> Bool { faults.allSatisfy(\.refusesOrganization) }

    private func words(of faults: [PolarFault]) -> String? {
        VendorWords.quoted(faults.map(\.words).joined(separator: "; "))
    }

    private var unnamedFault: DeliveryFault { table.fault(.invalidEvent, "refuses the request") }

    /// Never the body as it is: its `input` repeats what was sent.
    private static func words(of document: JSONDocument?, in answer: VendorAnswer) -> String? {
        guard let root = document?.root, root.kind == .object else { return VendorWords.quoted(body: answer.body) }
        let details = root["detail"].map { $0.elements.prefix(8).compactMap { $0["msg"]?.string } } ?? []
        let texts = [root["error"]?.string, root["error_description"]?.string, root["detail"]?.string].compactMap { $0 }
        return VendorWords.quoted((texts + details).joined(separator: "; "))
    }
}
