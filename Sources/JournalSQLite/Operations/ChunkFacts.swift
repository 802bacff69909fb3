import Foundation
import GRDB

/// What the row of a chunk says beside its bytes, also if these are damaged.
///
/// A journal that was restored from an older backup gives the numbers of later chunks to other events: their facts differ.
struct ChunkFacts: Equatable {
    private let first: Int64
    private let count: Int64
    private let acceptedFirst: Int64
    private let acceptedLast: Int64
    /// Of events, by provider.
    private let providers: Data

    /// - Returns: nil if no chunk begins with this event.
    static func fetch(_ first: Int64, in db: Database) throws -> ChunkFacts? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: "SELECT first, count, accepted_first, accepted_last, providers FROM chunks WHERE first = ?"
            ),
            arguments: [first]
        )
        return try row.map { row in
            try ChunkFacts(
                first: row.value(0),
                count: row.value(1),
                acceptedFirst: row.value(2),
                acceptedLast: row.value(3),
                providers: row.value(4)
            )
        }
    }
}
