import Events
import Randomness
import Testing

@testable import Parity

/// One text for all events that say the same, and another for every other.
@Suite struct CanonicalContentTests {
    private static func text(_ event: VendorEvent, hasCustomer: Bool = true, members: [String] = []) -> [UInt8] {
        CanonicalContent.text(of: event, hasCustomer: hasCustomer, members: members)
    }

    private static func event(
        _ name: String = "api",
        customer: String? = nil,
        subscription: String? = nil,
        source: String? = nil,
        at milliseconds: Int64 = 0,
        with properties: String? = nil,
        own: String? = nil
    ) -> VendorEvent {
        VendorEvent(
            id: "e",
            name: name,
            customerID: customer,
            subscriptionID: subscription,
            timestamp: Timestamp(milliseconds: milliseconds),
            source: source,
            properties: properties.map { JSONText(checked: $0) },
            own: own.map { JSONText(checked: $0) }
        )
    }

    /// Fields that could be taken for one another if they were only joined.
    private static let fields: [VendorEvent] = [
        event(), event("ap", customer: "i"), event(customer: "api"), event(subscription: "api"), event(source: "api"),
        event(customer: ""), event(subscription: ""), event("api1:c"), event(customer: "1:c"), event(at: 1),
        event(at: -1), event(customer: "caf\u{E9}"), event(customer: "cafe\u{301}"), event("", customer: "api"),
        event(with: "[]"), event(with: "null"), event(with: #"{"a":{}}"#), event(with: #"{"a":1}"#),
        event(with: #"{"a":"1"}"#), event(with: #"{"a":true}"#),
        event(with: #"{"a":[1,2]}"#), event(with: #"{"a":[12]}"#), event(with: #"{"a":[[1],2]}"#),
        event(with: #"{"a":[[1,2]]}"#),
        event(with: #"{"a":1,"b":2}"#), event(with: #"{"a":{"b":2}}"#), event(with: #"{"ab":1}"#),
        event(with: #"{"a":0.1}"#),
        event(with: #"{"a":1e-2}"#), event(with: #"{"a":-1}"#),
    ]

    @Test func `is another one for every field, and for every value of it`() {
        #expect(Set(Self.fields.map { Self.text($0) }).count == Self.fields.count)
    }

    @Test(arguments: [
        (#"{"a":1,"b":[null,true]}"#, #"{ "b": [null, true], "a": 1.0 }"#), (#"{"a":100}"#, #"{"a":1e2}"#),
        (#"{"a":0}"#, #"{"a":-0.00}"#), (#"{"a":"\u0041"}"#, #"{"a":"A"}"#), ("{}", "{ }"),
        (#"{"b":{"d":1,"c":2},"a":3}"#, #"{"a":3,"b":{"c":2,"d":1}}"#),
        (#"{"a":12345678901234567890.50}"#, #"{"a":1234567890123456789050e-2}"#),
    ])
    func `is the same whatever the order of members and the form of numbers`(one: String, other: String) {
        #expect(Self.text(Self.event(with: one)) == Self.text(Self.event(with: other)))
    }

    @Test func `is the same without properties and with an empty object`() {
        #expect(Self.text(Self.event(with: "{}")) == Self.text(Self.event()))
    }

    @Test func `has the customer only if it is asked for`() {
        let (one, other) = (Self.event(customer: "a"), Self.event(customer: "b"))
        #expect(Self.text(one) != Self.text(other))
        #expect(Self.text(one, hasCustomer: false) == Self.text(other, hasCustomer: false))
        #expect(Self.text(one, hasCustomer: false) == Self.text(Self.event()))
    }

    @Test func `has those of the vendor's own members that are asked for`() {
        let (one, other) = (Self.event(own: #"{"a":1,"b":2}"#), Self.event(own: #"{"b":3,"a":1.0}"#))
        #expect(Self.text(one) == Self.text(other))
        #expect(Self.text(one, members: ["a"]) == Self.text(other, members: ["a"]))
        #expect(Self.text(one, members: ["a", "b"]) != Self.text(other, members: ["a", "b"]))
        #expect(Self.text(one, members: ["c"]) == Self.text(Self.event(), members: ["c"]))
        #expect(Self.text(Self.event(own: #"{"a":null}"#), members: ["a"]) != Self.text(Self.event(), members: ["a"]))
    }

    /// Random values of few letters and numbers, against a comparison of the values themselves.
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `agrees with a comparison of the values`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let events = (0..<60).map { _ in Self.event(with: #"{"v":\#(Self.value(&random, depth: 3))}"#) }
        let rules = ComparisonRules(identity: [])
        for one in events {
            for other in events {
                let isSame = ContentComparison.differences(sent: one, shown: other, rules).isEmpty
                #expect((Self.text(one) == Self.text(other)) == isSame, "seed \(seed): \(one) and \(other)")
            }
        }
    }

    private static func value(_ random: inout SplitMix, depth: Int) -> String {
        let leaves = ["1", "1.0", "10e-1", "0", "-0", "2", "\"1\"", "\"\"", "true", "null", "[]", "{}"]
        guard depth > 0 else { return leaves.randomElement(using: &random)! }
        let count = Int.random(in: 0...2, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "[\((0..<count).map { _ in value(&random, depth: depth - 1) }.joined(separator: ","))]"
        case 1:
            let names = Array(["a", "b", "ab"].shuffled(using: &random).prefix(count))
            let members = names.map { "\"\($0)\":\(value(&random, depth: depth - 1))" }
            return "{\(members.joined(separator: ","))}"
        default: return leaves.randomElement(using: &random)!
        }
    }
}
