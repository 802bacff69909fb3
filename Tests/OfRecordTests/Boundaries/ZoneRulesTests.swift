import Events
import OfRecord
import Randomness
import Testing

/// What the clocks of a zone show, and when they show it.
@Suite struct ZoneRulesTests {
    private func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    /// The zone, what its clocks show (written as UTC), and when they first show that or a later time.
    @Test(
        arguments: [
            ("UTC", "2027-03-28T02:30:00Z", "2027-03-28T02:30:00Z"),
            // Berlin's clocks skip the hour from 02:00 on the 28th of March 2027.
            ("Europe/Berlin", "2027-03-28T01:59:59.999Z", "2027-03-28T00:59:59.999Z"),
            ("Europe/Berlin", "2027-03-28T02:00:00Z", "2027-03-28T01:00:00Z"),
            ("Europe/Berlin", "2027-03-28T02:59:59.999Z", "2027-03-28T01:00:00Z"),
            ("Europe/Berlin", "2027-03-28T03:00:00Z", "2027-03-28T01:00:00Z"),
            // They show the hour from 02:00 twice on the 31st of October.
            ("Europe/Berlin", "2027-10-31T02:00:00Z", "2027-10-31T00:00:00Z"),
            ("Europe/Berlin", "2027-10-31T02:59:59.999Z", "2027-10-31T00:59:59.999Z"),
            ("Europe/Berlin", "2027-10-31T03:00:00Z", "2027-10-31T02:00:00Z"),
            // Half an hour on Lord Howe Island.
            ("Australia/Lord_Howe", "2018-10-07T02:15:00Z", "2018-10-06T15:30:00Z"),
            ("Australia/Lord_Howe", "2018-04-01T01:45:00Z", "2018-03-31T14:45:00Z"),
            // Samoa skipped a whole day.
            ("Pacific/Apia", "2011-12-29T23:59:59Z", "2011-12-30T09:59:59Z"),
            ("Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31T00:00:00Z", "2011-12-30T10:00:00Z"),
            // Havana's clocks skip midnight in March, and show it twice in November.
            ("America/Havana", "2019-03-10T00:00:00Z", "2019-03-10T05:00:00Z"),
            ("America/Havana", "2019-11-03T00:00:00Z", "2019-11-03T04:00:00Z"),
            ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2025-12-31T18:15:00Z"),
            ("Pacific/Kiritimati", "2026-01-01T00:00:00Z", "2025-12-31T10:00:00Z"),
        ]
    )
    func `tells when clocks first show a time`(zone: String, shown: String, expected: String) throws {
        let rules = try #require(ZoneRules(named: zone))
        #expect(rules.time(showing: try time(shown)) == (try time(expected)))
    }

    @Test func `keeps the offset of the nearer end before 1970 and after 2200`() throws {
        let berlin = try #require(ZoneRules(named: "Europe/Berlin"))
        // Berlin had no summer time in 1970, and has winter time when 2199 ends.
        #expect(berlin.time(showing: try time("1950-07-01T00:00:00Z")) == (try time("1950-06-30T23:00:00Z")))
        #expect(berlin.time(showing: try time("2300-07-01T00:00:00Z")) == (try time("2300-06-30T23:00:00Z")))
    }

    @Test(arguments: ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
    func `stays within the range of timestamps at both of its ends`(zone: String) throws {
        let rules = try #require(ZoneRules(named: zone))
        for end in [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            let distance = rules.time(showing: end) - end
            #expect((Duration.seconds(-54_000)...Duration.seconds(54_000)).contains(distance))
        }
    }

    /// A later time on the clock is never earlier in time, whatever the clocks do in between.
    @Test(arguments: ["Europe/Berlin", "America/Havana", "Africa/Casablanca", "Australia/Lord_Howe", "Pacific/Apia"])
    func `keeps the order of what clocks show`(zone: String) throws {
        let rules = try #require(ZoneRules(named: zone))
        var random = SplitMix(seed: 7)
        for _ in 0..<2_000 {
            let shown = Timestamp(milliseconds: .random(in: 0...4_000_000_000_000, using: &random))
            let later = shown + .milliseconds(Int64.random(in: 0...7_200_000, using: &random))
            if rules.time(showing: shown) > rules.time(showing: later) {
                Issue.record("\(shown.rfc3339) and \(later.rfc3339)")
            }
        }
    }

    @Test(arguments: ["", " ", "Europe", "Mars/Olympus_Mons", "Europe/Berlin "])
    func `knows no zone by a name that has none`(name: String) {
        #expect(ZoneRules(named: name) == nil)
    }
}
