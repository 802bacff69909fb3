import Events
import JSON

/// What Flexprice's responses mean.
struct FlexpriceAnswers {
    private let table: StatusTable
    /// The sentence of an error, whole.
    private let sentence: String?

    init(answer: VendorAnswer, events: Int) {
        table = StatusTable(vendor: FlexpriceAdapter.vendor, answer: answer, events: events, message: Self.message)
        sentence = table.root.flatMap(Self.sentence)
    }

    var verdict: Verdict {
        switch table.answer.status {
        case 200..<300: isUnderstood ? .all(.delivered(deduplicated: false)) : table.verdict
        // Of a bulk request the events before the invalid one are accepted already. Nobody says which one it is, and sending the
        // others again is safe: id, timestamp and customer stay the same.
        case 400: table.refused(isTooLarge ? tooLarge : table.fault(.invalidEvent, "refuses the event"))
        case 403 where isEnvironment:
            .all(
                .park(
                    table.fault(
                        .forbidden,
                        "does not know the environment; check the provider's environment_id"
                    )
                )
            )
        case 500 where isBeforeHandler:
            .all(
                .retry(
                    table.fault(.vendorUnavailable, "failed before it read the events"),
                    after: table.retryAfter
                )
            )
        default: table.verdict
        }
    }

    /// Success is a flat object of texts, with a message or the event's id.
    private var isUnderstood: Bool {
        guard let root = table.root else { return false }
        return root["message"]?.string != nil || root["event_id"]?.string != nil
    }

    /// A body over the limit is answered with 400, not 413.
    private var isTooLarge: Bool { sentence?.contains("exceeds the maximum size") ?? false }

    private var tooLarge: DeliveryFault { table.fault(.payloadTooLarge, "reports that the request is too large") }

    /// A key from a server's own configuration must say which environment it means.
    private var isEnvironment: Bool { sentence?.lowercased().contains("environment") ?? false }

    /// Faults of the environment and tenant look-up, which come before the body is read.
    private var isBeforeHandler: Bool {
        sentence == "Failed to resolve environment" || sentence == "failed to verify tenant access"
    }

    /// The sentence of an error in the current form, the one before April 2026, or the one of its guide.
    private static func sentence(in root: JSONValue) -> String? {
        root["message"]?.string ?? root["error"]?["message"]?.string ?? root["error"]?.string
    }

    private static func message(in root: JSONValue) -> String? {
        guard let sentence = sentence(in: root) else { return nil }
        let details = root["details"] ?? root["error"]?["details"]
        let texts = details.map { $0.members.compactMap(\.value.string) } ?? []
        return ([sentence] + texts).joined(separator: "; ")
    }
}
