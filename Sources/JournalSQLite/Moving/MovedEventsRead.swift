import Foundation
import GRDB
import JournalFormat

/// Reads the events of a journal, and what their numbers stand for, as they are stored.
enum MovedEventsRead {
    static func contents(in db: Database) throws -> MovedContents {
        let chunks = try Row.fetchOne(db, sql: "SELECT count(*), coalesce(sum(count), 0) FROM chunks")
        return try MovedContents(
            chunks: chunks?.value(0) ?? 0,
            events: chunks?.value(1) ?? 0,
            runs: try Int.fetchOne(db, sql: "SELECT count(*) FROM delivered") ?? 0,
            rows: try Dictionary(
                uniqueKeysWithValues: MovedTable.allCases.map { ($0, try MovedTableRead(table: $0).count(in: db)) }
            ),
            removed: try MetaTable.newestRemoved(in: db)
        )
    }

    static func numbers(in db: Database) throws -> ClosedRange<Int64>? {
        let oldest = try Int64.fetchOne(db, sql: "SELECT first FROM chunks ORDER BY first LIMIT 1")
        let newest = try Int64.fetchOne(
            db,
            sql: "SELECT first + count - 1 FROM chunks ORDER BY first DESC LIMIT 1"
        )
        guard let oldest, let newest, newest >= oldest else { return nil }
        return oldest...newest
    }

    static func names(in db: Database) throws -> MovedNames {
        let origins = try Row.fetchAll(db, sql: "SELECT number, tenant, client FROM origins ORDER BY number")
        let plans = try Row.fetchAll(db, sql: "SELECT number, encoded FROM plans ORDER BY number")
        let accounts = try Row.fetchAll(
            db,
            sql: "SELECT number, name, cursor, number IN (SELECT account FROM lanes) FROM providers ORDER BY number"
        )
        return try MovedNames(
            origins: origins.map {
                try MovedNames.Origin(number: $0.value(0), tenant: $0.value(1), client: $0.value(2))
            },
            plans: plans.map { try MovedNames.Plan(number: $0.value(0), encoded: [UInt8]($0.value(1) as Data)) },
            accounts: accounts.map {
                try MovedNames.Account(number: $0.value(0), name: $0.value(1), cursor: $0.value(2), isLane: $0.value(3))
            }
        )
    }

    static func chunks(after number: Int64, limitBytes: Int, in db: Database) throws -> [MovedChunk] {
        var (chunks, bytes): ([MovedChunk], Int) = ([], 0)
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT \(ChunkRow.columns) FROM chunks WHERE first > ? ORDER BY first"),
            arguments: [number]
        )
        while bytes < limitBytes, let row = try rows.next() {
            let chunk = try ChunkRow(row)
            let content = try [UInt8](row.value(3) as Data)
            bytes += content.count
            try chunks.append(
                MovedChunk(
                    first: chunk.first,
                    count: chunk.count,
                    acceptedFirst: row.value(4),
                    acceptedLast: row.value(5),
                    accounts: chunk.providers.counts.map(\.provider),
                    counts: chunk.providers.counts.map(\.events),
                    content: content
                )
            )
        }
        return chunks
    }

    static func chunkNumbers(in range: ClosedRange<Int64>, in db: Database) throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(sql: "SELECT first FROM chunks WHERE first BETWEEN ? AND ? ORDER BY first"),
            arguments: [range.lowerBound, range.upperBound]
        )
    }
}
