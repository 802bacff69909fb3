import Events
import Foundation
import OfRecord
import Randomness
import Testing

/// When billing periods begin.
@Suite struct BillingCycleTests {
    private static let zones = [
        "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe",
        "Pacific/Apia", "Africa/Casablanca", "America/Havana",
    ]

    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    /// Worked out by another program, with the time zones of its own system.
    @Test(
        arguments: [
            ("UTC", "2026-01-31", .month, "2027-02-10T00:00:00Z", "2027-02-28T00:00:00Z"),
            ("UTC", "2026-01-31", .month, "2028-02-10T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("UTC", "2026-01-31", .month, "2028-02-29T00:00:00Z", "2028-03-31T00:00:00Z"),
            ("UTC", "2026-01-30", .month, "2027-02-27T23:59:59Z", "2027-02-28T00:00:00Z"),
            ("UTC", "2026-01-29", .month, "2027-02-28T00:00:00Z", "2027-03-29T00:00:00Z"),
            ("UTC", "2026-01-31", .month, "2026-04-29T12:00:00Z", "2026-04-30T00:00:00Z"),
            ("UTC", "2024-02-29", .year, "2026-03-01T00:00:00Z", "2027-02-28T00:00:00Z"),
            ("UTC", "2024-02-29", .year, "2027-03-01T00:00:00Z", "2028-02-29T00:00:00Z"),
            ("UTC", "2026-11-30", .quarter, "2027-02-01T00:00:00Z", "2027-02-28T00:00:00Z"),
            ("UTC", "2026-01-05", .week, "2026-11-29T10:00:00Z", "2026-11-30T00:00:00Z"),
            ("UTC", "2026-01-01", .month, "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"),
            ("UTC", "2026-01-01", .month, "1999-12-31T23:59:59Z", "2000-01-01T00:00:00Z"),
            ("UTC", "2000-02-29", .year, "2099-12-31T00:00:00Z", "2100-02-28T00:00:00Z"),
            ("Europe/Berlin", "2026-01-01", .month, "2027-03-15T00:00:00Z", "2027-03-31T22:00:00Z"),
            ("Europe/Berlin", "2026-01-01", .month, "2027-10-15T00:00:00Z", "2027-10-31T23:00:00Z"),
            // 02:30 is skipped on the 28th of March 2027, and comes twice on the 31st of October.
            ("Europe/Berlin", "2026-01-28T02:30:00+01:00", .month, "2027-03-01T00:00:00Z", "2027-03-28T01:00:00Z"),
            ("Europe/Berlin", "2026-01-28T02:30:00+01:00", .month, "2027-03-28T01:00:00Z", "2027-04-28T00:30:00Z"),
            ("Europe/Berlin", "2026-01-31T02:30:00+01:00", .month, "2027-10-15T00:00:00Z", "2027-10-31T00:30:00Z"),
            // Midnight of the 31st in Tokyo is the afternoon of the 30th in Berlin.
            ("Europe/Berlin", "2026-01-31T00:00:00+09:00", .month, "2026-02-10T00:00:00Z", "2026-02-28T15:00:00Z"),
            ("America/New_York", "2026-01-14T02:00:00-05:00", .month, "2027-03-01T00:00:00Z", "2027-03-14T07:00:00Z"),
            ("America/New_York", "2026-01-07T01:30:00-05:00", .month, "2027-11-01T00:00:00Z", "2027-11-07T05:30:00Z"),
            ("Asia/Kolkata", "2026-05-31", .month, "2026-06-15T00:00:00Z", "2026-06-29T18:30:00Z"),
            ("Australia/Lord_Howe", "2026-10-04", .week, "2026-10-01T00:00:00Z", "2026-10-03T13:30:00Z"),
            // Samoa had no 30th of December in 2011.
            ("Pacific/Apia", "2011-01-30", .month, "2011-12-15T00:00:00Z", "2011-12-30T10:00:00Z"),
            // Clocks skip midnight.
            ("America/Sao_Paulo", "2018-11-04", .year, "2018-06-01T00:00:00Z", "2018-11-04T03:00:00Z"),
            // Clocks go back for the month of Ramadan.
            ("Africa/Casablanca", "2026-01-31", .month, "2027-02-20T00:00:00Z", "2027-02-28T00:00:00Z"),
            ("Asia/Tehran", "2026-03-21", .year, "2021-01-01T00:00:00Z", "2021-03-20T20:30:00Z"),
            ("Pacific/Kiritimati", "2026-01-01", .month, "2026-12-15T00:00:00Z", "2026-12-31T10:00:00Z"),
        ] as [(String, String, BillingCycle.Interval, String, String)]
    )
    func `finds the next boundary`(
        zone: String,
        anchor: String,
        interval: BillingCycle.Interval,
        after: String,
        expected: String
    ) throws {
        let zone = try #require(ZoneRules(named: zone))
        let cycle = BillingCycle(anchor: try #require(BillingAnchor(anchor, in: zone)), every: interval, in: zone)
        #expect(cycle.boundary(after: try time(after)) == (try time(expected)))
    }

    /// A cycle and a time, by a seed.
    private func sample(_ random: inout SplitMix) throws -> (cycle: BillingCycle, time: Timestamp) {
        let name = Self.zones.randomElement(using: &random) ?? ""
        let zone = try #require(ZoneRules(named: name), "no zone \(name)")
        let anchor = Timestamp(milliseconds: .random(in: 0...2_500_000_000, using: &random) * 1000)
        let interval = BillingCycle.Interval.allCases.randomElement(using: &random) ?? .month
        let cycle = BillingCycle(anchor: BillingAnchor(anchor, in: zone), every: interval, in: zone)
        return (cycle, Timestamp(milliseconds: .random(in: 0...4_000_000_000_000, using: &random)))
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `has exactly one next boundary for every time of a period`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let (cycle, time) = try sample(&random)
        let end = try #require(cycle.boundary(after: time))
        #expect(end > time)
        #expect(cycle.boundary(after: end + .milliseconds(-1)) == end)
        let next = try #require(cycle.boundary(after: end))
        #expect(next > end)
        for _ in 0..<20 {
            let within = Timestamp(milliseconds: .random(in: end.milliseconds..<next.milliseconds, using: &random))
            #expect(cycle.boundary(after: within) == next)
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `begins periods on the anchor's day at its time, as a calendar counts them`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let (cycle, time) = try sample(&random)
        guard cycle.interval != .week else { return }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: cycle.zone.name))
        let boundary = try #require(cycle.boundary(after: time))
        let date = Date(timeIntervalSince1970: Double(boundary.milliseconds) / 1000)
        let shown = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
        let anchor = cycle.anchor.components
        let last = CivilDate.days(inMonth: try #require(shown.month), of: try #require(shown.year))
        let found = (shown.hour ?? 0) * 3600 + (shown.minute ?? 0) * 60 + (shown.second ?? 0)
        if shown.day == min(anchor.day, last), found == anchor.second { return }
        // Only a time that the clocks skip is not met, and then the boundary is where they skip it.
        let before = calendar.timeZone.secondsFromGMT(for: date.addingTimeInterval(-1))
        #expect(calendar.timeZone.secondsFromGMT(for: date) > before, "\(cycle.zone.name) \(boundary.rfc3339)")
    }

    @Test(arguments: zones)
    func `knows the offsets of a zone`(name: String) throws {
        let rules = try #require(ZoneRules(named: name))
        let zone = try #require(TimeZone(identifier: name))
        // A weekly boundary shows the offset: it is at midnight of the zone.
        let cycle = BillingCycle(every: .week, in: rules)
        for week in stride(from: 0, to: 6_800, by: 1) {
            let time = Timestamp(milliseconds: Int64(week) * 604_800_000 + 302_400_000)
            let boundary = try #require(cycle.boundary(after: time))
            let date = Date(timeIntervalSince1970: Double(boundary.milliseconds) / 1000)
            let local = boundary.milliseconds / 1000 + Int64(zone.secondsFromGMT(for: date))
            let before = zone.secondsFromGMT(for: date.addingTimeInterval(-1))
            #expect(local % 86_400 == 0 || zone.secondsFromGMT(for: date) > before, "\(boundary.rfc3339)")
        }
    }

    @Test(arguments: ["", "2026-02-29", "2026-13-01", "31.01.2026", "2026-01-31T09:00:00", "1767225600"])
    func `refuses what is no anchor`(text: String) {
        #expect(BillingAnchor(text, in: .utc) == nil)
    }

    @Test func `refuses a zone that does not exist`() {
        #expect(ZoneRules(named: "Europe/Atlantis") == nil)
    }

    @Test func `has no boundary after the end of time, and one at its beginning`() {
        let cycle = BillingCycle()
        #expect(cycle.boundary(after: Timestamp(milliseconds: .max)) == nil)
        #expect(cycle.boundary(after: Timestamp(milliseconds: .min))?.rfc3339 == "0000-02-01T00:00:00.000Z")
    }

    /// Whatever the zone and the anchor, a period begins at the last boundary through any of its times.
    @Test(arguments: zones, 1...20)
    func `the last boundary through a time is the start of its period`(zone: String, seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        let rules = try #require(ZoneRules(named: zone))
        let anchor = Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random))
        let interval = try #require(BillingCycle.Interval.allCases.randomElement(using: &random))
        let cycle = BillingCycle(anchor: BillingAnchor(anchor, in: rules), every: interval, in: rules)
        for _ in 0..<20 {
            let time = Timestamp(milliseconds: Int64.random(in: 0...4_000_000_000_000, using: &random))
            let start = try #require(cycle.boundary(through: time))
            #expect(start <= time)
            #expect(try #require(cycle.boundary(after: start)) > time)
            #expect(cycle.boundary(after: start + .milliseconds(-1)) == start)
        }
    }
}
