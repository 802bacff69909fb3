import Events
import JSON

/// Flexprice: external customer ids, RFC 3339, a queue behind every success.
struct FlexpriceAdapter: Adapter {
    static let vendor = "Flexprice"
    static let name: AdapterName = "flexprice"

    let traits = VendorTraits(
        adapter: name,
        vendor: vendor,
        api: VendorAPI(
            // Two regions, and a key belongs to one: a default would send customer data to the wrong continent.
            defaultBaseURL: nil,
            pathPrefix: "/v1",
            credential: .header(name: "x-api-key", prefix: ""),
            accountHeaders: [
                AccountHeader(
                    setting: "environment_id",
                    header: "X-Environment-ID",
                    summary: """
                        The Flexprice environment, sent as X-Environment-ID. A key from a self-hosted server's own \
                        configuration needs it; a key created in Flexprice already belongs to one environment.
                        """
                )
            ]
        ),
        requests: RequestTraits(
            // The limit is 32 MiB; half of it keeps clear of it and of the memory that large batches take.
            batch: BatchLimit(events: 1000, bytes: 16 << 20),
            deduplication: .byIdentity(memory: nil),
            // A bulk request is published event by event before it is answered.
            timeout: .seconds(120),
            // Documented for the bulk call; single events would be allowed ten times as many.
            rateLimit: RateLimit(requests: 100, per: .seconds(60))
        ),
        settings: FlexpriceSettings.fields,
        ignoredFields: ["subscription_id"],
        // It names no largest page; this one stays readable. Page keys are cut to whole seconds there.
        reads: ReadTraits(
            lag: .seconds(120),
            lists: ListTraits(pageSize: FlexpriceReads.windowPage, isPaged: false, cutsToSeconds: true),
            usage: UsageTraits(
                scope: .customer,
                isFloat: true,
                numbers: .atLeastZero,
                lag: .seconds(120)
            )
        ),
        billing: BillingTraits(corrections: [corrections])
    )

    /// Behind the API stands a queue that takes messages up to about 1 MB and loses larger ones after a 202.
    private static let longestEventBytes = 900_000

    /// Billing rows keep whole seconds in 32 bits; other times would be stored as something else.
    private static let billable =
        Timestamp(milliseconds: 0)...Timestamp(milliseconds: Int64(UInt32.max) * 1000 + 999)

    let reader: (any VendorReader)? = FlexpriceReads()

    let pastUsage: PastUsage? = PastUsage(
        effect: """
            Flexprice bills an event in the period of its timestamp. An invoice that is already computed must be voided and computed \
            again.
            """,
        needsConfirmation: true
    )

    func prepare(_ settings: DestinationSettings) -> FlexpriceSettings { FlexpriceSettings(settings) }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<FlexpriceSettings>)
        throws(Untranslatable)
        -> TranslatedEvent
    {
        let settings = destination.settings
        let fields = try VendorFields(of: event, for: Self.name, known: ["customer_id"])
        let customer = try event.customer(or: settings.customerTemplate, for: Self.vendor)
        let name = try name(of: event, at: destination.destination)
        try event.checkTimestamp(in: Self.billable, "is outside of what Flexprice can bill, which is 1970 to 2106")
        let id = FlexpriceScope.id(of: event, customer: customer, prefix: settings.idPrefix)
        var writer = JSONWriter(capacity: 320 + (event.properties?.bytes.count ?? 0))
        writer.beginObject()
        writer.member("event_id", string: id)
        writer.member("event_name", string: name)
        writer.member("external_customer_id", string: customer)
        if let own = try fields.text("customer_id") { writer.member("customer_id", string: own) }
        // Id, timestamp and customer together tell events apart there, so all three are always sent and never change.
        writer.member("timestamp", timestamp: event.timestamp)
        if let source = event.source, !source.isEmpty { writer.member("source", string: source) }
        if let properties = try settings.properties.properties(of: event, for: Self.vendor) {
            writer.member("properties", raw: properties)
        }
        writer.endObject()
        guard writer.bytes.count <= Self.longestEventBytes else {
            throw Untranslatable(
                field: "properties",
                message:
                    "the event has \(writer.bytes.count) bytes, and Flexprice loses events above about 1 MB; send less"
            )
        }
        return TranslatedEvent(bytes: writer.bytes, identity: id)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        // One event alone goes where a refusal applies to it and to nothing else.
        if events.count == 1 {
            return VendorRequest(path: "/v1/events", body: EventEnvelope.joined(events, opening: "", closing: ""))
        }
        return VendorRequest(
            path: "/v1/events/bulk",
            body: EventEnvelope.joined(events, opening: #"{"events":["#, closing: "]}")
        )
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        FlexpriceAnswers(answer: answer, events: events.count).verdict
    }

    /// A blank name is accepted there, and fails later where nobody sees it.
    private func name(of event: AcceptedEvent, at destination: Destination) throws(Untranslatable) -> String {
        let name = destination.name(for: event.name)
        let isPlain = name.utf8.first.map { (0x21..<0x7F).contains($0) } ?? false
        guard isPlain || name.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            throw Untranslatable(
                field: "name",
                message: "is blank, which Flexprice accepts and then drops; give it a name"
            )
        }
        return name
    }
}
