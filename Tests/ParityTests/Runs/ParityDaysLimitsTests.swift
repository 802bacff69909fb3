import Events
import Parity
import Testing

/// The days that are told of, at the limits of time and of their number.
@Suite struct ParityDaysLimitsTests {
    private static func run(_ id: Int64, _ from: Timestamp, _ until: Timestamp) -> ParityRun {
        ParityRun(
            id: id,
            order: ParityOrder(window: ReadWindow(from: from, until: until), providers: ["lago"], level: .digest),
            tenant: "shop",
            client: "web",
            requestedAt: until,
            state: .finished,
            reports: [ProviderReport(provider: "lago")]
        )
    }

    private static let day = Duration.seconds(86_400)

    @Test(arguments: [
        "2026-11-30T00:00:00Z", "2026-11-30T23:59:59.999Z", "1969-12-31T12:00:00Z", "2024-03-01T00:00:00Z",
    ])
    func `are fourteen, from that of now back, each beginning at midnight`(text: String) throws {
        let now = try #require(Timestamp(rfc3339: text))
        let days = ParityDays(of: [], at: now).days
        #expect(days.count == 14 && days[0].start <= now && now < days[0].start + Self.day)
        #expect(days.allSatisfy { $0.start.rfc3339.hasSuffix("T00:00:00.000Z") })
        for (one, next) in zip(days, days.dropFirst()) { #expect(next.start + Self.day == one.start) }
    }

    @Test func `of one window are all that it touches, and the ends of it are not whole`() throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-30T12:00:00Z"))
        let midnight = now + .seconds(-43_200)
        let window = Self.run(1, midnight + .seconds(-2 * 86_400 - 1), midnight + .milliseconds(1))
        let cells = ParityDays(of: [window], at: now).days.map { $0.cells[0] }
        #expect(cells.map(\.run) == [1, 1, 1, 1] + Array(repeating: nil, count: 10))
        #expect(cells.map(\.isWhole).prefix(4) == [false, true, true, false])
    }

    @Test func `take of two windows of one length the newer, and of others the longer`() throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-30T12:00:00Z"))
        let midnight = now + .seconds(-43_200)
        func chosen(_ runs: [ParityRun]) -> Int64? { ParityDays(of: runs, at: now).days[0].cells[0].run }
        let (early, late) = (
            Self.run(1, midnight, midnight + .seconds(3600)),
            Self.run(2, midnight + .seconds(3600), midnight + .seconds(7200))
        )
        #expect(chosen([late, early]) == 2)
        #expect(chosen([late, Self.run(1, midnight, midnight + .seconds(3601))]) == 1)
        // One that ends at midnight says nothing of the day.
        #expect(chosen([Self.run(3, midnight + .seconds(-60), midnight)]) == nil)
    }

    @Test func `leave out findings of another provider, another day and another comparison`() throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-30T12:00:00Z"))
        let midnight = now + .seconds(-43_200)
        var days = ParityDays(of: [Self.run(5, midnight, now)], at: now)
        func finding(_ provider: ProviderName, _ day: Timestamp) -> FindingDay {
            FindingDay(provider: provider, day: day, cause: .doubled, name: "api", count: 3)
        }
        days.add([finding("lago", midnight)], of: 4, accepting: [])
        days.add([finding("polar", midnight), finding("lago", midnight + .milliseconds(1))], of: 5, accepting: [])
        #expect(days.days[0].cells[0].open == 0)
        days.add([finding("lago", midnight)], of: 5, accepting: [])
        #expect(days.days[0].cells[0].open == 3 && days.runs == [5])
    }
}
