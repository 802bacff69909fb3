import Events
import OfRecord
import Testing

/// Billing periods against a list of days that is made month by month, over the ends of months, years and centuries.
@Suite struct BillingEdgesTests {
    private static let anchors = [
        "2024-02-29", "2023-02-28", "2026-01-29", "2026-01-30", "2026-01-31", "2026-03-31", "2026-08-31", "2025-11-30",
        "2025-12-31", "2000-02-29", "1999-12-31", "1970-01-01", "1969-12-31", "1899-02-28", "2100-02-28",
    ]

    private static func lastDay(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 400 == 0 || year % 4 == 0 && year % 100 != 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func padded(_ number: Int, _ digits: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: digits - text.count) + text
    }

    /// The first moments of all periods from 1890 to 2110 in UTC, as the anchor's parts say it.
    private static func boundaries(_ anchor: String, months: Int) throws -> [Timestamp] {
        let parts = anchor.split(separator: "-").compactMap { Int($0) }
        let start = parts[0] * 12 + parts[1] - 1
        // In months since the year 0.
        let all: Range<Int> = 22_680..<25_320
        let begun = all.filter { ($0 - start).isMultiple(of: months) }
        return try begun.map { month -> Timestamp in
            let (year, number) = (month / 12, month % 12 + 1)
            let day = padded(min(parts[2], lastDay(number, year)), 2)
            return try #require(Timestamp(rfc3339: "\(padded(year, 4))-\(padded(number, 2))-\(day)T00:00:00Z"))
        }
    }

    @Test(arguments: anchors, [(BillingCycle.Interval.month, 1), (.quarter, 3), (.year, 12)])
    func `begin on the anchor's day, or on the last of a shorter month`(
        anchor: String,
        interval: (BillingCycle.Interval, Int)
    ) throws {
        let cycle = BillingCycle(anchor: try #require(BillingAnchor(anchor, in: .utc)), every: interval.0)
        let expected = try Self.boundaries(anchor, months: interval.1)
        for (start, next) in zip(expected, expected.dropFirst()) {
            let (before, last) = (start + .milliseconds(-1), next + .milliseconds(-1))
            let found: [Timestamp?] = [
                cycle.boundary(after: before), cycle.boundary(after: start), cycle.boundary(after: last),
                cycle.boundary(through: start), cycle.boundary(through: last), cycle.boundary(through: next),
            ]
            let expected: [Timestamp?] = [start, next, next, start, start, next]
            guard found == expected else {
                Issue.record("\(start.rfc3339): \(found.map { $0?.rfc3339 ?? "none" })")
                return
            }
        }
    }

    @Test(arguments: anchors)
    func `of a week are seven days long, before and after the anchor`(anchor: String) throws {
        let start = try #require(Timestamp(rfc3339: anchor + "T00:00:00Z"))
        let cycle = BillingCycle(anchor: try #require(BillingAnchor(anchor, in: .utc)), every: .week)
        for week in [-5_000, -521, -52, -1, 0, 1, 52, 521, 5_000] as [Int64] {
            let begin = start + .seconds(week * 604_800)
            #expect(cycle.boundary(through: begin) == begin)
            #expect(cycle.boundary(after: begin) == begin + .seconds(604_800))
            #expect(cycle.boundary(after: begin + .milliseconds(-1)) == begin)
            #expect(cycle.boundary(through: begin + .milliseconds(-1)) == begin + .seconds(-604_800))
        }
    }

    /// As the reference of `routes.json` says it of customers without an anchor.
    @Test(
        arguments: [
            (.week, "2026-12-02T00:00:00Z", "2026-12-03T00:00:00Z"),
            (.month, "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            (.quarter, "2026-09-30T23:59:59Z", "2026-10-01T00:00:00Z"),
            (.quarter, "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            (.quarter, "2027-01-01T00:00:00Z", "2027-04-01T00:00:00Z"),
            (.quarter, "2027-05-01T00:00:00Z", "2027-07-01T00:00:00Z"),
            (.year, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ] as [(BillingCycle.Interval, String, String)]
    )
    func `without an anchor begin on a first day, a week on Thursday`(
        interval: BillingCycle.Interval,
        after: String,
        expected: String
    ) throws {
        let time = try #require(Timestamp(rfc3339: after))
        #expect(BillingCycle(every: interval).boundary(after: time) == Timestamp(rfc3339: expected))
    }

    @Test func `end where the range of timestamps ends`() throws {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        let months = BillingCycle()
        #expect(months.boundary(through: first) == first, "the year 0 begins with a month")
        #expect(months.boundary(through: last)?.rfc3339 == "9999-12-01T00:00:00.000Z")
        #expect(months.boundary(after: try #require(Timestamp(rfc3339: "9999-12-01T00:00:00Z"))) == nil)
        let middle = BillingCycle(anchor: try #require(BillingAnchor("2026-01-15", in: .utc)))
        #expect(middle.boundary(through: first) == nil)
        #expect(middle.boundary(through: try #require(Timestamp(rfc3339: "0000-01-14T23:59:59.999Z"))) == nil)
        #expect(middle.boundary(after: first)?.rfc3339 == "0000-01-15T00:00:00.000Z")
        #expect(middle.boundary(after: last) == nil)
    }

    /// In these zones the ends of the range are in the years -1 and 10000 by the clock.
    @Test(
        arguments: [
            ("Pacific/Kiritimati", "9999-12-31T10:00:00.000Z"), ("Pacific/Pago_Pago", "9999-12-01T11:00:00.000Z"),
        ],
        BillingCycle.Interval.allCases
    )
    func `are found at both ends of time in the zones farthest from UTC`(
        zone: (name: String, lastMonth: String),
        interval: BillingCycle.Interval
    ) throws {
        let rules = try #require(ZoneRules(named: zone.name))
        let cycle = BillingCycle(every: interval, in: rules)
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(cycle.boundary(after: last) == nil)
        #expect(try #require(cycle.boundary(after: first)) > first)
        let newest = try #require(cycle.boundary(through: last))
        #expect(cycle.boundary(after: newest) == nil)
        if interval == .month { #expect(newest.rfc3339 == zone.lastMonth) }
    }
}
