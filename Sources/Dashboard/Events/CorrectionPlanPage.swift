package import Events

/// What a correction would do at each vendor, before it does anything.
package struct CorrectionPlanPage: PageContent {
    /// What would be done at one destination.
    package struct Part: Sendable {
        let provider: String
        let adapter: String
        let style: String
        let outcome: String
        /// Why nothing is sent.
        let reason: String?
        /// An effect on the bill that might surprise people.
        let note: String?
        let correction: String?

        /// - Parameter outcome: as the API calls it: `applied`, `compensated`, `impossible`, `unchanged` or `already_corrected`.
        package init(
            provider: ProviderName,
            adapter: AdapterName,
            outcome: String,
            reason: String?,
            note: String?,
            correction: EventID?
        ) {
            self.provider = provider.rawValue
            self.adapter = adapter.rawValue
            self.outcome = outcome.replacing("_", with: " ")
            self.reason = reason
            self.note = note
            self.correction = correction?.rawValue
            style =
                switch outcome {
                case "applied", "compensated": "ok"
                case "impossible": "bad"
                default: "unknown"
                }
        }
    }

    /// An event that would be sent.
    struct Sent: Sendable {
        let id: String
        let text: String
    }

    package static let template = "CorrectionPlan"
    package let title: String
    let eventHref: String
    let orderHref: String
    let verb: String
    let isAdjustment: Bool
    let id: String
    /// The reason that was given.
    let why: String
    let parts: [Part]
    let hasParts: Bool
    /// The events that would be sent.
    let sent: [Sent]
    let hasSent: Bool
    /// How many destinations keep what they have, though it is wrong; nil if none does.
    let impossible: String?
    let fields: [ProblemsFilter.Hidden]

    /// - Parameters:
    ///   - parts: one a destination of the event.
    ///   - corrections: the events that would be sent.
    ///   - fields: what the form carries on, to order the same.
    package init(
        _ kind: CorrectionID.Kind,
        of id: EventID,
        reason: String,
        _ parts: [Part],
        corrections: [AcceptedEvent],
        hidesProperties: Bool,
        fields: [ProblemsFilter.Hidden]
    ) {
        verb = kind.verb
        isAdjustment = kind == .adjust
        title = "\(verb) \(id.rawValue)"
        self.id = id.rawValue
        eventHref = PageLink.event(id.rawValue)
        orderHref = "\(eventHref)/\(kind.rawValue)"
        self.why = reason
        self.parts = parts
        hasParts = !parts.isEmpty
        sent = corrections.map { event in
            Sent(id: event.id.rawValue, text: EventText.canonical(event, hidesProperties: hidesProperties))
        }
        hasSent = !sent.isEmpty
        let count = parts.count { $0.outcome == "impossible" }
        impossible = count > 0 ? PlainNumbers.count(count, of: "vendor") : nil
        self.fields = fields
    }
}
