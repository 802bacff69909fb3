import Events
import Parity
import Testing

/// Sums by parts of time that begin before 1970, of numbers that are none, and of vendors that say too much.
@Suite struct MeteredSumsLimitsTests {
    private static let hour: Int64 = 3_600_000

    private static func window(_ from: Int64, _ until: Int64) -> ReadWindow {
        ReadWindow(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
    }

    private static func event(_ number: Int, at milliseconds: Int64, _ properties: String) -> ExpectedEvent {
        MatcherTests.expected(number, MatcherTests.event(number, at: milliseconds, properties))
    }

    private static func sums(_ span: ReadWindow, _ events: [ExpectedEvent]) throws -> MeteredSums {
        var sums = try #require(MeteredSums(of: ["api": "units"], in: span, by: .seconds(3600)))
        for event in events { sums.add(event) }
        return sums
    }

    private static func part(_ start: Int64, _ sum: String) -> MeteredPart {
        MeteredPart(start: Timestamp(milliseconds: start), sum: sum)
    }

    @Test(
        arguments: [
            (-2 * hour, 2 * hour, -2 * hour, 2 * hour), (-2 * hour - 1, 1, -2 * hour, 0),
            (-2 * hour + 1, -1, -hour, -hour),
            (1, hour, 0, 0), (-1, 1, 0, 0), (0, hour, 0, hour),
        ] as [(Int64, Int64, Int64, Int64)]
    )
    func `has the whole parts of a span, also of before 1970`(from: Int64, until: Int64, first: Int64, end: Int64) {
        let sums = MeteredSums(of: ["api": "units"], in: Self.window(from, until), by: .seconds(3600))
        #expect(sums?.window == (first < end ? Self.window(first, end) : nil))
    }

    @Test func `has all time that there is`() throws {
        let all = Self.window(.min, .max)
        let sums = try #require(MeteredSums(of: ["api": "units"], in: all, by: .seconds(86_400)))
        #expect(sums.window.from >= all.from && sums.window.until <= all.until)
        #expect(all.until - sums.window.until < .seconds(86_400))
    }

    @Test func `adds events of before 1970 to the part that they are in`() throws {
        let sums = try Self.sums(
            Self.window(-2 * Self.hour, 0),
            [Self.event(0, at: -1, #"{"units":1}"#), Self.event(1, at: -Self.hour - 1, #"{"units":2}"#)]
        )
        let shown = ["api": [Self.part(-Self.hour, "1"), Self.part(-2 * Self.hour, "2")]]
        let compared = sums.compared(with: shown)
        #expect(!compared.differs(in: Self.window(-2 * Self.hour, 0)))
        #expect(
            compared.covers(Self.event(0, at: -1, "{}")) && compared.covers(Self.event(1, at: -Self.hour - 1, "{}"))
        )
        #expect(!compared.covers(Self.event(2, at: 0, "{}")))
        let swapped = ["api": [Self.part(-Self.hour, "2"), Self.part(-2 * Self.hour, "1")]]
        #expect(sums.compared(with: swapped).differs(in: Self.window(-1, 0)))
    }

    /// What the vendor shows as a sum.
    @Test(arguments: [
        ("3", true), ("3.0", true), ("3e0", true), ("03", true), ("", false), ("NaN", false), ("3 ", false),
        ("-3", false),
    ])
    func `takes a sum for a number, and nothing else`(sum: String, agrees: Bool) throws {
        let sums = try Self.sums(Self.window(0, Self.hour), [Self.event(0, at: 5, #"{"units":3}"#)])
        let compared = sums.compared(with: ["api": [Self.part(0, sum)]])
        #expect(compared.differs(in: Self.window(0, 1)) == !agrees)
        #expect(compared.covers(Self.event(0, at: 5, "{}")) == agrees)
    }

    /// A property in other types than a number, of which vendors add nothing.
    @Test(arguments: [
        #"{"units":null}"#, #"{"units":true}"#, #"{"units":[3]}"#, #"{"units":{"a":3}}"#, #"{"UNITS":3}"#, "{}",
    ])
    func `adds nothing of what is no number`(properties: String) throws {
        let sums = try Self.sums(Self.window(0, Self.hour), [Self.event(0, at: 5, properties)])
        #expect(!sums.compared(with: ["api": []]).differs(in: Self.window(0, 1)))
        #expect(sums.compared(with: ["api": [Self.part(0, "3")]]).differs(in: Self.window(0, 1)))
    }

    @Test func `adds negative numbers, which may come to nothing`() throws {
        let sums = try Self.sums(
            Self.window(0, Self.hour),
            [Self.event(0, at: 5, #"{"units":0.3}"#), Self.event(1, at: 6, #"{"units":-0.3}"#)]
        )
        #expect(!sums.compared(with: ["api": []]).differs(in: Self.window(0, 1)))
    }

    @Test func `looks at no name that has no property, and at no part outside`() throws {
        let sums = try Self.sums(Self.window(0, Self.hour), [Self.event(0, at: 5, #"{"units":3}"#)])
        let compared = sums.compared(with: ["disk": [Self.part(0, "9")]])
        #expect(!compared.differs(in: Self.window(0, Self.hour)) && !compared.covers(Self.event(0, at: 5, "{}")))
        let outside = ["api": [Self.part(0, "3"), Self.part(Self.hour, "7"), Self.part(-Self.hour, "7")]]
        #expect(!sums.compared(with: outside).differs(in: Self.window(-Self.hour, 2 * Self.hour)))
    }

    @Test func `takes the last of two sums that a vendor shows of one part`() throws {
        let sums = try Self.sums(Self.window(0, Self.hour), [Self.event(0, at: 5, #"{"units":3}"#)])
        let shown = ["api": [Self.part(0, "9"), Self.part(0, "3")]]
        #expect(!sums.compared(with: shown).differs(in: Self.window(0, 1)))
    }
}
