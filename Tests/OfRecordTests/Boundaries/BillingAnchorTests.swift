import Events
import OfRecord
import Randomness
import Testing

/// The day and the time of day at which billing periods begin.
@Suite struct BillingAnchorTests {
    private func zone(_ name: String) throws -> ZoneRules { try #require(ZoneRules(named: name)) }

    /// Anchor and zone, the day of the month, the seconds since midnight, and the day as text if it is at midnight.
    @Test(
        arguments: [
            ("2026-01-31", "UTC", 31, 0, "2026-01-31"),
            ("2026-01-31", "Pacific/Kiritimati", 31, 0, "2026-01-31"),
            ("2024-02-29", "America/New_York", 29, 0, "2024-02-29"),
            ("0000-01-01", "UTC", 1, 0, "0000-01-01"),
            ("9999-12-31", "UTC", 31, 0, "9999-12-31"),
            ("2026-01-31T00:00:00Z", "UTC", 31, 0, "2026-01-31"),
            ("2026-01-31T23:59:59.999Z", "UTC", 31, 86_399, nil),
            // Midnight in Berlin, written in UTC and by a clock elsewhere.
            ("2026-01-30T23:00:00Z", "Europe/Berlin", 31, 0, "2026-01-31"),
            ("2026-07-30T22:00:00Z", "Europe/Berlin", 31, 0, "2026-07-31"),
            ("2026-01-31T08:00:00+09:00", "Europe/Berlin", 31, 0, "2026-01-31"),
            ("2026-01-31T00:00:00Z", "Europe/Berlin", 31, 3600, nil),
            ("2026-01-31T00:00:00+09:00", "Europe/Berlin", 30, 57_600, nil),
            ("2026-03-01T00:00:00Z", "America/New_York", 28, 68_400, nil),
            ("1969-12-31T23:59:59Z", "UTC", 31, 86_399, nil),
            ("1950-03-01T00:00:00.001Z", "UTC", 1, 0, nil),
        ] as [(String, String, Int, Int, String?)]
    )
    func `is read by the clocks of its zone`(
        text: String,
        name: String,
        day: Int,
        second: Int,
        dayText: String?
    ) throws {
        let anchor = try #require(BillingAnchor(text, in: try zone(name)))
        #expect(anchor.components == (day, second))
        #expect(anchor.dayText == dayText)
    }

    @Test func `is read again from the day that it writes`() throws {
        var random = SplitMix(seed: 11)
        for _ in 0..<2_000 {
            let time = Timestamp(milliseconds: .random(in: Timestamp.range, using: &random))
            let day = String(time.rfc3339.prefix(10))
            #expect(BillingAnchor(day, in: .utc)?.dayText == day)
        }
    }

    @Test(
        arguments: [
            "2026-01-3", "2026-01-311", "2026-1-031", "2026-00-10", "2026-04-31", "1900-02-29", "-026-01-31",
            "2026/01/31", "2026-01-31 ", " 2026-01-31", "２０２６", "2026-01-31T24:30:00Z", "2026-01-31T09:00:00+25:00",
        ]
    )
    func `refuses what is neither a day nor a time with its offset`(text: String) {
        #expect(BillingAnchor(text, in: .utc) == nil)
    }

    @Test func `takes the day of another anchor and keeps its own time of day`() throws {
        let berlin = try zone("Europe/Berlin")
        let nine = try #require(BillingAnchor("2026-02-28T09:00:00+01:00", in: berlin))
        let last = try #require(BillingAnchor("2026-01-31", in: berlin))
        #expect(nine.on(dayOf: last) == BillingAnchor("2026-01-31T09:00:00+01:00", in: berlin))
        #expect(last.on(dayOf: nine) == BillingAnchor("2026-02-28", in: berlin))
        #expect(BillingAnchor.firstOfMonth.on(dayOf: last) == last)
    }

    @Test(arguments: ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
    func `is read at both ends of time`(name: String) throws {
        let rules = try zone(name)
        for end in [Timestamp(milliseconds: .min), Timestamp(milliseconds: .max)] {
            let anchor = BillingAnchor(end, in: rules)
            #expect((1...31).contains(anchor.components.day) && (0..<86_400).contains(anchor.components.second))
        }
    }
}
