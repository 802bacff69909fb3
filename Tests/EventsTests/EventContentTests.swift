import Events
import Testing

@Suite struct EventContentTests {
    static let now = Timestamp(milliseconds: 1_750_000_000_000)

    static func event(
        id: String = "a",
        tenant: TenantID = "shop",
        scope: String = "",
        name: String = "api_request",
        customer: String? = "c",
        subscription: String? = nil,
        timestamp: Timestamp? = nil,
        source: String? = nil,
        properties: String? = nil,
        vendor: String? = nil
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                idScope: scope,
                name: name,
                customerID: customer,
                subscriptionID: subscription,
                timestamp: timestamp,
                source: source,
                properties: properties.map { JSONText(checked: $0) },
                vendor: vendor.map { JSONText(checked: $0) }
            ),
            id: EventID(id),
            in: Submission(tenant: tenant, client: "web", acceptedAt: now, plan: Plan(route: nil, destinations: []))
        )
    }

    @Test(
        arguments: [
            (event(name: "x"), ["name"]),
            (event(customer: nil), ["customer_id"]),
            (event(customer: "C"), ["customer_id"]),
            (event(subscription: ""), ["subscription_id"]),
            (event(source: "api"), ["source"]),
            (event(properties: "{}"), ["properties"]),
            (event(vendor: "{}"), ["vendor"]),
            (event(name: "x", customer: "y", source: "z"), ["name", "customer_id", "source"]),
            (event(), []),
        ]
    )
    func `names the fields that differ`(sent: AcceptedEvent, fields: [String]) {
        #expect(sent.fieldsDiffering(from: Self.event()) == fields)
    }

    /// Every pair of a timestamp that was given at one of two times, or not at all.
    @Test(arguments: [nil, now, now + .seconds(9)] as [Timestamp?], [nil, now, now + .seconds(9)] as [Timestamp?])
    func `takes a timestamp for another one only if both were given`(sent: Timestamp?, stored: Timestamp?) {
        let isOther = sent != nil && stored != nil && sent != stored
        let fields = Self.event(timestamp: sent).fieldsDiffering(from: Self.event(timestamp: stored))
        #expect(fields == (isOther ? ["timestamp"] : []))
        let renamed = Self.event(name: "x", timestamp: sent).fieldsDiffering(from: Self.event(timestamp: stored))
        #expect(renamed == (isOther ? ["name", "timestamp"] : ["name"]))
    }

    @Test(
        arguments: [
            (#"{"a":1,"b":2}"#, #"{ "b": 2.0, "a": 10e-1 }"#, true),
            (#"{"a":"\u00e9"}"#, #"{"a":"é"}"#, true),
            (#"{"a":[1,2]}"#, #"{"a":[2,1]}"#, false),
            (#"{"a":0.1}"#, #"{"a":0.10000000000000001}"#, false),
            (#"{"a":null}"#, "{}", false),
        ]
    )
    func `compares properties by content`(left: String, right: String, isSame: Bool) {
        let fields = Self.event(properties: left).fieldsDiffering(from: Self.event(properties: right))
        #expect(fields == (isSame ? [] : ["properties"]))
    }

    @Test func `compares texts byte for byte`() {
        let (composed, decomposed) = ("\u{e9}", "e\u{301}")
        #expect(!Self.event(id: composed).hasIdentity(of: Self.event(id: decomposed)))
        #expect(Self.event(name: composed).fieldsDiffering(from: Self.event(name: decomposed)) == ["name"])
    }

    @Test func `knows an identity by tenant, scope and id`() {
        #expect(Self.event().hasIdentity(of: Self.event(name: "other")))
        #expect(!Self.event().hasIdentity(of: Self.event(id: "b")))
        #expect(!Self.event().hasIdentity(of: Self.event(tenant: "bank")))
        #expect(!Self.event().hasIdentity(of: Self.event(scope: "s")))
    }
}
