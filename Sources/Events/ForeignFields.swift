import JSON

/// The names that other systems give to the fields of an event, and the form of their requests, so that an error can say what to change.
enum ForeignFields {
    /// The canonical field that another system's name stands for; nil if the name is unknown.
    ///
    /// Case, underscores and hyphens do not matter: `customerId` and `Customer-ID` are `customer_id`.
    static func canonical(for name: String) -> String? {
        guard name.utf8.count <= longestName else { return nil }
        return canonicalNames[plain(name)]
    }

    /// How to recognize one system's events.
    struct Shape: Sendable {
        /// Sets of names; an event that has all names of one set has this shape.
        let marks: [Set<String>]
        /// One sentence for people.
        let advice: String
        /// Whether the advice is complete, so that the fields need not be listed one by one.
        var isWhole = false
    }

    /// The system whose shape an event has; nil if none is recognized.
    static func shape(of event: JSONValue) -> Shape? {
        // The first fields show the shape; an object with a million names has none.
        let names = Set(event.members.prefix(32).map(\.name))
        return shapes.first { shape in shape.marks.contains { names.isSuperset(of: $0) } }
    }

    /// What is wrong with a body that wraps its events in an object other than `{"events": [...]}`; nil if it does not.
    static func wrapper(of root: JSONValue) -> (field: String, message: String)? {
        for member in root.members.prefix(32) {
            let name = Excerpt.of(member.name, longest: longestName)
            if member.value.kind == .array, member.value.elements.first(where: { _ in true })?.kind == .object {
                let message =
                    "\"\(name)\" is an array; send several events as {\"events\": [...]}, as an array, or "
                    + "as NDJSON (Content-Type: application/x-ndjson, one event per line)"
                return (name, message)
            }
            if name == "event", member.value.kind == .object {
                let message =
                    "\"event\" is an object; send the event's fields without it. Requests in Lago's shape go to /lago/api/v1/events"
                return (name, message)
            }
        }
        return nil
    }

    private static let longestName = 64

    private static func plain(_ name: String) -> String {
        name.lowercased().filter { $0 != "_" && $0 != "-" }
    }

    private static let canonicalNames: [String: String] = {
        let names: [(field: String, names: [String])] = [
            (
                "id",
                [
                    "event_id", "transaction_id", "identifier", "message_id", "external_id", "idempotency_key",
                    "insert_id", "uuid",
                ]
            ),
            ("name", ["event_name", "event_type", "event", "code", "type", "metric", "meter", "feature"]),
            (
                "customer_id",
                [
                    "external_customer_id", "customer", "subject", "user_id", "user", "account_id", "account",
                    "stripe_customer_id",
                ]
            ),
            ("subscription_id", ["external_subscription_id", "subscription"]),
            ("timestamp", ["time", "ts", "date", "event_timestamp", "event_time", "occurred_at", "created_at"]),
            ("properties", ["metadata", "data", "payload", "event_properties", "attributes", "dimensions"]),
        ]
        var canonical: [String: String] = [:]
        for (field, others) in names {
            for name in [field] + others { canonical[plain(name)] = field }
        }
        canonical["source"] = "source"
        return canonical
    }()

    /// The first match counts.
    private static let shapes = [
        Shape(
            marks: [["specversion"]],
            advice: "This is a CloudEvent; send it with Content-Type: application/cloudevents+json",
            isWhole: true
        ),
        Shape(
            marks: [["messageId", "event"], ["userId", "event"], ["anonymousId", "event"]],
            advice:
                "This is a call in Segment's or RudderStack's shape; its \"event\" is \"name\", its \"userId\" \"customer_id\" and its "
                + "\"messageId\" \"id\", and \"type\" is not used here",
            isWhole: true
        ),
        Shape(
            marks: [["event_name", "payload"], ["event_name", "identifier"]],
            advice:
                "This is Stripe's meter event; its \"event_name\" is \"name\", its \"identifier\" \"id\", its \"payload\" "
                + "\"properties\", and \"stripe_customer_id\" in it \"customer_id\""
        ),
        Shape(
            marks: [["category", "result"], ["event_timestamp", "category"], ["request_type", "event_timestamp"]],
            advice: "Requests in Knetik's shape go to /knetik/v2/events"
        ),
        Shape(
            marks: [
                ["transaction_id", "code"], ["transaction_id", "external_subscription_id"],
                ["code", "external_subscription_id"],
            ],
            advice: "Requests in Lago's shape go to /lago/api/v1/events, as {\"event\": {...}}"
        ),
        Shape(
            marks: [
                ["external_customer_id", "metadata"], ["external_customer_id", "external_id"],
                ["name", "external_customer_id"],
            ],
            advice: "Requests in Polar's shape go to /polar/v1/events/ingest, as {\"events\": [...]}"
        ),
        Shape(
            marks: [["event_name", "idempotency_key"]],
            advice: "This is Orb's shape; its \"idempotency_key\" is \"id\" here"
        ),
        Shape(
            marks: [["event_name"], ["event_id", "external_customer_id"]],
            advice: "Requests in Flexprice's shape go to /flexprice/v1/events"
        ),
    ]
}
