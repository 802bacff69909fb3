package import Events
import Foundation
import GRDB
package import Journal
import JournalFormat

/// What a journal holds, for operators. It is found without reading the events.
package struct JournalSummary: Sendable {
    /// The number of the layout.
    package let layout: Int
    /// Nil if no gateway has drawn one yet.
    package let journalID: String?
    /// Events that are there.
    package let events: Int64
    /// When the oldest and the newest of them were accepted; nil if there are none.
    package let accepted: ClosedRange<Timestamp>?
    /// Chunks that could not be read when they were needed.
    package let damage: [ChunkDamage]
    /// Bytes in use, as `--disk-limit-mb` counts them.
    package let usedBytes: Int
    /// Bytes of the database's file that are free to be used again.
    package let freeBytes: Int
    /// Days on which events were accepted, oldest first, at most the newest ``mostDays``.
    package let days: [DayOfEvents]

    /// Number of days that are examined.
    package static let mostDays = 400
}

/// Events accepted on one day, UTC.
package struct DayOfEvents: Sendable, Equatable {
    /// Days since 1970-01-01.
    package let day: Int
    /// Those that are still in the journal.
    package let events: Int64

    package init(day: Int, events: Int64) {
        self.day = day
        self.events = events
    }
}

extension JournalFile {
    /// Sums the journal up. Blocks for some milliseconds, however large the journal is.
    package func summary() throws(StoreError) -> JournalSummary {
        var use = DiskUse(folder: folder)
        return try read { db in
            let bounds = try JournalBounds(of: db)
            // Older layouts did not write down what was removed.
            let removed = layout < 3 ? SequenceRanges() : try RemovedTable.all(in: db)
            let days = DayCounting(bounds: bounds, removed: removed, db: db)
            return JournalSummary(
                layout: layout,
                journalID: try MetaTable.drawnJournalID(in: db),
                events: days.events(in: bounds.oldest..<(bounds.newest + 1)),
                accepted: try days.accepted(),
                damage: try ChunkDamage.all(in: db),
                usedBytes: try use.bytes(in: db),
                freeBytes: try DiskUse.freeBytes(in: db),
                days: try days.all(limit: JournalSummary.mostDays)
            )
        }
    }
}

/// Counts events by day with a few look-ups: sequence numbers rise with the time of acceptance.
private struct DayCounting {
    let bounds: JournalBounds
    let removed: SequenceRanges
    let db: Database

    private static let dayMilliseconds: Int64 = 86_400_000

    func events(in range: Range<Int64>) -> Int64 {
        guard !range.isEmpty else { return 0 }
        return Int64(range.count) - removed.count(in: range.lowerBound...(range.upperBound - 1))
    }

    func accepted() throws -> ClosedRange<Timestamp>? {
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT (SELECT accepted_first FROM chunks ORDER BY first LIMIT 1),
                    (SELECT accepted_last FROM chunks ORDER BY first DESC LIMIT 1)
                """
        )
        guard let row else { return nil }
        let (oldest, newest): (Int64?, Int64?) = try (row.value(0), row.value(1))
        guard let first = oldest, let last = newest else { return nil }
        return Timestamp(milliseconds: min(first, last))...Timestamp(milliseconds: max(first, last))
    }

    func all(limit: Int) throws -> [DayOfEvents] {
        guard let accepted = try accepted() else { return [] }
        let (first, last) = (Self.day(accepted.lowerBound), Self.day(accepted.upperBound))
        let oldest = max(first, last - limit + 1)
        var start = try firstEvent(from: oldest)
        var days: [DayOfEvents] = []
        for day in oldest...last {
            let end = day == last ? bounds.newest + 1 : max(start, try firstEvent(from: day + 1))
            let events = events(in: start..<end)
            if events > 0 { days.append(DayOfEvents(day: day, events: events)) }
            start = end
        }
        return days
    }

    private static func day(_ timestamp: Timestamp) -> Int {
        let (day, rest) = timestamp.milliseconds.quotientAndRemainder(dividingBy: dayMilliseconds)
        return Int(rest < 0 ? day - 1 : day)
    }

    /// The first event accepted on a day or later; one more than the newest if there is none.
    private func firstEvent(from day: Int) throws -> Int64 {
        let time = Int64(day) * Self.dayMilliseconds
        var (low, high) = (bounds.oldest, bounds.newest + 1)
        let statement = try db.cachedStatement(
            sql: "SELECT first, count, accepted_last FROM chunks WHERE first <= ? ORDER BY first DESC LIMIT 1"
        )
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try Row.fetchOne(statement, arguments: [middle]) else { return high }
            let (chunk, accepted): (ClosedRange<Int64>, Int64) = try (row.range(0, count: 1), row.value(2))
            let first = chunk.lowerBound
            if accepted >= time {
                // A chunk that ends on the day counts as a whole: it is one commit.
                guard first > low else { return low }
                high = min(first, middle)
            } else {
                low = max(middle, chunk.upperBound) + 1
            }
        }
        return low
    }
}
