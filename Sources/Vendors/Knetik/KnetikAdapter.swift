import Events
import JSON

/// Knetik's data collector: one event per request, Unix milliseconds, and no memory of what it has seen.
struct KnetikAdapter: Adapter {
    static let vendor = "Knetik"
    static let name: AdapterName = "knetik"

    let traits = VendorTraits(
        adapter: name,
        vendor: vendor,
        api: VendorAPI(
            defaultBaseURL: "https://api.knetik.io",
            pathPrefix: "/v2",
            // Its "customer" is the account, so this is the credential.
            credential: .query(name: "customerId")
        ),
        requests: RequestTraits(
            // There is a batch call, but what a failed one has recorded is unknown, and nothing may be sent twice.
            batch: BatchLimit(events: 1, bytes: 1 << 20),
            deduplication: .none,
            timeout: .seconds(60)
        ),
        settings: KnetikSettings.fields,
        ignoredFields: ["source", "subscription_id"],
        billing: BillingTraits(
            corrections: [
                CorrectionTraits(
                    impossible: "Knetik keeps what it has recorded: it has no call that changes or removes an event"
                )
            ]
        )
    )

    let pastUsage: PastUsage? = PastUsage(
        effect: """
            Knetik bills nothing, but counts an event again if it is sent twice, and cannot be read.
            """,
        needsConfirmation: false
    )

    func prepare(_ settings: DestinationSettings) -> KnetikSettings { KnetikSettings(settings) }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<KnetikSettings>) throws(Untranslatable)
        -> TranslatedEvent
    {
        let settings = destination.settings
        let fields = try VendorFields(
            of: event,
            for: Self.name,
            known: ["result", "user_id", "device_id", "send_timestamp"]
        )
        let device = try fields.text("device_id")
        let result = try fields.text("result") ?? settings.result
        let user = try user(of: event, fields, device: device, settings)
        let id = EventIdentity.unscoped(event, prefix: settings.idPrefix)
        var writer = JSONWriter(capacity: 320 + (event.properties?.bytes.count ?? 0))
        writer.beginObject()
        writer.member("request_type", string: "newEvent")
        writer.member("category", string: destination.name(for: event.name))
        writer.member("result", string: result)
        writer.member("transaction_id", string: id)
        writer.member("event_timestamp", integer: event.timestamp.milliseconds)
        // The time of acceptance, so that a manual repeat sends the same bytes.
        writer.member("send_timestamp", integer: try sendTime(of: event, fields))
        if let user { writer.member("user_id", string: user) }
        if let device { writer.member("device_id", string: device) }
        if let properties = try settings.properties.properties(of: event, for: Self.vendor) {
            writer.member("event_properties", raw: properties)
        }
        writer.endObject()
        return TranslatedEvent(bytes: writer.bytes, identity: id)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(path: "/v2/events", body: EventEnvelope.joined(events, opening: "", closing: ""))
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        KnetikAnswers(answer: answer, events: events.count).verdict
    }

    /// The user; nil only where a device stands for it: there is no customer, or the device is the customer.
    private func user(
        of event: AcceptedEvent,
        _ fields: VendorFields,
        device: String?,
        _ settings: KnetikSettings
    ) throws(Untranslatable) -> String? {
        if let user = try fields.text("user_id") { return user }
        if event.customerID == nil, settings.customerTemplate == nil, device != nil { return nil }
        if let customer = event.customerID, let device, customer.utf8.elementsEqual(device.utf8) { return nil }
        return try event.customer(
            or: settings.customerTemplate,
            for: "\(Self.vendor), without vendor.knetik.device_id,"
        )
    }

    private func sendTime(of event: AcceptedEvent, _ fields: VendorFields) throws(Untranslatable) -> Int64 {
        guard let value = fields["send_timestamp"] else { return event.acceptedAt.milliseconds }
        guard let milliseconds = value.int64 else {
            throw fields.fault("send_timestamp", "must be an integer of Unix milliseconds")
        }
        return milliseconds
    }
}
