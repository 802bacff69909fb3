import Events
import JSON

/// Polar: external customers, flat metadata, nothing from the future.
struct PolarAdapter: Adapter {
    static let vendor = "Polar"
    static let name: AdapterName = "polar"

    let traits = VendorTraits(
        adapter: name,
        vendor: vendor,
        api: VendorAPI(
            defaultBaseURL: "https://api.polar.sh",
            pathPrefix: "/v1",
            credential: .header(name: "Authorization", prefix: "Bearer ")
        ),
        requests: RequestTraits(
            // 10 MiB are allowed, but a refusal repeats the events several times over and must still be readable; no number of events
            // is documented, and one database statement must not take 30 s.
            batch: BatchLimit(events: 1000, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil),
            timeout: .seconds(45),
            rateLimit: RateLimit(requests: 500, per: .seconds(60))
        ),
        settings: PolarSettings.fields,
        ignoredFields: ["source", "subscription_id"],
        // Its lists are filled by a job of low priority that is retried up to five times, at least 30 s apart.
        // Meters are shown by the hour for at most seven days (server/polar/kit/time_queries.py).
        reads: ReadTraits(
            lag: .seconds(600),
            lists: ListTraits(pageSize: 100),
            sums: SumTraits(part: .seconds(3600), longest: .seconds(7 * 86_400)),
            // Customer meters are brought up to date up to three hours after an event (server/polar/customer_meter/tasks.py).
            usage: UsageTraits(scope: .metric, isFloat: true, numbers: .numbersOnly, lag: .seconds(3 * 3600)),
            countsNewEvents: true,
            idsPerRequest: PolarReads.idsPerRequest
        ),
        billing: BillingTraits(
            // Backdated events count in the running cycle (docs/features/usage-based-billing/event-ingestion.mdx, 2026-08).
            clock: .receipt,
            corrections: [corrections]
        )
    )

    private static let fields = [
        "customer_id", "member_id", "external_member_id", "organization_id", "parent_id",
        "parent_external_id", "metadata",
    ]

    let reader: (any VendorReader)? = PolarReads()

    let pastUsage: PastUsage? = PastUsage(
        effect: """
            Polar counts an event in the billing cycle that runs when it arrives, whatever its timestamp: for customers with a paid \
            subscription, fill only the running cycle.
            """,
        needsConfirmation: true
    )

    func prepare(_ settings: DestinationSettings) -> PolarSettings { PolarSettings(settings) }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<PolarSettings>) throws(Untranslatable)
        -> TranslatedEvent
    {
        let settings = destination.settings
        let fields = try VendorFields(of: event, for: Self.name, known: Self.fields)
        try event.checkTimestamp(in: Timestamp.writable, "is outside of the years 1 to 9999")
        let id = EventIdentity.unscoped(event, prefix: settings.idPrefix)
        var writer = JSONWriter(capacity: 320 + (event.properties?.bytes.count ?? 0))
        writer.beginObject()
        let name = try name(of: event, at: destination.destination)
        try writer.member("name", storable: name, as: "name", for: Self.vendor)
        try writer.member("external_id", storable: id, as: "id", for: Self.vendor)
        try writeCustomer(of: event, fields, settings, to: &writer)
        writer.member("timestamp", timestamp: event.timestamp)
        if let organization = try uuid("organization_id", fields) ?? settings.organizationID {
            writer.member("organization_id", string: organization)
        }
        if let parent = try PolarParent.id(named: fields, prefix: settings.idPrefix, child: id) {
            writer.member("parent_id", string: parent)
        }
        let overlay = fields["metadata"].map { (path: "vendor.polar.metadata", object: $0) }
        let addition = settings.idProperty.map { (name: $0, text: id) }
        if let metadata = try settings.properties.properties(
            of: event,
            for: Self.vendor,
            overlay: overlay,
            adding: addition
        ) {
            writer.member("metadata", raw: metadata)
        }
        writer.endObject()
        // Polar refuses a timestamp even 1 ms ahead of its own clock (server/polar/event/schemas.py, 2026-08), and keeps the first
        // of two events with one id. So the event waits for its moment instead of being moved: its bytes stay the same.
        return TranslatedEvent(bytes: writer.bytes, identity: id, notBefore: event.timestamp)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest { Self.ingest(events) }

    /// The request that carries these events.
    static func ingest(_ events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(
            path: "/v1/events/ingest",
            body: EventEnvelope.joined(events, opening: #"{"events":["#, closing: "]}")
        )
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        PolarAnswers(answer: answer, events: events.count).verdict
    }

    private func name(of event: AcceptedEvent, at destination: Destination) throws(Untranslatable) -> String {
        let name = destination.name(for: event.name)
        // Most names are shorter in bytes already.
        guard name.utf8.count <= 128 || name.unicodeScalars.count <= 128 else {
            throw Untranslatable(
                field: "name",
                message: "Polar accepts names up to 128 characters; shorten it with rename"
            )
        }
        return name
    }

    /// Never both customers: Polar would drop one of them silently.
    private func writeCustomer(
        of event: AcceptedEvent,
        _ fields: VendorFields,
        _ settings: PolarSettings,
        to writer: inout JSONWriter
    ) throws(Untranslatable) {
        let member = try uuid("member_id", fields)
        let externalMember = try fields.storableText("external_member_id", for: Self.vendor)
        if let customer = try uuid("customer_id", fields) {
            guard externalMember == nil else {
                throw fields.fault("external_member_id", "goes with customer_id, not with vendor.polar.customer_id")
            }
            writer.member("customer_id", string: customer)
            if let member { writer.member("member_id", string: member) }
            return
        }
        guard member == nil else { throw fields.fault("member_id", "requires vendor.polar.customer_id too") }
        let customer = try event.customer(or: settings.customerTemplate, for: Self.vendor)
        try writer.member("external_customer_id", storable: customer, as: "customer_id", for: Self.vendor)
        if let externalMember { writer.member("external_member_id", string: externalMember) }
    }

    private func uuid(_ name: String, _ fields: VendorFields) throws(Untranslatable) -> String? {
        guard let text = try fields.text(name) else { return nil }
        guard PolarUUID.isPlain(text) else {
            throw fields.fault(name, "must be a UUID of version 4, such as 1dbfc517-0bbf-4301-9ba8-555ca42b9737")
        }
        return text
    }
}
