import Events
import Parity
import Testing

/// What vendors take for a number, and for a different value.
@Suite struct MeteredValueTests {
    private static func value(_ json: String?, _ numbers: MeteredNumbers, _ aggregate: MetricAggregate = .sum)
        -> MeteredValue?
    {
        let properties = json.map { JSONText(checked: #"{"units":\#($0)}"#) }
        return MeteredValue("units", of: properties, reading: numbers, for: aggregate)
    }

    /// Texts that PostgreSQL's pattern of a plain number takes: digits, with a point between them at most, and a minus.
    @Test(
        arguments: [
            ("0", true), ("00", true), ("-5", true), ("1.5", true), ("-0.25", true), ("+1", false), ("-", false),
            ("", false), (".", false), ("1.", false), (".5", false), ("-.5", false), ("1.2.3", false), ("1e3", false),
            ("--1", false), ("1-", false), (" 1", false), ("1 ", false), ("1\n", false), ("\u{0661}", false),
            ("0x10", false), ("1_000", false), ("NaN", false),
        ] as [(String, Bool)]
    )
    func `takes plain texts for numbers where the vendor does`(text: String, isNumber: Bool) {
        let json = "\"\(text == "1\n" ? "1\\n" : text)\""
        #expect((Self.value(json, .plainText) != nil) == isNumber)
        #expect(Self.value(json, .numbersOnly) == nil)
    }

    @Test(arguments: [("-5", "0"), ("5", "5"), (#""-0.5""#, "0"), (#""x""#, "0"), ("null", "0"), ("{}", "0")])
    func `counts what is below zero, or no number, as zero where the vendor does`(json: String, units: String) throws {
        var amount = UsageAmount(for: .sum)
        amount.add(try #require(Self.value(json, .atLeastZero)), at: Timestamp(milliseconds: 0), 1)
        #expect(amount.units(.sum) == units && amount.events == 1)
    }

    /// Values that are different where they are counted.
    @Test func `tells values apart by their text`() {
        let values = [
            "1", "1.0", #""1""#, "true", #""true""#, "[1]", "[1 ]", #"{"a":1}"#, #""""#, "null", #""null""#,
        ]
        let texts = values.map { Self.value($0, .all, .unique)?.text }
        #expect(texts == ["1", "1.0", "1", "true", "true", "[1]", "[1 ]", #"{"a":1}"#, nil, nil, "null"])
        #expect(Self.value(nil, .all, .unique) == nil)
        #expect(MeteredValue("units", of: JSONText(checked: "[7]"), reading: .all, for: .unique) == nil)
    }

    @Test func `needs no property for a count, whatever the event has`() {
        for properties in [nil, "{}", #"{"units":"x"}"#, "7"] {
            let value = MeteredValue(
                nil,
                of: properties.map { JSONText(checked: $0) },
                reading: .numbersOnly,
                for: .count
            )
            #expect(value != nil && value?.number == nil && value?.text == "")
        }
    }

    // MARK: Amounts

    private static func amount(_ values: [String], _ aggregate: MetricAggregate) throws -> UsageAmount {
        var amount = UsageAmount(for: aggregate)
        for (place, json) in values.enumerated() {
            let value = try #require(Self.value(json, .all, aggregate))
            amount.add(value, at: Timestamp(milliseconds: 0), SequenceNumber(Int64(place)))
        }
        return amount
    }

    @Test(arguments: MetricAggregate.allCases)
    func `is nothing without events`(aggregate: MetricAggregate) {
        let amount = UsageAmount(for: aggregate)
        #expect(amount.units(aggregate) == "0" && amount.events == 0 && amount.tolerance(aggregate) == 0)
    }

    @Test func `is unknown if it has too many digits, and its count is not`() throws {
        let amount = try Self.amount(["1e30", "1e-30"], .sum)
        #expect(amount.units(.sum) == nil && amount.units(.count) == "2")
        #expect(amount.units(.max) == "1\(String(repeating: "0", count: 30))")
        #expect(amount.units(.unique) == nil, "values are not kept for a sum")
    }

    @Test func `is the later of two events at one time, and the largest of negative numbers`() throws {
        #expect(try Self.amount(["-3", "-1", "-2"], .max).units(.max) == "-1")
        #expect(try Self.amount(["-3", "-1", "-2"], .latest).units(.latest) == "-2")
        var amount = UsageAmount(for: .latest)
        let values = try ["1", "2", "3"].map { try #require(Self.value($0, .all, .latest)) }
        amount.add(values[0], at: Timestamp(milliseconds: 5), 9)
        amount.add(values[1], at: Timestamp(milliseconds: 5), 8)
        amount.add(values[2], at: Timestamp(milliseconds: 4), 10)
        #expect(amount.units(.latest) == "1")
    }

    /// Up to 2 to the power of 53 every whole number is a 64-bit float.
    @Test(
        arguments: [
            ("9007199254740992", 0), ("9007199254740994", 9007199254740994 * 0x1p-52), ("0.5", 0x1p-53),
        ] as [(String, Double)]
    )
    func `has a tolerance beyond what floats hold exactly`(units: String, tolerance: Double) throws {
        #expect(try Self.amount([units], .sum).tolerance(.sum) == tolerance)
        #expect(try Self.amount([units], .count).tolerance(.count) == 0)
    }
}
