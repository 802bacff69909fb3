package import Events

/// A vendor that takes an event's id as it is, for tests of what is around the adapters.
package struct SampleAdapter: Adapter {
    package let traits: VendorTraits

    package init(_ traits: VendorTraits) {
        self.traits = traits
    }

    package func translate(_ event: AcceptedEvent, for destination: PreparedDestination<DestinationSettings>)
        -> TranslatedEvent
    {
        TranslatedEvent(bytes: Array(event.id.rawValue.utf8), identity: event.id.rawValue)
    }

    package func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(
            path: "/events",
            contentType: "text/plain",
            body: Array(events.map(\.bytes).joined(separator: [10]))
        )
    }

    package func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        answer.status == 200
            ? .all(.delivered(deduplicated: false))
            : .all(.ambiguous(DeliveryFault(code: .vendorError, message: "status \(answer.status)")))
    }
}
