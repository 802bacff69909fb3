import Events
import JSON

/// Makes an accepted event of the JSON in an exchange.
enum ExchangeEvent {
    private static let fields: Set<String> = [
        "id", "name", "customer_id", "subscription_id", "timestamp", "source", "properties", "vendor", "accepted_at",
        "id_scope", "tenant",
    ]

    /// When events are accepted that do not say so, and when they happened if they do not say that either.
    static let acceptedAt = Timestamp(rfc3339: "2026-03-01T12:00:01.003Z")

    /// - Parameter fault: makes the error for a message.
    static func accepted(from value: JSONValue, fault: (String) -> ExchangeFault) throws -> AcceptedEvent {
        for member in value.members where !fields.contains(member.name) {
            throw fault("an event has no field \(member.name)")
        }
        guard let id = value["id"]?.string, let name = value["name"]?.string else {
            throw fault("an event has id and name")
        }
        let accepted = try moment(value["accepted_at"], fault: fault) ?? acceptedAt
        let given = try moment(value["timestamp"], fault: fault)
        guard let acceptedAt = accepted else { throw fault("accepted_at is no RFC 3339") }
        return AcceptedEvent(
            CanonicalEvent(
                idScope: value["id_scope"]?.string ?? "",
                name: name,
                customerID: value["customer_id"]?.string,
                subscriptionID: value["subscription_id"]?.string,
                timestamp: given,
                source: value["source"]?.string,
                properties: value["properties"].map { JSONText(checked: $0.raw) },
                vendor: value["vendor"].map { JSONText(checked: $0.raw) }
            ),
            id: EventID(id),
            in: Submission(
                tenant: TenantID(value["tenant"]?.string ?? "shop"),
                client: "shop",
                acceptedAt: acceptedAt,
                plan: Plan(route: "default", destinations: [])
            )
        )
    }

    private static func moment(_ value: JSONValue?, fault: (String) -> ExchangeFault) throws -> Timestamp? {
        guard let value else { return nil }
        if let seconds = value.int64 { return Timestamp(milliseconds: seconds * 1000) }
        guard let text = value.string, let moment = Timestamp(rfc3339: text) else {
            throw fault("a timestamp is RFC 3339 text or whole Unix seconds")
        }
        return moment
    }
}
