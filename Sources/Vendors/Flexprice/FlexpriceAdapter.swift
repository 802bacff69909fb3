import Events
import JSON

/// Flexprice, `POST /events` and `POST /events/bulk` below a base URL that ends in `/v1`.
///
/// Flexprice tells events apart by id, timestamp and customer together (tables `events` and `meter_usage`, 2026-08): leave the timestamp out,
/// and every retry is billed. So all three are always sent, as they were frozen at acceptance.
struct FlexpriceAdapter: Adapter {
    let traits = VendorTraits(
        adapter: "flexprice",
        vendor: "Flexprice",
        defaultBaseURL: "https://us.api.flexprice.io/v1",
        credential: .header(name: "x-api-key", prefix: ""),
        // The server takes 32 MiB; a bulk is published event by event, so less is kinder to its time.
        batch: BatchLimit(events: 1000, bytes: 8 << 20),
        deduplication: .byIdentity(memory: nil),
        timeout: .seconds(60),
        settings: []
    )

    func translate(_ event: AcceptedEvent, for destination: Destination) throws(Untranslatable) -> TranslatedEvent {
        let fields = try VendorFields(of: event, for: traits.adapter, known: ["customer_id"])
        guard let customer = event.customerID else {
            throw Untranslatable(
                field: "customer_id",
                message: "Flexprice bills customers; give customer_id beside the subscription_id"
            )
        }
        let name = destination.name(for: event.name)
        guard name.contains(where: { !$0.isWhitespace }) else {
            throw Untranslatable(field: "name", message: "Flexprice trims the name, and nothing is left of this one")
        }
        var writer = JSONWriter(capacity: 320 + (event.properties?.bytes.count ?? 0))
        writer.beginObject()
        writer.member("event_name", string: name)
        writer.member("event_id", string: event.id.rawValue)
        writer.member("external_customer_id", string: customer)
        if let customerID = try fields.text("customer_id") { writer.member("customer_id", string: customerID) }
        // UTC with three decimals: what the server keeps, so that a resend names the same moment.
        writer.member("timestamp", string: event.timestamp.rfc3339)
        if let source = event.source { writer.member("source", string: source) }
        if let properties = event.properties { writer.member("properties", raw: properties.bytes) }
        writer.endObject()
        return TranslatedEvent(bytes: writer.bytes, identity: event.id.rawValue)
    }

    /// A lone event goes to the single endpoint, whose 400 concerns it for certain.
    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        if events.count == 1 { return VendorRequest(path: "/events", body: events[0].bytes) }
        return VendorRequest(path: "/events/bulk", body: JSONJoin.object("events", of: events))
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        FlexpriceAnswers.verdict(of: answer, count: events.count)
    }
}
