import Events
import Parity
import Randomness
import Testing

/// Amounts of events: exact, in any order.
@Suite struct UsageAmountTests {
    private static func value(_ json: String?, _ numbers: MeteredNumbers, _ aggregate: MetricAggregate) -> MeteredValue?
    {
        let properties = json.map { JSONText(checked: #"{"units":\#($0)}"#) }
        return MeteredValue("units", of: properties, reading: numbers, for: aggregate)
    }

    /// What each reader makes of a value in a sum; nil: left out.
    private static let readings: [(json: String?, all: String?, only: String?, plain: String?, least: String)] = [
        ("5", "5", "5", "5", "5"), ("-2.50", "-2.5", "-2.5", "-2.5", "0"), ("1e3", "1000", "1000", "1000", "1000"),
        (#""42.5""#, "42.5", nil, "42.5", "42.5"), (#""1e3""#, "1000", nil, nil, "1000"),
        (#""-3""#, "-3", nil, "-3", "0"), (#"".5""#, "0.5", nil, nil, "0.5"), (#"" 5""#, nil, nil, nil, "0"),
        (#""many""#, nil, nil, nil, "0"), ("true", nil, nil, nil, "0"), ("null", nil, nil, nil, "0"),
        ("[5]", nil, nil, nil, "0"), (nil, nil, nil, nil, "0"),
    ]

    @Test(arguments: readings)
    func `each vendor takes the values that it takes`(
        reading: (json: String?, all: String?, only: String?, plain: String?, least: String)
    ) {
        let expected: [(MeteredNumbers, String?)] = [
            (.all, reading.all), (.numbersOnly, reading.only), (.plainText, reading.plain),
            (.atLeastZero, reading.least),
        ]
        for (numbers, units) in expected {
            guard let value = Self.value(reading.json, numbers, .sum) else {
                #expect(units == nil, "\(reading.json ?? "-") as \(numbers)")
                continue
            }
            var amount = UsageAmount(for: .sum)
            amount.add(value, at: Timestamp(milliseconds: 0), 1)
            #expect(amount.units(.sum) == units, "\(reading.json ?? "-") as \(numbers)")
        }
    }

    @Test func `a count takes every event, and different values need no numbers`() {
        #expect(MeteredValue(nil, of: nil, reading: .numbersOnly, for: .count) != nil)
        var amount = UsageAmount(for: .unique)
        for (index, json) in [#""a""#, #""b""#, #""a""#, "1", "true", "null", nil].enumerated() {
            guard let value = Self.value(json, .all, .unique) else { continue }
            amount.add(value, at: Timestamp(milliseconds: 0), SequenceNumber(Int64(index)))
        }
        #expect(amount.units(.unique) == "4" && amount.events == 5)
    }

    @Test func `two forms of one text are two values, as vendors count them`() throws {
        var amount = UsageAmount(for: .unique)
        for json in ["\"caf\u{E9}\"", "\"cafe\u{301}\"", "\"caf\u{E9}\""] {
            amount.add(try #require(Self.value(json, .all, .unique)), at: Timestamp(milliseconds: 0), 1)
        }
        #expect(amount.units(.unique) == "2" && amount.keptValues == 2)
    }

    /// Against whole hundredths, which tell what is right.
    @Test(arguments: 1...30)
    func `amounts are exact in any order`(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let count = Int.random(in: 1...60, using: &random)
        let events = (0..<count).map { index in
            (
                hundredths: Int.random(in: -50_000...50_000, using: &random),
                time: Int.random(in: 0...20, using: &random), index
            )
        }
        func amount(_ events: [(hundredths: Int, time: Int, Int)], _ aggregate: MetricAggregate) throws -> UsageAmount {
            var amount = UsageAmount(for: aggregate)
            for event in events {
                let json = "\(event.hundredths)e-2"
                let value = try #require(Self.value(json, .all, aggregate))
                amount.add(value, at: Timestamp(milliseconds: Int64(event.time)), SequenceNumber(Int64(event.2)))
            }
            return amount
        }
        let latest = events.max { ($0.time, $0.2) < ($1.time, $1.2) }
        let right: [MetricAggregate: String] = [
            .count: "\(count)", .sum: "\(events.map(\.hundredths).reduce(0, +))e-2",
            .max: "\(events.map(\.hundredths).max() ?? 0)e-2", .latest: "\(latest?.hundredths ?? 0)e-2",
            .unique: "\(Set(events.map(\.hundredths)).count)",
        ]
        for aggregate in MetricAggregate.allCases {
            let first = try #require(try amount(events, aggregate).units(aggregate))
            #expect(UsageFigure(first).equals(try #require(right[aggregate])), "seed \(seed): \(aggregate) is \(first)")
            for _ in 0..<3 {
                #expect(
                    try amount(events.shuffled(using: &random), aggregate).units(aggregate) == first,
                    "seed \(seed)"
                )
            }
        }
    }

    /// Vendors that add 64-bit floats, in whatever order, stay within the tolerance; another event's worth does not.
    @Test(arguments: 1...30)
    func `the tolerance is what binary floats lose, and no more`(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let cents = (0..<400).map { _ in Int.random(in: 1...9_999, using: &random) }
        var amount = UsageAmount(for: .sum)
        for (index, number) in cents.enumerated() {
            let value = try #require(Self.value("\(number)e-2", .all, .sum))
            amount.add(value, at: Timestamp(milliseconds: 0), SequenceNumber(Int64(index)))
        }
        let exact = try #require(amount.units(.sum))
        for _ in 0..<5 {
            let floats = cents.shuffled(using: &random).reduce(0.0) { $0 + Double($1) / 100 }
            #expect(UsageFigure("\(floats)").isNear(exact, amount.tolerance(.sum)), "seed \(seed): \(floats)")
            #expect(!UsageFigure("\(floats + 0.01)").isNear(exact, amount.tolerance(.sum)), "seed \(seed)")
        }
        #expect(amount.tolerance(.count) == 0 && amount.tolerance(.unique) == 0)
    }

    @Test func `whole numbers have no tolerance`() throws {
        var amount = UsageAmount(for: .sum)
        for number in 1...100 {
            let value = try #require(Self.value("\(number)", .all, .sum))
            amount.add(value, at: Timestamp(milliseconds: 0), SequenceNumber(Int64(number)))
        }
        #expect(amount.tolerance(.sum) == 0)
    }
}
