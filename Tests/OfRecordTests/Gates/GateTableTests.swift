import Events
import Testing

@testable import OfRecord

/// Every gate with every kind of measurement.
@Suite struct GateTableTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func settings() throws -> GateSettings {
        GateSettings(
            window: .seconds(3600),
            leastEvents: 1000,
            unexplained: 3,
            lost: 2,
            usage: try #require(Percentage("0.5%")),
            rejected: try #require(Percentage("2%")),
            uncertain: 4,
            backlogAge: .seconds(600)
        )
    }

    /// Measurements of all gates, each at its limit, or beyond it.
    private func measured(beyond: Bool, events: UInt64, at time: Timestamp = now) -> GateMeasurements {
        let more: UInt64 = beyond ? 1 : 0
        var measured = GateMeasurements()
        measured.unexplained = .init(3 + more, at: time, events: events)
        measured.usage = .init(Fraction(5 + more, of: 1000), at: time, events: events)
        measured.rejected = .init(Fraction(20 + more, of: 1000), at: time, events: events)
        measured.uncertain = .init(4 + more, at: time, events: events)
        let age = Duration.seconds(600) + Duration.nanoseconds(Int64(more))
        measured.backlogAge = .init(age, at: time, events: events)
        measured.lost = .init(2 + more, at: time, events: events)
        return measured
    }

    private func colors(_ measured: GateMeasurements) throws -> [Gate: GateStatus.Color] {
        let statuses = try settings().statuses(by: measured, at: Self.now)
        return Dictionary(statuses.map { ($0.gate, $0.color) }) { first, _ in first }
    }

    /// A gate, and its colour at its limit with enough events, with few, with none; then beyond its limit with as many.
    @Test(
        arguments: [
            (.unexplained, ["green", "few", "few"], ["red", "red", "red"]),
            (.usage, ["green", "few", "few"], ["red", "few", "few"]),
            (.rejected, ["green", "few", "few"], ["red", "few", "few"]),
            (.uncertain, ["green", "green", "green"], ["red", "red", "red"]),
            (.backlogAge, ["green", "green", "green"], ["red", "red", "red"]),
            (.lost, ["green", "green", "few"], ["red", "red", "red"]),
        ] as [(Gate, [String], [String])]
    )
    func `is judged by its value and by the events it rests on`(
        gate: Gate,
        atLimit: [String],
        beyond: [String]
    ) throws {
        for (isBeyond, expected) in [(false, atLimit), (true, beyond)] {
            let found = try ([1000, 999, 0] as [UInt64]).map { events -> String in
                switch try colors(measured(beyond: isBeyond, events: events))[gate] {
                case .green: "green"
                case .red: "red"
                case .unknown(.tooFewEvents(events)): "few"
                case .unknown, nil: "other"
                }
            }
            #expect(found == expected)
        }
    }

    @Test(arguments: [(Int64(3_600_000), true), (3_600_001, false), (0, true), (-1, true), (-86_400_000, true)])
    func `needs a measurement that is no older than the window`(age: Int64, isJudged: Bool) throws {
        let time = Self.now + .milliseconds(-age)
        let colors = try colors(measured(beyond: false, events: 1000, at: time))
        #expect(colors.count == Gate.allCases.count)
        #expect(colors.values.allSatisfy { $0 == (isJudged ? .green : .unknown(.tooOld(time))) })
    }

    @Test func `is green without an event where none are required`() throws {
        var settings = try settings()
        settings.leastEvents = 0
        var measured = GateMeasurements()
        measured.unexplained = .init(0, at: Self.now, events: 0)
        measured.usage = .init(Fraction(0, of: 0), at: Self.now, events: 0)
        let statuses = settings.statuses(by: measured, at: Self.now)
        #expect(statuses[0].color == .green && statuses[1].color == .green)
        #expect(statuses[1].figure == "0 of 0")
    }

    @Test func `shows durations in whole seconds`() throws {
        var (settings, measured) = (try settings(), GateMeasurements())
        settings.backlogAge = .milliseconds(1500)
        measured.backlogAge = .init(.milliseconds(1999), at: Self.now, events: 0)
        let status = try #require(settings.statuses(by: measured, at: Self.now).first { $0.gate == .backlogAge })
        #expect(status.figure == "1 s" && status.limit == "1 s" && status.color == .red)
    }

    @Test(
        arguments: [
            (0, 0, "0 of 0"), (0, 7, "0 of 7 (0%)"), (7, 7, "7 of 7 (100%)"), (8, 7, "8 of 7"),
            (1, 3, "1 of 3 (33.3333%)"),
            (2, 3, "2 of 3 (66.6666%)"), (3, 12_000, "3 of 12000 (0.025%)"), (1, 1_000_001, "1 of 1000001 (0%)"),
            (999_999, 1_000_000, "999999 of 1000000 (99.9999%)"),
            (.max, .max, "18446744073709551615 of 18446744073709551615 (100%)"),
            (.max - 1, .max, "18446744073709551614 of 18446744073709551615 (99.9999%)"),
        ] as [(UInt64, UInt64, String)]
    )
    func `cuts a percentage and does not round it up`(part: UInt64, whole: UInt64, text: String) {
        #expect(Fraction(part, of: whole).text == text)
    }

    @Test(
        arguments: [
            ("0%", 0, 0, false), ("0%", 0, 1, false), ("0%", 1, .max, true), ("100%", 1, 1, false),
            ("100%", 2, 1, true),
            ("100%", 1, 0, true), ("0.0001%", 1, 1_000_000, false), ("0.0001%", 1, 999_999, true),
            ("0.0001%", 2, 1_000_000, true), ("100%", .max, .max, false), ("99.9999%", .max, .max, true),
            ("0.0001%", .max, 1, true),
        ] as [(String, UInt64, UInt64, Bool)]
    )
    func `compares a part of a whole exactly`(limit: String, part: UInt64, whole: UInt64, isExceeded: Bool) throws {
        #expect(try #require(Percentage(limit)).isExceeded(by: Fraction(part, of: whole)) == isExceeded)
    }

    @Test func `reads each percentage that it writes`() throws {
        for millionths in stride(from: 0, through: 1_000_000, by: 37) {
            let (whole, rest) = (millionths / 10_000, millionths % 10_000)
            let digits = String(String(rest + 10_000).dropFirst())
            let percentage = try #require(Percentage("\(whole).\(digits)%"))
            if Percentage(percentage.text) != percentage { Issue.record("\(millionths)") }
        }
    }
}
