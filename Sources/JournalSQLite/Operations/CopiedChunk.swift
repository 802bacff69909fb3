import Foundation
import GRDB
import JournalFormat

/// A row of the table `chunks` on its way to another database.
struct CopiedChunk {
    let first: Int64
    let count: Int64
    let acceptedFirst: Int64
    let acceptedLast: Int64
    let providers: Data
    let content: Data

    /// The next chunks after one, at least one if there is one.
    static func next(after first: Int64, limitBytes: Int, in db: Database) throws -> [CopiedChunk] {
        var (chunks, bytes): ([CopiedChunk], Int) = ([], 0)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT first, count, accepted_first, accepted_last, providers, content FROM chunks WHERE first > ? ORDER BY first
                """,
            arguments: [first]
        )
        while bytes < limitBytes, let row = try rows.next() {
            let chunk = try CopiedChunk(
                first: row.value(0),
                count: row.value(1),
                acceptedFirst: row.value(2),
                acceptedLast: row.value(3),
                providers: row.value(4),
                content: row.value(5)
            )
            bytes += chunk.content.count
            chunks.append(chunk)
        }
        return chunks
    }

    static func insert(_ chunks: [CopiedChunk], in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO chunks(first, count, accepted_first, accepted_last, providers, content) VALUES(?, ?, ?, ?, ?, ?)
                """
        )
        for chunk in chunks {
            try statement.execute(
                arguments: [
                    chunk.first, chunk.count, chunk.acceptedFirst, chunk.acceptedLast, chunk.providers, chunk.content,
                ]
            )
        }
    }

    /// What is wrong with its bytes; nil if nothing is.
    func fault(_ names: NameTable) -> String? {
        do throws(ChunkFault) {
            _ = try Chunk.read([UInt8](content), names: names)
            return nil
        } catch {
            return error.reason
        }
    }
}
