package import Events

/// Events for tests that are about something else.
package enum SampleEvent {
    /// An event that every vendor takes, but for what is said here.
    package static func accepted(
        id: String = "evt-1",
        scope: String = "",
        name: String = "api_request",
        customer: String? = "customer456",
        subscription: String? = "sub_1",
        source: String? = "api",
        properties: String? = #"{"request_size":100,"region":"eu"}"#,
        vendor: String? = nil
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: scope,
                name: name,
                customerID: customer,
                subscriptionID: subscription,
                timestamp: Timestamp(milliseconds: 1_772_366_400_250),
                source: source,
                properties: properties.map { JSONText(checked: $0) },
                vendor: vendor.map { JSONText(checked: $0) }
            ),
            id: EventID(id),
            in: Submission(
                tenant: "shop",
                client: "shop",
                acceptedAt: Timestamp(milliseconds: 1_772_366_401_003),
                plan: Plan(route: "default", destinations: [])
            )
        )
    }

    package static func destination(_ adapter: any Adapter, settings: DestinationSettings = DestinationSettings())
        -> Destination
    {
        Destination(provider: "account", adapter: adapter.traits.adapter, mode: .primary, settings: settings)
    }

    /// So many different events in a vendor's words.
    package static func translated(_ count: Int, by adapter: any Adapter) throws -> [TranslatedEvent] {
        try (0..<count).map { try adapter.translate(accepted(id: "evt-\($0)"), for: destination(adapter)) }
    }
}
