import JSON
import TestSupport
import Testing

@testable import Events

/// Corrections of corrections against a vendor that adds up, or keeps the last: whatever is ordered, its figure is what was asked for.
@Suite struct CorrectionModelTests {
    /// What a vendor has of one event: the sum of its units, and how many it counted.
    private struct Vendor {
        var units = DecimalSum()
        var replacements = 0

        mutating func receive(_ properties: JSONText, replacing: Bool) {
            guard let number = PropertyObject(properties).number("units") else { return }
            if replacing {
                units = DecimalSum()
                replacements += 1
            }
            units.add(number)
        }
    }

    private static func traits(_ method: CorrectionMethod) -> CorrectionTraits {
        CorrectionTraits(Dictionary(uniqueKeysWithValues: MetricAggregate.allCases.map { ($0, method) }))
    }

    /// A number with up to three decimals, in any spelling; half of the time as text.
    private func number(_ random: inout SeededRandom) -> String {
        let thousandths = Int.random(in: -5000...5000, using: &random)
        guard thousandths != 0 else { return "0" }
        let spelling =
            [
                "\(thousandths)e-3", "\(thousandths)00E-5", "\(thousandths).0e-03", "\(Double(thousandths) / 1000)",
            ].randomElement(using: &random) ?? "0"
        return Bool.random(using: &random) ? "\"\(spelling)\"" : spelling
    }

    private func properties(_ units: String) -> JSONText { JSONText(checked: #"{"region":"eu","units":\#(units)}"#) }

    private func wanted(_ units: String) -> JSONNumber? {
        JSONNumber(units.hasPrefix("\"") ? String(units.dropFirst().dropLast()) : units)
    }

    private struct Life {
        var vendor = Vendor()
        var records: [CorrectionRecord] = []
        var isVoid = false

        mutating func add(_ kind: CorrectionID.Kind, _ style: CorrectionStyle, _ properties: JSONText) {
            vendor.receive(properties, replacing: style == .replacing)
            isVoid = isVoid || kind == .void
            records.append(
                CorrectionRecord(
                    CorrectionID(number: records.count + 1, of: "e"),
                    kind,
                    style: style,
                    property: "units",
                    properties: properties,
                    status: .delivered
                )
            )
        }
    }

    @Test(arguments: [CorrectionMethod.compensate, .replace])
    func `a vendor ends with what was asked for last, or with nothing`(method: CorrectionMethod) throws {
        var random = SeededRandom()
        for _ in 0..<300 {
            let original = properties(number(&random))
            var life = Life()
            life.vendor.receive(original, replacing: false)
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let isVoid = Int.random(in: 0..<5, using: &random) == 0
                let units = number(&random)
                let change: CorrectionOrder.Change =
                    isVoid ? .void : .adjust(JSONText(checked: #"{"units":\#(units)}"#))
                let decision = CorrectionDecision(
                    CorrectionOrder(change, aggregate: .sum, property: "units"),
                    at: "Acme",
                    Self.traits(method)
                )
                let wasVoid = life.isVoid
                switch decision.result(after: CorrectionState(of: original, after: life.records)) {
                case .beside(let sent, let later):
                    #expect(method == .compensate && later == .zero && !wasVoid)
                    life.add(isVoid ? .void : .adjust, .beside, sent)
                case .replace(let sent):
                    #expect(method == .replace && !wasVoid)
                    life.add(isVoid ? .void : .adjust, .replacing, sent)
                case .already: break
                case .impossible(let reason):
                    #expect(wasVoid && !isVoid, "seed \(SeededRandom.seed): \(reason)")
                    continue
                case .needs: Issue.record("everything was said")
                }
                let expected = isVoid || wasVoid ? JSONNumber("0") : wanted(units)
                let found = try #require(life.vendor.units.text)
                #expect(JSONNumber(found) == expected, "seed \(SeededRandom.seed): \(life.records.map(\.properties))")
            }
        }
    }

    /// What is not delivered yet is counted on for what comes after it, and what was discarded is not.
    @Test(arguments: DeliveryStatus.allCases)
    func `the state counts what was or will be delivered`(status: DeliveryStatus) {
        let record = CorrectionRecord(
            CorrectionID(of: "e"),
            .adjust,
            style: .beside,
            property: "units",
            properties: properties("-3"),
            status: status
        )
        let state = CorrectionState(of: properties("7"), after: [record])
        let counts = ![.discarded, .skipped].contains(status)
        #expect(PropertyObject(state.properties).number("units") == JSONNumber(counts ? "4" : "7"))
        #expect(state.last == (counts ? record : nil) && state.voided == nil)
        #expect(state.unsettled == (counts && status != .delivered ? record : nil))
    }

    /// A damaged or foreign record changes nothing that can be computed.
    @Test(
        arguments: [
            (nil, #"{"units":-3}"#), ("other", #"{"units":-3}"#), ("units", #"{"other":-3}"#), ("units", "{"),
            ("units", #"{"units":"many"}"#), ("units", #"{"units":1e40}"#),
        ] as [(String?, String)]
    )
    func `a correction without a number leaves the properties as they are`(property: String?, text: String) {
        let record = CorrectionRecord(
            CorrectionID(of: "e"),
            .adjust,
            style: .beside,
            property: property,
            properties: JSONText(checked: text),
            status: .delivered
        )
        let original = properties("7")
        #expect(CorrectionState(of: original, after: [record]).properties == original)
        #expect(CorrectionState(of: nil, after: [record]).properties == nil)
    }
}
