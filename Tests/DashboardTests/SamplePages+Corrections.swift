import Events

@testable import Dashboard

/// Corrections: their form, what they would do, and those of an event.
extension SamplePages {
    static let corrections: [Sample] = [
        Sample(name: "void") { text in
            let form = CorrectionForm(reason: text, property: text, subscription: text)
            return CorrectionPage(.void, of: EventID(text), properties: nil, form, fault: text)
        },
        Sample(name: "adjustment") { text in
            let form = CorrectionForm(reason: text, aggregate: "sum", property: text, properties: text, metric: text)
            return CorrectionPage(.adjust, of: EventID(text), properties: text, form)
        },
        Sample(name: "plan of a void") { text in
            let outcomes = ["applied", "compensated", "impossible", "unchanged", "already_corrected"]
            return CorrectionPlanPage(
                .void,
                of: EventID(text),
                reason: text,
                outcomes.map { outcome in
                    CorrectionPlanPage.Part(
                        provider: ProviderName(text),
                        adapter: AdapterName(text),
                        outcome: outcome,
                        reason: text,
                        note: text,
                        correction: EventID(text)
                    )
                },
                corrections: [correcting(text)],
                hidesProperties: false,
                fields: [ProblemsFilter.Hidden(text, text)]
            )
        },
        Sample(name: "plan of an adjustment") { text in
            CorrectionPlanPage(
                .adjust,
                of: EventID(text),
                reason: text,
                [],
                corrections: [correcting(text)],
                hidesProperties: true,
                fields: []
            )
        },
        Sample(name: "plan of an adjustment of nothing") { text in
            CorrectionPlanPage(
                .adjust,
                of: EventID(text),
                reason: text,
                [],
                corrections: [],
                hidesProperties: true,
                fields: []
            )
        },
    ]

    /// An event that corrects the one with this text as its ID.
    static func correcting(_ text: String) -> AcceptedEvent {
        let destination = Destination(provider: ProviderName(text), adapter: AdapterName(text), mode: .primary)
        let submission = Submission(
            tenant: "shop",
            client: ClientName(text),
            acceptedAt: now,
            plan: Plan(route: nil, destinations: [destination.correcting(.beside, .void, property: "size")])
        )
        return AcceptedEvent(
            submission,
            id: CorrectionID(of: EventID(text)).eventID,
            name: text,
            customerID: text,
            subscriptionID: nil,
            timestamp: now,
            timestampWasGiven: true,
            source: nil,
            properties: JSONText(checked: #"{"size":-100}"#),
            vendor: nil
        )
    }

    /// - Parameter made: whether the event was voided.
    static func corrections(of event: AcceptedEvent, made: Bool, mayCorrect: Bool = true) -> EventCorrections {
        let void = correcting(event.id.rawValue)
        let archived = ArchivedEvent(sequence: 2, event: void, deliveries: [delivery(event.id.rawValue)])
        return EventCorrections(
            of: event,
            made: made ? [archived] : [],
            mayCorrect: mayCorrect,
            subscription: "s-1",
            hidesProperties: false
        )
    }
}
