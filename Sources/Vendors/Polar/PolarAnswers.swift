import Events
import JSON

/// What Polar's responses mean.
struct PolarAnswers {
    private let table: StatusTable

    init(answer: VendorAnswer, events: Int) {
        table = StatusTable(vendor: PolarAdapter.vendor, answer: answer, events: events, message: Self.message)
    }

    var verdict: Verdict {
        switch table.answer.status {
        case 200..<300: success
        case 422: rejection
        default: table.verdict
        }
    }

    /// Which events were there already is not said, unless all were.
    private var success: Verdict {
        guard let inserted else { return table.verdict }
        return .all(.delivered(deduplicated: inserted == 0))
    }

    /// How many of the events Polar did not have; nil if the answer does not tell. Both of its counts together must be what was sent.
    var inserted: Int? {
        guard (200..<300).contains(table.answer.status), let root = table.root, let inserted = root["inserted"]?.int64,
            let duplicates = root["duplicates"]?.int64,
            inserted >= 0, duplicates >= 0, inserted <= table.events, duplicates == Int64(table.events) - inserted
        else { return nil }
        return Int(inserted)
    }

    /// Nothing of a refused request is stored. The third part of every location is the event's index.
    private var rejection: Verdict {
        guard let details = table.root?["detail"], details.kind == .array else { return table.refused(unnamedFault) }
        var errors: [Int: [PolarValidationError]] = [:]
        for error in details.elements.map({ PolarValidationError($0) }) {
            guard let index = error.eventIndex, index < table.events else { return table.refused(unnamedFault) }
            errors[index, default: []].append(error)
        }
        guard !errors.isEmpty else { return table.refused(unnamedFault) }
        if (0..<table.events).allSatisfy({ errors[$0]?.allSatisfy(\.refusesOrganization) ?? false }) {
            let message = """
                does not accept organization_id with an organization's token; remove organization_id from the destination, and \
                vendor.polar.organization_id from events, or use a personal token
                """
            return .all(.park(table.fault(.forbidden, message, quoting: self.message(of: errors[0] ?? []))))
        }
        let outcomes = (0..<table.events).map { errors[$0].map(outcome) ?? .resend }
        // A token that does not go with the setting organization_id fails every event alike.
        if case .park = outcomes[0], outcomes.allSatisfy({ $0 == outcomes[0] }) { return .all(outcomes[0]) }
        return .each(outcomes)
    }

    private func outcome(of errors: [PolarValidationError]) -> Outcome {
        let errors = PolarValidationError.distinct(errors)
        let quote = message(of: errors)
        if errors.allSatisfy(\.isFutureTimestamp) {
            // Our clock is ahead of theirs: the event's time has not come there yet.
            return .retry(
                table.fault(.invalidEvent, "finds the timestamp in the future; clocks differ", quoting: quote),
                after: nil
            )
        }
        if errors.allSatisfy(\.wantsOrganization) {
            let message =
                "wants an organization_id with this token; use an organization's token, or set organization_id"
            return .park(table.fault(.forbidden, message, quoting: quote))
        }
        let isCustomer = errors.allSatisfy(\.isUnknownCustomer)
        return .reject(table.fault(isCustomer ? .unknownCustomer : .invalidEvent, "refuses the event", quoting: quote))
    }

    private func message(of errors: [PolarValidationError]) -> String? {
        VendorMessage.quoted(errors.map(\.summary).joined(separator: "; "))
    }

    private var unnamedFault: DeliveryFault { table.fault(.invalidEvent, "refuses the request") }

    /// Never the body as it is: its `input` repeats what was sent.
    private static func message(in root: JSONValue) -> String? {
        guard root.kind == .object else { return nil }
        let details = root["detail"].map { $0.elements.prefix(8).compactMap { $0["msg"]?.string } } ?? []
        let texts = [root["error"]?.string, root["error_description"]?.string, root["detail"]?.string].compactMap { $0 }
        return (texts + details).joined(separator: "; ")
    }
}
