import Events
import OfRecord
import Testing

@Suite struct GateTests {
    private let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func settings() throws -> GateSettings {
        GateSettings(
            window: .seconds(3600),
            leastEvents: 1000,
            unexplained: 0,
            usage: try #require(Percentage("0.1%")),
            rejected: try #require(Percentage("0.01%")),
            uncertain: 2,
            backlogAge: .seconds(600)
        )
    }

    private func readings(at time: Timestamp, events: UInt64 = 10_000) -> GateMeasurements {
        var readings = GateMeasurements()
        readings.unexplained = .init(0, at: time, events: events)
        readings.usage = .init(Fraction(1, of: 1000), at: time, events: events)
        readings.rejected = .init(Fraction(1, of: 10_000), at: time, events: events)
        readings.uncertain = .init(2, at: time, events: events)
        readings.backlogAge = .init(.seconds(600), at: time, events: events)
        readings.lost = .init(0, at: time, events: 1)
        return readings
    }

    @Test func `are green up to their limits, and show what was measured`() throws {
        let statuses = try settings().statuses(by: readings(at: now), at: now)
        #expect(statuses.map(\.gate) == Gate.allCases)
        #expect(statuses.allSatisfy { $0.isGreen })
        #expect(
            statuses.map(\.figure) == ["0", "1 of 1000 (0.1%)", "1 of 10000 (0.01%)", "2", "600 s", "0 of 1 read back"]
        )
        #expect(statuses.map(\.limit) == ["0", "0.1%", "0.01%", "2", "600 s", "0"])
    }

    @Test func `are red beyond them`() throws {
        var readings = readings(at: now)
        readings.unexplained = .init(1, at: now, events: 10_000)
        readings.usage = .init(Fraction(10_001, of: 10_000_000), at: now, events: 10_000)
        readings.rejected = .init(Fraction(2, of: 19_999), at: now, events: 19_999)
        readings.uncertain = .init(3, at: now, events: 10_000)
        readings.backlogAge = .init(.milliseconds(600_001), at: now, events: 10_000)
        readings.lost = .init(1, at: now, events: 1)
        #expect(try settings().statuses(by: readings, at: now).allSatisfy { $0.color == .red })
    }

    @Test func `are unknown where nothing was measured`() throws {
        let statuses = try settings().statuses(by: GateMeasurements(), at: now)
        #expect(statuses.allSatisfy { $0.color == .unknown(.notMeasured) && $0.figure == nil })
    }

    @Test func `are unknown where the measurement is older than the window, even if it was red`() throws {
        let time = now + .milliseconds(-3_600_001)
        var readings = readings(at: time)
        readings.unexplained = .init(7, at: time, events: 10_000)
        let statuses = try settings().statuses(by: readings, at: now)
        #expect(statuses.allSatisfy { $0.color == .unknown(.tooOld(time)) })
        #expect(statuses[0].figure == "7")
    }

    @Test func `need enough events to be green, and for a percentage to be red`() throws {
        var readings = readings(at: now, events: 999)
        readings.rejected = .init(Fraction(5, of: 999), at: now, events: 999)
        let few = GateStatus.Color.unknown(.tooFewEvents(999))
        #expect(try settings().statuses(by: readings, at: now).map(\.color) == [few, few, few, .green, .green, .green])
        readings.unexplained = .init(1, at: now, events: 999)
        #expect(try settings().statuses(by: readings, at: now)[0].color == .red)
    }

    @Test func `take one event that was read back for enough, and none for nothing`() throws {
        var readings = GateMeasurements()
        readings.lost = .init(0, at: now, events: 0)
        #expect(try settings().statuses(by: readings, at: now).last?.color == .unknown(.tooFewEvents(0)))
        readings.lost = .init(0, at: now, events: 1)
        #expect(try settings().statuses(by: readings, at: now).last?.color == .green)
    }

    @Test func `compare percentages exactly, however large the numbers`() throws {
        var readings = readings(at: now)
        for (part, isRed) in [(UInt64.max / 1000, false), (UInt64.max / 1000 + 1, true)] {
            readings.usage = .init(Fraction(part, of: .max), at: now, events: 10_000)
            #expect((try settings().statuses(by: readings, at: now)[1].color == .red) == isRed)
        }
    }

    @Test(
        arguments: [
            ("0%", "0%"), ("0.0001%", "0.0001%"), ("5%", "5%"), ("12.50%", "12.5%"), ("100%", "100%"), ("007%", "7%"),
            ("", nil), ("%", nil), ("5", nil), ("100.0001%", nil), ("0.00001%", nil), ("-1%", nil), ("1.%", nil),
            (".1%", nil),
            ("1e1%", nil), ("9999%", nil), ("1,5%", nil),
        ] as [(String, String?)]
    )
    func `read a percentage`(text: String, expected: String?) {
        #expect(Percentage(text)?.text == expected)
    }
}
