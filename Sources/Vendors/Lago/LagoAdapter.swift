import Events
import JSON

/// Lago: subscriptions, billable metric codes, Unix seconds.
struct LagoAdapter: Adapter {
    static let vendor = "Lago"
    static let name: AdapterName = "lago"

    let traits = VendorTraits(
        adapter: name,
        vendor: vendor,
        api: VendorAPI(
            defaultBaseURL: "https://api.getlago.com",
            pathPrefix: "/api/v1",
            credential: .header(name: "Authorization", prefix: "Bearer ")
        ),
        requests: RequestTraits(
            // No limit in bytes is documented; a megabyte is what web servers in front of self-hosted ones let through.
            // Its batch code finds inserted rows by transaction_id alone, whatever the subscription.
            batch: BatchLimit(events: 100, bytes: 1 << 20, oneIdentityOnce: true),
            deduplication: .byIdentity(memory: nil),
            rateLimit: RateLimit(requests: 50, per: .seconds(1))
        ),
        settings: LagoSettings.fields,
        ignoredFields: ["source"],
        // PostgreSQL shows an event at once, ClickHouse after seconds.
        reads: ReadTraits(
            lag: .seconds(5),
            lists: ListTraits(pageSize: 100),
            // Usage is cached until the next event comes; on ClickHouse events take some time to be in it.
            usage: UsageTraits(
                scope: .subscription,
                isFloat: false,
                numbers: .plainText,
                lag: .seconds(60)
            ),
            immediateStore: postgres
        ),
        billing: BillingTraits(corrections: corrections)
    )

    private static let amountField = "precise_total_amount_cents"
    /// What `vendor.lago` may hold.
    private static let fields = [amountField]

    /// Beyond this year a timestamp is surely milliseconds that were sent as seconds; Lago would store it and never bill it.
    private static let newest = Timestamp.start(ofYear: 2200)

    let reader: (any VendorReader)? = LagoReads()
    let hook: (any VendorHook)? = LagoHook()

    let pastUsage: PastUsage? = PastUsage(
        effect: """
            Lago bills an event in the period of its timestamp while that invoice is open or a draft. After the invoice is final, the \
            event is stored and not billed, but for recurring metrics. Events before the subscription's start are ignored.
            """,
        needsConfirmation: false
    )

    func prepare(_ settings: DestinationSettings) -> LagoSettings { LagoSettings(settings) }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<LagoSettings>) throws(Untranslatable)
        -> TranslatedEvent
    {
        let settings = destination.settings
        let subscription = try subscription(of: event, settings)
        let amount = try amount(of: event)
        try event.checkTimestamp(
            in: Timestamp.writable.lowerBound...Self.newest,
            "is after the year 2200; it looks like milliseconds sent as seconds"
        )
        let id = EventIdentity.scoped(event, by: event.subscriptionID ?? "", prefix: settings.idPrefix)
        let code = destination.name(for: event.name)
        var writer = JSONWriter(capacity: 256 + (event.properties?.bytes.count ?? 0))
        writer.beginObject()
        // PostgreSQL cannot keep NUL, so Lago would answer 500 forever.
        try writer.member("transaction_id", storable: id, as: "id", for: Self.vendor)
        try writer.member("external_subscription_id", storable: subscription, as: "subscription_id", for: Self.vendor)
        try writer.member("code", storable: code, as: "name", for: Self.vendor)
        // Text with three decimals reads the same before and after v1.48.0, which stopped reading numbers as binary floats.
        writer.member("timestamp", unixSeconds: event.timestamp)
        if let amount { writer.member("precise_total_amount_cents", string: amount) }
        if let properties = try settings.properties.properties(of: event, for: Self.vendor) {
            writer.member("properties", raw: properties)
        }
        writer.endObject()
        return TranslatedEvent(bytes: writer.bytes, identity: id)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        // One event alone goes where the answer needs no index, and where ten times as many requests are allowed.
        if events.count == 1 {
            return VendorRequest(
                path: "/api/v1/events",
                body: EventEnvelope.joined(events, opening: #"{"event":"#, closing: "}")
            )
        }
        return VendorRequest(
            path: "/api/v1/events/batch",
            body: EventEnvelope.joined(events, opening: #"{"events":["#, closing: "]}")
        )
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        LagoAnswers(answer: answer, events: events.count).verdict
    }

    private func subscription(of event: AcceptedEvent, _ settings: LagoSettings) throws(Untranslatable) -> String {
        if let subscription = event.subscriptionID, !subscription.isEmpty { return subscription }
        guard let template = settings.subscriptionTemplate else {
            throw Untranslatable(
                field: "subscription_id",
                message: """
                    Lago bills on subscriptions and the event names none; send subscription_id, or set the destination's \
                    subscription_id template, such as "sub_{customer_id}"
                    """
            )
        }
        return try event.filled(template, as: "subscription_id")
    }

    /// The amount of a dynamic charge. Lago takes text that is no number for 0, so such text must not get there.
    private func amount(of event: AcceptedEvent) throws(Untranslatable) -> String? {
        let fields = try VendorFields(of: event, for: Self.name, known: Self.fields)
        guard let value = fields[Self.amountField] else { return nil }
        guard let text = value.string ?? value.numberText, Self.isPlainDecimal(text) else {
            throw fields.fault(Self.amountField, "must be a decimal number such as \"1234.56\", without an exponent")
        }
        return text
    }

    private static func isPlainDecimal(_ text: String) -> Bool {
        let parts = text.utf8.drop { $0 == UInt8(ascii: "-") }.split(
            separator: UInt8(ascii: "."),
            omittingEmptySubsequences: false
        )
        return text.utf8.prefix { $0 == UInt8(ascii: "-") }.count <= 1 && parts.count <= 2
            && parts.allSatisfy { !$0.isEmpty && $0.allSatisfy { (0x30...0x39).contains($0) } }
    }
}
