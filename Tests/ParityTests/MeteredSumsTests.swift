import Events
import Parity
import Randomness
import Testing

/// Sums of the journal against those that a vendor shows by the hour.
@Suite struct MeteredSumsTests {
    private static let hour: Int64 = 3_600_000

    private static func sums(from: Int64 = 0, until: Int64 = 4 * hour) throws -> MeteredSums {
        let span = ReadWindow(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
        return try #require(MeteredSums(of: ["api": "units"], in: span, by: .seconds(3600)))
    }

    private static func event(
        _ number: Int,
        at milliseconds: Int64,
        _ properties: String,
        name: String = "api",
        _ state: LedgerState = .delivered(deduplicated: false, at: nil)
    ) -> ExpectedEvent {
        MatcherTests.expected(number, MatcherTests.event(number, name: name, at: milliseconds, properties), state)
    }

    private static func parts(_ sums: [Int64: String]) -> [String: [MeteredPart]] {
        ["api": sums.map { MeteredPart(start: Timestamp(milliseconds: $0 * hour), sum: $1) }]
    }

    private static func window(_ first: Int64, _ end: Int64) -> ReadWindow {
        ReadWindow(from: Timestamp(milliseconds: first), until: Timestamp(milliseconds: end))
    }

    @Test func `looks at whole parts only`() throws {
        #expect(try Self.sums(from: 1, until: 4 * Self.hour - 1).window == Self.window(Self.hour, 3 * Self.hour))
        #expect(try Self.sums(from: -1, until: 1 + Self.hour).window == Self.window(0, Self.hour))
        let short = Self.window(1, 2 * Self.hour - 1)
        #expect(MeteredSums(of: ["api": "units"], in: short, by: .seconds(3600)) == nil)
        #expect(MeteredSums(of: [:], in: Self.window(0, Self.hour), by: .seconds(3600)) == nil)
    }

    @Test func `names the parts in which sums differ`() throws {
        var sums = try Self.sums()
        let events = [
            Self.event(0, at: 5, #"{"units":0.1}"#), Self.event(1, at: 6, #"{"units":0.2}"#),
            Self.event(2, at: Self.hour, #"{"units":7}"#),
            // The vendor adds up neither text nor other names.
            Self.event(3, at: Self.hour, #"{"units":"8"}"#),
            Self.event(4, at: Self.hour, #"{"units":9}"#, name: "disk"),
            Self.event(5, at: 2 * Self.hour, #"{"units":1}"#),
        ]
        for event in events { sums.add(event) }
        // A 64-bit float's 0.1 + 0.2; an hour that the vendor leaves out has nothing.
        let compared = sums.compared(with: Self.parts([0: "0.30000000000000004", 1: "7.0", 2: "2.0"]))
        #expect(compared.differs(in: Self.window(2 * Self.hour, 2 * Self.hour + 1)))
        #expect(compared.differs(in: Self.window(0, 4 * Self.hour)))
        #expect(!compared.differs(in: Self.window(0, 2 * Self.hour)))
        #expect(!compared.differs(in: Self.window(3 * Self.hour, 4 * Self.hour)))
        #expect(events.map(compared.covers) == [true, true, true, true, false, false])
        #expect(!sums.compared(with: Self.parts([1: "7.0", 2: "1.0", 0: "0.30000000001"])).covers(events[0]))
        #expect(
            sums.compared(with: Self.parts([1: "7.0", 2: "1.0", 3: "0.5"])).differs(
                in: Self.window(3 * Self.hour, 4 * Self.hour)
            )
        )
    }

    @Test func `whole numbers must agree to the last unit`() throws {
        var sums = try Self.sums()
        sums.add(Self.event(0, at: 0, #"{"units":9007199254740991}"#))
        #expect(!sums.compared(with: Self.parts([0: "9007199254740990"])).covers(Self.event(0, at: 0, "{}")))
        #expect(sums.compared(with: Self.parts([0: "9007199254740991.0"])).covers(Self.event(0, at: 0, "{}")))
    }

    @Test(arguments: [
        LedgerState.waiting(next: nil), .rejected(nil), .uncertain, .discarded,
    ])
    func `says nothing of a part with an event that the vendor may or may not have`(state: LedgerState) throws {
        var sums = try Self.sums()
        sums.add(Self.event(0, at: 5, #"{"units":1}"#))
        sums.add(Self.event(1, at: 6, #"{"units":2}"#, state))
        let compared = sums.compared(with: Self.parts([0: "3"]))
        #expect(!compared.differs(in: Self.window(0, Self.hour)) && !compared.covers(Self.event(0, at: 5, "{}")))
    }

    @Test(arguments: ["1e400", #"123456789012345678901234567890123456789"#])
    func `never takes a sum for equal that it cannot add`(units: String) throws {
        var sums = try Self.sums()
        sums.add(Self.event(0, at: 5, #"{"units":\#(units)}"#))
        sums.add(Self.event(1, at: 5, #"{"units":0.5}"#))
        #expect(sums.compared(with: Self.parts([0: units])).differs(in: Self.window(0, 1)))
    }

    @Test(arguments: 1...20)
    func `floats added in any order agree, and one event less does not`(seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        var sums = try Self.sums()
        var units: [Double] = []
        for number in 0..<2000 {
            let value = Double.random(in: 0.001...1000, using: &random)
            units.append(value)
            sums.add(Self.event(number, at: Int64(number), #"{"units":\#(value)}"#))
        }
        let whole = Self.window(0, Self.hour)
        let total = units.shuffled(using: &random).reduce(0, +)
        #expect(!sums.compared(with: Self.parts([0: "\(total)"])).differs(in: whole), "seed \(seed)")
        #expect(sums.compared(with: Self.parts([0: "\(total - units[0])"])).differs(in: whole), "seed \(seed)")
    }
}
