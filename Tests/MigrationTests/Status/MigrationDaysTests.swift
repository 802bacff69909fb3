import Events
import JSON
import Journal
import Migration
import OfRecord
import Testing

/// The days of a migration that are shown.
@Suite struct MigrationDaysTests {
    private static func starts(_ first: String?, _ now: String) throws -> [String] {
        let first = try first.map { try #require(Timestamp(rfc3339: $0)) }
        let now = try #require(Timestamp(rfc3339: now))
        return MigrationDays.starts(since: first, at: now).map(\.rfc3339)
    }

    private static func midnights(_ days: String...) -> [String] { days.map { "\($0)T00:00:00.000Z" } }

    @Test func `are those from the first order on, newest first`() throws {
        #expect(
            try Self.starts("2026-11-29T23:59:59.999Z", "2026-12-01T00:00:00Z")
                == Self.midnights("2026-12-01", "2026-11-30", "2026-11-29")
        )
        #expect(
            try Self.starts("2024-02-28T00:00:00Z", "2024-03-01T12:00:00Z")
                == Self.midnights("2024-03-01", "2024-02-29", "2024-02-28")
        )
        #expect(
            try Self.starts("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z")
                == Self.midnights("1970-01-01", "1969-12-31")
        )
    }

    @Test func `are a week before the first order`() throws {
        let days = try Self.starts(nil, "2026-12-07T18:00:00Z")
        #expect(days.count == 7 && days.first == "2026-12-07T00:00:00.000Z" && days.last == "2026-12-01T00:00:00.000Z")
    }

    /// The first order, and how many days are shown on the last of December.
    @Test(
        arguments: [
            ("2026-12-31T00:00:00Z", 1), ("2026-12-02T00:00:00Z", 30), ("2026-12-01T23:00:00Z", 31),
            ("2026-11-30T23:59:59Z", 31), ("1970-01-01T00:00:00Z", 31),
            // A clock that was set back since.
            ("2027-06-01T00:00:00Z", 1),
        ]
    )
    func `are today at least, and thirty-one at most`(first: String, count: Int) throws {
        #expect(try Self.starts(first, "2026-12-31T10:00:00Z").count == count)
    }

    @Test func `are a bounded number at the beginning of time`() {
        let first = Timestamp(milliseconds: .min)
        let days = MigrationDays.starts(since: first, at: first)
        #expect((1...31).contains(days.count) && days.allSatisfy { $0 >= first })
    }

    @Test func `are shown with the counts of both providers`() {
        var counts = LedgerCounts.Counts()
        for status in [DeliveryStatus.delivered, .delivered, .pending, .rejected, .skipped] { counts.add(status) }
        counts.add(.delivered, isByLane: true)
        let day = MigrationDays.Day(
            start: Timestamp(milliseconds: 1_798_675_200_000),
            countedAt: Timestamp(milliseconds: 1_798_700_000_000),
            to: counts
        )
        var writer = JSONWriter()
        MigrationDays(from: "lago", to: "polar", days: [day], uncounted: 4).write(to: &writer)
        let zero =
            #"{"planned":0,"delivered":0,"waiting":0,"rejected":0,"uncertain":0,"discarded":0,"skipped":0,"backfilled":0}"#
        let to =
            #"{"planned":\#(counts.planned),"delivered":3,"waiting":1,"rejected":1,"uncertain":0,"discarded":0,"#
            + #""skipped":1,"backfilled":1}"#
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"from":"lago","to":"polar","days":[{"day":"2026-12-31","counted_at":"2026-12-31T06:53:20.000Z","#
                + #""from":\#(zero),"to":\#(to)}],"days_not_counted":4}"#
        )
    }

    // MARK: Moves

    private static func status(_ records: [MigrationRecord]) -> MigrationStatus {
        MigrationStatus(MigrationSample.outline(), records, MigrationSample.greenFacts)
    }

    @Test func `begin with the first order`() {
        #expect(Self.status([]).firstOrderAt == nil)
        let records = MigrationSample.records(.stage(.mirror), .ramp(share: 5))
        #expect(Self.status(records).firstOrderAt == MigrationSample.now + .seconds(-7200))
    }

    @Test func `have nobody who moves next once the migration is closed`() {
        let ramp = MigrationSample.records(.stage(.mirror), .ramp(share: 100))
        #expect(!Self.status(ramp).upcoming(limit: 5).groups.isEmpty)
        #expect(Self.status(ramp).upcoming(limit: 5).groups.allSatisfy { $0.at > MigrationSample.now })
        let closed = MigrationSample.records(.stage(.mirror), .ramp(share: 100), .close)
        #expect(Self.status(closed).upcoming(limit: 5).groups.isEmpty)
    }
}
