import Events
import TestSupport
import Testing

@Suite struct DeliveryTests {
    private static let plain = Destination(provider: "p", adapter: "a", mode: .primary)
    private static let at = Timestamp(milliseconds: 1_750_000_000_000)

    private func amendment(_ rename: String) -> DeliveryAmendment {
        let destination = Destination(provider: "p", adapter: "a", mode: .primary, rename: ["n": rename.exact])
        return DeliveryAmendment(at: Self.at, by: "ops", firstAttempt: 2, destination: destination)
    }

    @Test func `is sent with the newest settings, else with those of the plan`() {
        let plan = Plan(route: "r", destinations: [Self.plain])
        func destination(_ provider: ProviderName, _ amendments: [DeliveryAmendment]) -> Destination? {
            Delivery(provider: provider, adapter: "a", mode: .primary, status: .retrying, amendments: amendments)
                .destination(in: plan)
        }
        #expect(destination("p", []) == Self.plain)
        #expect(destination("p", [amendment("x"), amendment("y")])?.name(for: "n") == "y")
        #expect(destination("q", []) == nil)
        #expect(destination("q", [amendment("x")])?.name(for: "n") == "x", "a backfill's provider is not in the plan")
    }

    @Test(arguments: DeliveryErrorCode.allCases)
    func `an entry of its history is a lookup only by what a lookup finds`(code: DeliveryErrorCode) {
        let attempt = Attempt(
            at: Self.at,
            latency: .zero,
            httpStatus: nil,
            status: .uncertain,
            fault: DeliveryFault(code: code, message: "m")
        )
        #expect(attempt.isLookup == code.rawValue.hasSuffix("_at_vendor"))
        #expect(!Attempt(at: Self.at, latency: .zero, httpStatus: 200, status: .delivered).isLookup)
    }

    /// What is not certainly at the vendor cannot be corrected there.
    @Test(arguments: DeliveryStatus.allCases)
    func `only what is delivered can be corrected`(status: DeliveryStatus) {
        let reason: String? =
            switch status {
            case .delivered: nil
            case .pending, .retrying:
                "the event is not delivered there yet; wait for that, or discard the delivery if it is retrying"
            case .uncertain: "it is unknown whether the event arrived there; retry or discard the delivery first"
            case .rejected, .discarded: "the event was never delivered there"
            case .skipped: "the event was not sent there, because the destination's mode is shadow"
            }
        #expect(status.whyNotCorrectable == reason)
    }

    @Test func `finds the destination of a provider in a plan`() {
        let other = Destination(provider: "q", adapter: "b", mode: .shadow)
        let plan = Plan(route: nil, destinations: [Self.plain, other])
        #expect(plan.destination(at: "q") === other && plan.destination(at: "p") === Self.plain)
        #expect(plan.destination(at: "P") == nil)
    }

    @Test func `a plan is written in a fixed order, with its maps sorted by bytes`() {
        let destination = Destination(
            provider: "p\"",
            adapter: "lago",
            mode: .mirror,
            rename: ["b": "B", "a": "A", "é": "x", "e\u{301}": "y"],
            settings: DestinationSettings([
                "z": .flag(false), "m": .number(-1), "l": .texts(["1", ""]), "a": .text("\n"),
            ])
        )
        let expected =
            #"{"route":"r","destinations":[{"provider":"p\"","adapter":"lago","mode":"mirror","#
            + "\"rename\":{\"a\":\"A\",\"b\":\"B\",\"e\u{301}\":\"y\",\"é\":\"x\"},"
            + #""settings":{"a":"\n","l":["1",""],"m":-1,"z":false}}]}"#
        let encoded = Plan(route: "r", destinations: [destination]).encoded
        #expect(encoded.elementsEqual(expected.utf8), "\(String(decoding: encoded, as: UTF8.self))")
        #expect(
            String(decoding: Plan(route: nil, destinations: []).encoded, as: UTF8.self)
                == #"{"route":null,"destinations":[]}"#
        )
    }

    /// A map with a key twice may have lost the other one, so the bytes are no plan.
    @Test(arguments: [
        (#""rename":{"a":"b","a":"c"},"settings":{}"#, false), (#""rename":{},"settings":{"s":1,"s":1}"#, false),
        (#""rename":{"a":"b","\u0061":"b"},"settings":{}"#, false), (#""settings":{}"#, false),
        (#""rename":{}"#, false),
        (#""rename":{},"settings":{"s":[]},"newer":1"#, true),
    ])
    func `is no plan where a map has a key twice or is missing`(members: String, isPlan: Bool) {
        let text =
            #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror",\#(members)}]}"#
        #expect((PlanCoding.decode(Array(text.utf8)) != nil) == isPlan)
    }

    @Test(
        arguments: [
            (PassRefusal.Kind.badRequest, 400, "Bad Request", "not_passed_on", [:]),
            (.forbidden, 403, "Forbidden", "not_allowed_by_this_gateway", [:]),
            (.badGateway, 502, "Bad Gateway", "vendor_not_reached", [:]),
            (
                .unavailable(retryAfterSeconds: 7), 503, "Service Unavailable", "vendor_not_available",
                ["Retry-After": "7"]
            ),
            (.timeout, 504, "Gateway Timeout", "vendor_timeout", [:]),
        ] as [(PassRefusal.Kind, Int, String, String, [String: String])]
    )
    func `a call that is not passed on has the status of its reason`(
        kind: PassRefusal.Kind,
        status: Int,
        phrase: String,
        code: String,
        headers: [String: String]
    ) {
        let refusal = PassRefusal(kind, "why")
        #expect(refusal.status == status && refusal.phrase == phrase && refusal.code == code)
        #expect(refusal.headers == headers && refusal.reason == "why")
    }
}
