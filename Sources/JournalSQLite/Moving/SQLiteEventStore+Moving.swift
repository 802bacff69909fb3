import Events
import Foundation
import GRDB
package import Journal
package import JournalFormat

extension SQLiteEventStore: MovableJournal {
    package var identityKey: SipHash { parts.identityKey }

    package func contents() async throws(StoreError) -> MovedContents {
        try await read { db in try MovedEventsRead.contents(in: db) }
    }

    package func movedNumbers() async throws(StoreError) -> ClosedRange<Int64>? {
        try await read { db in try MovedEventsRead.numbers(in: db) }
    }

    package func movedNames() async throws(StoreError) -> MovedNames {
        try await read { db in try MovedEventsRead.names(in: db) }
    }

    package func movedChunks(after number: Int64, limitBytes: Int) async throws(StoreError) -> [MovedChunk] {
        try await read { db in try MovedEventsRead.chunks(after: number, limitBytes: limitBytes, in: db) }
    }

    package func movedChunkNumbers(in range: ClosedRange<Int64>) async throws(StoreError) -> [Int64] {
        try await read { db in try MovedEventsRead.chunkNumbers(in: range, in: db) }
    }

    package func movedOutcomes(of range: ClosedRange<Int64>) async throws(StoreError) -> MovedOutcomes {
        try await read { db in
            let runs = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT provider, first, last, at, latency, http_status, deduplicated, skipped, members FROM delivered
                        WHERE first > ? AND first <= ? AND last >= ? ORDER BY first, provider
                        """
                ),
                // No run is longer than this.
                arguments: [range.lowerBound - Schema.runSpan, range.upperBound, range.lowerBound]
            )
            let rows = try Row.fetchAll(
                db.cachedStatement(sql: "SELECT provider, sequence FROM deliveries WHERE sequence BETWEEN ? AND ?"),
                arguments: [range.lowerBound, range.upperBound]
            )
            return try MovedOutcomes(
                runs: runs.map { row in
                    try MovedOutcomes.Run(
                        account: row.value(0),
                        first: row.value(1),
                        last: row.value(2),
                        at: row.value(3),
                        latency: row.value(4),
                        httpStatus: row.value(5),
                        deduplicated: row.value(6),
                        skipped: row.value(7),
                        members: (row.value(8) as Data?).map { [UInt8]($0) }
                    )
                },
                rows: Set(rows.map { try MovedOutcomes.Row(account: $0.value(0), sequence: $0.value(1)) })
            )
        }
    }

    package func movedRows(
        of table: MovedTable,
        after key: [MovedValue]?,
        limit: Int
    ) async throws(StoreError) -> [[MovedValue]] {
        try await read { db in try MovedTableRead(table: table).rows(after: key, limit: limit, in: db) }
    }

    package func movedIntents() async throws(StoreError) -> [Int64: [Int64]] {
        try await read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT provider, sequence FROM intents ORDER BY provider, sequence")
            return try Dictionary(grouping: rows) { try $0.value(0) as Int64 }
                .mapValues { intents in try intents.map { try $0.value(1) } }
        }
    }

    package func movedBacklogs() async throws(StoreError) -> [String: Int] {
        var backlogs: [String: Int] = [:]
        for provider in try await providersWithBacklog() {
            backlogs[provider.rawValue] = try await backlog(of: provider).events
        }
        return backlogs
    }

    package func markMoved(to target: String) async throws(StoreError) {
        do {
            try MovedMark(folder: parts.folder).write(target)
        } catch {
            throw .failed(reason: "the file \"moved\" cannot be written: \(error)")
        }
    }
}
