import Events
import Testing

/// What counts of an event at a destination after any corrections, and what another one does then.
@Suite struct CorrectionStateTests {
    private static let original = JSONText(checked: #"{"units":7}"#)

    private static func traits(_ method: CorrectionMethod) -> CorrectionTraits {
        CorrectionTraits(Dictionary(uniqueKeysWithValues: MetricAggregate.allCases.map { ($0, method) }))
    }

    private static func record(
        _ kind: CorrectionID.Kind,
        _ number: Int = 1,
        _ style: CorrectionStyle = .beside,
        units: Int,
        _ status: DeliveryStatus = .delivered
    ) -> CorrectionRecord {
        CorrectionRecord(
            CorrectionID(number: number, of: "e"),
            kind,
            style: style,
            property: "units",
            properties: JSONText(checked: #"{"units":\#(units)}"#),
            status: status
        )
    }

    private func result(
        _ change: CorrectionOrder.Change,
        _ method: CorrectionMethod,
        after records: [CorrectionRecord]
    ) -> CorrectionResult {
        CorrectionDecision(
            CorrectionOrder(change, aggregate: .sum, property: "units"),
            at: "Acme",
            Self.traits(method)
        ).result(after: CorrectionState(of: Self.original, after: records))
    }

    private static func adjust(_ units: Int) -> CorrectionOrder.Change {
        .adjust(JSONText(checked: #"{"units":\#(units)}"#))
    }

    @Test(arguments: DeliveryStatus.allCases)
    func `the same void twice is one, unless the first was discarded`(status: DeliveryStatus) {
        let first = Self.record(.void, units: -7, status)
        let again = result(.void, .compensate, after: [first])
        switch status {
        case .discarded, .skipped:
            #expect(again == .beside(properties: JSONText(checked: #"{"units":-7}"#), later: .zero))
        case .pending, .retrying, .delivered, .rejected, .uncertain: #expect(again == .already(first))
        }
    }

    @Test func `the same adjustment twice is one, and another one starts from there`() {
        let first = Self.record(.adjust, units: -3)
        #expect(result(Self.adjust(4), .compensate, after: [first]) == .already(first))
        #expect(
            result(Self.adjust(10), .compensate, after: [first])
                == .beside(properties: JSONText(checked: #"{"units":6}"#), later: .zero)
        )
        #expect(
            result(.void, .compensate, after: [first])
                == .beside(properties: JSONText(checked: #"{"units":-4}"#), later: .zero)
        )
        let replaced = Self.record(.adjust, 1, .replacing, units: 4)
        #expect(result(Self.adjust(4), .replace, after: [replaced]) == .already(replaced))
        #expect(
            result(Self.adjust(7), .replace, after: [replaced])
                == .replace(properties: JSONText(checked: #"{"units":7}"#))
        )
    }

    @Test func `a void ends it`() {
        let void = Self.record(.void, units: -7)
        guard case .impossible(let reason) = result(Self.adjust(4), .compensate, after: [void]) else {
            Issue.record("an event that was voided cannot be adjusted")
            return
        }
        #expect(reason.contains("correction:e"))
    }

    @Test(arguments: [DeliveryStatus.pending, .retrying, .rejected, .uncertain])
    func `another correction waits for one that is not settled`(status: DeliveryStatus) {
        let first = Self.record(.adjust, units: -3, status)
        #expect(result(Self.adjust(4), .compensate, after: [first]) == .already(first), "the same is the same")
        for change in [CorrectionOrder.Change.void, Self.adjust(5)] {
            guard case .impossible(let reason) = result(change, .compensate, after: [first]) else {
                Issue.record("\(status) is not settled")
                return
            }
            #expect(reason.contains("correction:e"))
        }
    }

    @Test func `an event without corrections needs none if it is right`() {
        #expect(result(Self.adjust(7), .compensate, after: []) == .already(nil))
        #expect(result(Self.adjust(7), .replace, after: []) == .already(nil))
    }

    /// Whatever was adjusted, what the vendor adds up is what the last adjustment said, and nothing after a void.
    @Test(arguments: 1...50)
    func `a sum comes to what the last correction says`(seed: UInt64) {
        var random = seed &* 6_364_136_223_846_793_005 &+ 1
        func next(_ bound: UInt64) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((random >> 33) % bound)
        }
        var records: [CorrectionRecord] = []
        var (billed, wanted) = (7, 7)
        for number in 1...10 {
            let isVoid = next(8) == 0
            let units = next(20) - 10
            let change = isVoid ? CorrectionOrder.Change.void : Self.adjust(units)
            switch result(change, .compensate, after: records) {
            case .beside(let properties, _):
                guard let text = "\(properties)".split(separator: ":").last?.dropLast(), let amount = Int(text) else {
                    Issue.record("\(properties) has no units (seed \(seed))")
                    return
                }
                billed += amount
                wanted = isVoid ? 0 : units
                records.append(Self.record(isVoid ? .void : .adjust, number, units: amount))
            case .already: #expect(isVoid ? wanted == 0 : wanted == units, "seed \(seed)")
            case .impossible: #expect(records.contains { $0.kind == .void }, "seed \(seed)")
            case .replace, .needs: Issue.record("a sum is compensated (seed \(seed))")
            }
            #expect(billed == wanted, "seed \(seed)")
        }
    }

    @Test func `only a delivered event can be corrected`() {
        for status in DeliveryStatus.allCases { #expect((status.whyNotCorrectable == nil) == (status == .delivered)) }
    }
}
