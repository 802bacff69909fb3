import Events
import JSON

/// Polar, `POST /v1/events/ingest`.
///
/// Deduplicates on `external_id`, for ever, and the first write wins, so the id is always sent. `organization_id` is never sent: with an
/// organization token it is refused (server/polar/event/service.py, 2026-08).
struct PolarAdapter: Adapter {
    let traits = VendorTraits(
        adapter: "polar",
        vendor: "Polar",
        defaultBaseURL: "https://api.polar.sh",
        credential: .header(name: "Authorization", prefix: "Bearer "),
        // No limit on events is stated; the body may have 10 MiB.
        batch: BatchLimit(events: 1000, bytes: 8 << 20),
        deduplication: .byIdentity(memory: nil),
        timeout: .seconds(60),
        // Shared with all other calls of the organization.
        rateLimit: RateLimit(requests: 500, per: .seconds(60)),
        settings: PolarSettings.fields
    )

    private static let fieldNames = [
        "customer_id", "external_member_id", "member_id", "parent_id", "_cost", "_llm",
    ]

    func translate(_ event: AcceptedEvent, for destination: Destination) throws(Untranslatable) -> TranslatedEvent {
        let fields = try VendorFields(of: event, for: traits.adapter, known: Self.fieldNames)
        var writer = JSONWriter(capacity: 384)
        writer.beginObject()
        writer.member("name", string: destination.name(for: event.name))
        writer.member("external_id", string: event.id.rawValue)
        try writeCustomer(of: event, fields, to: &writer)
        writer.member("timestamp", string: event.timestamp.rfc3339)
        if let parent = try fields.text("parent_id") { writer.member("parent_id", string: parent) }
        try PolarMetadata(destination.settings).write(event, fields, to: &writer)
        writer.endObject()
        // Polar refuses a timestamp even 1 ms ahead of its own clock (server/polar/event/schemas.py, 2026-08), so the event waits
        // for its moment: its bytes stay the same on every try.
        return TranslatedEvent(bytes: writer.bytes, identity: event.id.rawValue, notBefore: event.timestamp)
    }

    /// Exactly one customer key: with both, Polar drops one of them in silence.
    private func writeCustomer(
        of event: AcceptedEvent,
        _ fields: VendorFields,
        to writer: inout JSONWriter
    ) throws(Untranslatable) {
        if let customerID = try fields.text("customer_id") {
            writer.member("customer_id", string: customerID)
            if let member = try fields.text("member_id") { writer.member("member_id", string: member) }
            return
        }
        guard let customer = event.customerID else {
            throw Untranslatable(
                field: "customer_id",
                message: "Polar bills customers; give customer_id beside the subscription_id, or vendor.polar.customer_id"
            )
        }
        writer.member("external_customer_id", string: customer)
        if let member = try fields.text("external_member_id") { writer.member("external_member_id", string: member) }
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(path: "/v1/events/ingest", body: JSONJoin.object("events", of: events))
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        PolarAnswers.verdict(of: answer, count: events.count)
    }
}
