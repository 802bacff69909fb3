import Events
import JSON
import Testing

/// What corrects an event, for every method, aggregate and change.
@Suite struct CorrectionDecisionTests {
    private static let properties = JSONText(checked: #"{"region":"eu","units":7}"#)

    private static func traits(_ method: CorrectionMethod) -> CorrectionTraits {
        CorrectionTraits(Dictionary(uniqueKeysWithValues: MetricAggregate.allCases.map { ($0, method) }))
    }

    private func step(
        _ method: CorrectionMethod,
        _ change: CorrectionOrder.Change = .void,
        _ aggregate: MetricAggregate? = .sum,
        property: String? = "units",
        from current: String? = #"{"region":"eu","units":7}"#
    ) -> CorrectionStep {
        CorrectionDecision(
            CorrectionOrder(change, aggregate: aggregate, property: property),
            at: "Acme",
            Self.traits(method)
        ).step(from: current.map { JSONText(checked: $0) })
    }

    private static func adjust(_ text: String) -> CorrectionOrder.Change { .adjust(JSONText(checked: text)) }

    @Test(arguments: MetricAggregate.allCases)
    func `does nothing where nothing helps, and says why`(aggregate: MetricAggregate) {
        for change in [CorrectionOrder.Change.void, Self.adjust(#"{"units":1}"#)] {
            #expect(step(.impossible("no call"), change, aggregate) == .impossible("no call"))
            #expect(step(.impossible("no call"), change, nil) == .impossible("no call"), "nothing need be known")
        }
    }

    @Test(arguments: [
        ("7", "-7"), ("-7", "7"), ("0.5", "-0.5"), ("1e3", "-1000"),
        ("12345678901234567890.12", "-12345678901234567890.12"),
        ("\"7\"", "\"-7\""), ("\"0.10\"", "\"-0.1\""),
    ])
    func `takes a sum back by the negative number, in the form that it had`(value: String, negative: String) {
        let found = step(.compensate, from: #"{"region":"eu","units":\#(value)}"#)
        #expect(
            found == .beside(properties: JSONText(checked: #"{"region":"eu","units":\#(negative)}"#), later: .zero)
        )
    }

    @Test(arguments: [
        (#"{"units":4}"#, "-3"), (#"{"units":7.25}"#, "0.25"), (#"{"units":"10"}"#, "3"),
        (#"{"units":0,"region":"eu"}"#, "-7"),
    ])
    func `adjusts a sum by the difference`(change: String, difference: String) {
        let found = step(.compensate, Self.adjust(change))
        #expect(
            found == .beside(properties: JSONText(checked: #"{"region":"eu","units":\#(difference)}"#), later: .zero)
        )
    }

    @Test func `adjusts nothing beside the sum where events never change`() {
        guard case .impossible(let reason) = step(.compensate, Self.adjust(#"{"region":"us"}"#)) else {
            Issue.record("the region cannot be changed by a further event")
            return
        }
        #expect(reason.contains("void the event"))
    }

    @Test func `replaces with what is said, and keeps the rest`() {
        #expect(
            step(.replace, Self.adjust(#"{"units":4,"new":[1]}"#), .latest)
                == .replace(properties: JSONText(checked: #"{"region":"eu","units":4,"new":[1]}"#))
        )
        #expect(step(.replace, Self.adjust("{}"), .max, from: nil) == .unchanged)
        #expect(
            step(.replace, Self.adjust(#"{"a":1}"#), .max, from: nil)
                == .replace(properties: JSONText(checked: #"{"a":1}"#))
        )
    }

    @Test(arguments: [MetricAggregate.sum, .max])
    func `voids by a replacement that adds nothing`(aggregate: MetricAggregate) {
        #expect(
            step(.replace, .void, aggregate)
                == .replace(properties: JSONText(checked: #"{"region":"eu","units":0}"#))
        )
        #expect(
            step(.replace, .void, aggregate, from: #"{"units":"7"}"#)
                == .replace(properties: JSONText(checked: #"{"units":"0"}"#))
        )
    }

    @Test func `does not void a latest value, because what replaces it would be the latest`() {
        guard case .impossible(let reason) = step(.replace, .void, .latest) else {
            Issue.record("0 would be the latest value")
            return
        }
        #expect(reason.contains("adjust it"))
    }

    @Test func `takes a unique value out, later than it came in`() {
        let marker = CorrectionMethod.remove(RemovalMarker(property: "operation_type", value: "remove"))
        #expect(
            step(marker, .void, .unique)
                == .beside(
                    properties: JSONText(checked: #"{"region":"eu","units":7,"operation_type":"remove"}"#),
                    later: .milliseconds(1)
                )
        )
        guard case .impossible = step(marker, Self.adjust(#"{"units":1}"#), .unique) else {
            Issue.record("a unique value is not changed in one event")
            return
        }
    }

    @Test(arguments: [CorrectionMethod.compensate, .replace])
    func `asks for what it must know`(method: CorrectionMethod) {
        #expect(step(method, .void, nil) == .needs(.aggregate))
        #expect(step(method, Self.adjust("{}"), nil) == .needs(.aggregate))
        #expect(step(method, .void, .sum, property: nil) == .needs(.property))
    }

    @Test(arguments: [
        #"{"units":7.0}"#, #"{"units":70e-1}"#, #"{"units":"7"}"#, #"{"region":"eu"}"#, "{}",
    ])
    func `sends nothing that says the same by another spelling`(change: String) {
        #expect(step(.compensate, Self.adjust(change)) == .unchanged)
    }

    @Test(arguments: [
        nil, "{}", #"{"units":null}"#, #"{"units":"many"}"#, #"{"units":[7]}"#, #"{"units":true}"#, #"{"other":7}"#,
    ])
    func `says that the metric did not count what has no number`(properties: String?) {
        for method in [CorrectionMethod.compensate, .replace] {
            guard case .impossible(let reason) = step(method, from: properties) else {
                Issue.record("there is no number in \(properties ?? "nothing")")
                return
            }
            #expect(reason.contains("properties.units"))
        }
    }

    @Test func `computes exactly, or says that it cannot`() {
        let long = String(repeating: "9", count: 39)
        guard case .impossible(let reason) = step(.compensate, from: #"{"units":\#(long)}"#) else {
            Issue.record("39 digits are more than are summed")
            return
        }
        #expect(reason.contains("digits"))
    }
}
