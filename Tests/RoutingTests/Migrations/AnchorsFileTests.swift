import Events
import OfRecord
import Routing
import Testing

/// The file of anchors that a migration names.
@Suite struct AnchorsFileTests {
    private static let text = MigrationText.file(
        migrations:
            #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "a.csv", "timezone": "Asia/Tokyo"}}}"#
    )

    private func boundaries(_ csv: String) throws -> BillingBoundaries {
        try #require(try MigrationText.read(Self.text, files: ["a.csv": csv]).migrations.first).boundaries
    }

    private func faults(_ csv: String) -> [String] {
        MigrationText.faults(in: Self.text, files: ["a.csv": csv]).map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    @Test func `holds days and times, with quotes, a byte order mark and either line ends`() throws {
        let zone = try #require(ZoneRules(named: "Asia/Tokyo"))
        let found = try boundaries(
            "\u{FEFF}customer_id,anchor,interval\r\n\"a, \"\"b\"\"\",2026-01-31,\r\n\r\nc2,2026-01-31T20:00:00Z,year\n\"c3\",2026-02-28,week"
        )
        func cycle(_ anchor: String, _ interval: BillingCycle.Interval = .month) throws -> BillingCycle {
            BillingCycle(anchor: try #require(BillingAnchor(anchor, in: zone)), every: interval, in: zone)
        }
        #expect(found.count == 3)
        #expect(found.cycle(of: #"a, "b""#) == (try cycle("2026-01-31")))
        #expect(found.cycle(of: "c2") == (try cycle("2026-02-01T05:00:00+09:00", .year)))
        #expect(found.cycle(of: "c3") == (try cycle("2026-02-28", .week)))
        #expect(found.cycle(of: "c4") == BillingCycle(in: zone))
    }

    @Test func `may have no customer`() throws {
        #expect(try boundaries("customer_id,anchor\n").count == 0)
    }

    @Test(arguments: [
        ("", "a.csv: line 1: the first row, customer_id,anchor, is missing"),
        ("customer,anchor\n", "a.csv: line 1: the first row must be customer_id,anchor or customer_id,anchor,interval"),
        ("customer_id,anchor\nc1\n", "a.csv: line 2: the row has 1 fields, and the first row has 2"),
        ("customer_id,anchor\n,2026-01-01\n", "a.csv: line 2: customer_id must have 1 to 255 bytes"),
        ("customer_id,anchor\n\nc1,2026-01-01\nc1,2026-01-01\n", "a.csv: line 4: the customer is duplicated"),
        ("customer_id,anchor\n\"c1,2026-01-01\n", "a.csv: line 2: a quote is not closed, or the row is not UTF-8"),
        (
            "customer_id,anchor,interval\nc1,2026-01-01,daily\n",
            "a.csv: line 2: interval must be one of week, month, quarter, year"
        ),
        (
            "customer_id,anchor\nc1,2026-02-30\n",
            "a.csv: line 2: anchor must be a day such as 2026-01-31 or a timestamp with its offset such as 2026-01-31T09:00:00Z"
        ),
    ])
    func `is refused with its line`(csv: String, expected: String) {
        #expect(faults(csv) == [expected])
    }

    @Test func `names ten faults and counts the others`() {
        let found = faults("customer_id,anchor\n" + String(repeating: "c,x\n", count: 25))
        #expect(found.count == 11 && found.last == "a.csv: and 15 more errors", "\(found)")
    }
}
