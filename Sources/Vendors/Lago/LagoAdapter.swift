import Events
import JSON

/// Lago, `POST /api/v1/events` and `POST /api/v1/events/batch`.
///
/// On its PostgreSQL store Lago tells events apart by subscription and transaction id, on ClickHouse also by code and timestamp; all
/// are frozen. One transaction id never stands twice in a batch, not even for two subscriptions: the PostgreSQL code finds the
/// inserted rows by transaction id alone (bulk_insert_events, 2026-08).
struct LagoAdapter: Adapter {
    let traits = VendorTraits(
        adapter: "lago",
        vendor: "Lago",
        defaultBaseURL: "https://api.getlago.com",
        credential: .header(name: "Authorization", prefix: "Bearer "),
        batch: BatchLimit(events: 100, bytes: 8 << 20),
        deduplication: .byIdentity(memory: nil),
        oneIdentityOncePerBatch: true,
        rateLimit: RateLimit(requests: 50, per: .seconds(1)),
        settings: LagoSettings.fields
    )

    func translate(_ event: AcceptedEvent, for destination: Destination) throws(Untranslatable) -> TranslatedEvent {
        let fields = try VendorFields(of: event, for: traits.adapter, known: ["precise_total_amount_cents"])
        let subscription = try LagoSettings.subscription(of: event, for: destination)
        var writer = JSONWriter(capacity: 320 + (event.properties?.bytes.count ?? 0))
        writer.beginObject()
        writer.member("transaction_id", string: event.id.rawValue)
        writer.member("external_subscription_id", string: subscription)
        writer.member("code", string: destination.name(for: event.name))
        // A decimal string: a number would pass through a binary float on older servers, and milliseconds would be taken for seconds.
        writer.member("timestamp", string: event.timestamp.unixSeconds)
        if let amount = try preciseAmount(fields) { writer.member("precise_total_amount_cents", string: amount) }
        if let properties = event.properties { writer.member("properties", raw: properties.bytes) }
        writer.endObject()
        return TranslatedEvent(bytes: writer.bytes, identity: event.id.rawValue)
    }

    /// Lago takes text that is no number for 0, with 200.
    private func preciseAmount(_ fields: VendorFields) throws(Untranslatable) -> String? {
        guard let value = fields["precise_total_amount_cents"] else { return nil }
        guard let text = value.string ?? value.numberText, JSONNumber(text) != nil else {
            throw Untranslatable(
                field: "vendor.lago.precise_total_amount_cents",
                message: "must be a decimal number as a string, such as \"1234.56\""
            )
        }
        return text
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        if events.count == 1 {
            return VendorRequest(path: "/api/v1/events", body: JSONJoin.object("event", of: events[0]))
        }
        return VendorRequest(path: "/api/v1/events/batch", body: JSONJoin.object("events", of: events))
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        LagoAnswers.verdict(of: answer, count: events.count)
    }
}
