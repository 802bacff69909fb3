import Events
import GRDB
package import Journal
import JournalFormat

extension SQLiteEventStore {
    package func recorded(
        _ window: RecordedWindow,
        after position: JournalPosition?,
        limit: Int
    ) async throws(StoreError) -> RecordedPiece {
        let newest = parts.newest.value
        let after = (position ?? .start).number().rawValue
        let read = RecordedRead(window, after: after, limit: limit, newest: newest, parts)
        return try await self.read(on: readers.walks) { db in
            var read = read
            return try read.piece(in: db)
        }
    }

    package func ledgerCounts(_ window: RecordedWindow) async throws(StoreError) -> LedgerCounts {
        let newest = parts.newest.value
        var read = LedgerRead(window, newest: newest, parts)
        var counts = LedgerCounts()
        while !read.isDone {
            let current = read
            // A stretch at a time, so that no snapshot of the database is held for long.
            let (next, step) = try await self.read(on: readers.walks) { db in
                var read = current
                let counts = try read.step(in: db)
                return (read, counts)
            }
            read = next
            counts.events += step.events
            counts.damage += step.damage
            for (key, cell) in step.cells { counts.add(cell, to: key) }
        }
        return counts
    }
}
