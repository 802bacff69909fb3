import Events
import JSON

/// Knetik's data collector, `POST /v2/events`.
///
/// One event a request: nothing tells whether a repeat counts twice, and only a single post has an outcome that is certain. The
/// account id is the credential and travels in the query.
struct KnetikAdapter: Adapter {
    let traits = VendorTraits(
        adapter: "knetik",
        vendor: "Knetik",
        defaultBaseURL: "https://api.knetik.io",
        credential: .query(name: "customerId"),
        batch: BatchLimit(events: 1, bytes: 1 << 20),
        deduplication: .none,
        settings: KnetikSettings.fields
    )

    func translate(_ event: AcceptedEvent, for destination: Destination) throws(Untranslatable) -> TranslatedEvent {
        let fields = try VendorFields(of: event, for: traits.adapter, known: ["result", "device_id"])
        let deviceID = try fields.text("device_id")
        guard event.customerID != nil || deviceID != nil else {
            throw Untranslatable(
                field: "customer_id",
                message: "Knetik needs a user or a device; give customer_id, or vendor.knetik.device_id"
            )
        }
        var writer = JSONWriter(capacity: 384)
        writer.beginObject()
        writer.member("request_type", string: "newEvent")
        writer.member("category", string: destination.name(for: event.name))
        writer.member("result", string: try fields.text("result") ?? destination.settings.text("result") ?? "success")
        writer.member("event_timestamp", integer: event.timestamp.milliseconds)
        // "Now" by the vendor's words; frozen at acceptance, so that a repeat sends the same bytes.
        writer.member("send_timestamp", integer: event.acceptedAt.milliseconds)
        if let customer = event.customerID { writer.member("user_id", string: customer) }
        if let deviceID { writer.member("device_id", string: deviceID) }
        writer.member("transaction_id", string: event.id.rawValue)
        try write(PropertyRewriter(vendor: "Knetik", settings: destination.settings).flat(event.properties), to: &writer)
        writer.endObject()
        return TranslatedEvent(bytes: writer.bytes, identity: event.id.rawValue)
    }

    private func write(_ properties: [PropertyRewriter.Property], to writer: inout JSONWriter) throws(Untranslatable) {
        writer.key("event_properties")
        writer.beginObject()
        for property in properties {
            guard !property.value.isNull else {
                throw Untranslatable(
                    field: "properties.\(property.name)",
                    message: "Knetik takes strings, numbers and booleans, not null; leave the property out"
                )
            }
            writer.key(property.name)
            if property.isStringified {
                writer.string(String(decoding: property.value.raw, as: UTF8.self))
            } else {
                writer.raw(property.value.raw)
            }
        }
        writer.endObject()
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        precondition(events.count == 1, "Knetik takes one event a request")
        return VendorRequest(path: "/v2/events", body: events[0].bytes)
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        .all(KnetikAnswers.outcome(of: answer))
    }
}
