import Events
import GRDB

/// A delivery whose next attempt is due.
struct DueDelivery: Sendable {
    let sequence: Int64
    let attempts: Int

    /// So many that are due are few enough to be sorted by age; of more than that, the oldest are found by walking.
    private static let fewEnoughToSort = 4096

    /// The oldest events whose time has come.
    static func fetch(provider: Int64, at now: Timestamp, limit: Int, in db: Database) throws -> [DueDelivery] {
        let due = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT sequence FROM deliveries INDEXED BY deliveries_by_time
                    WHERE provider = ? AND next_attempt_at <= ? LIMIT \(fewEnoughToSort)
                    """
            ),
            arguments: [provider, now.milliseconds]
        )
        var sequences = due.map { $0[0] as Int64 }
        if due.count == fewEnoughToSort {
            sequences = try Int64.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT sequence FROM deliveries INDEXED BY deliveries_by_age
                        WHERE provider = ? AND next_attempt_at IS NOT NULL AND next_attempt_at <= ?
                        ORDER BY sequence LIMIT ?
                        """
                ),
                arguments: [provider, now.milliseconds, limit]
            )
        } else {
            sequences.sort()
        }
        let oldest = Array(sequences.prefix(limit))
        let attempts = try attempts(of: oldest, provider: provider, in: db)
        return oldest.map { DueDelivery(sequence: $0, attempts: attempts[$0] ?? 0) }
    }

    /// How many requests carried these events already; events without a row are left out.
    static func attempts(of sequences: [Int64], provider: Int64, in db: Database) throws -> [Int64: Int] {
        let statement = try db.cachedStatement(
            sql: "SELECT attempts FROM deliveries WHERE sequence = ? AND provider = ?"
        )
        var attempts: [Int64: Int] = [:]
        for sequence in sequences {
            attempts[sequence] = try Int.fetchOne(statement, arguments: [sequence, provider])
        }
        return attempts
    }

    /// When the earliest retry is due, apart from those that are claimed.
    static func earliest(
        provider: Int64,
        in db: Database,
        isClaimed: (Int64) -> Bool
    ) throws -> Timestamp? {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence, next_attempt_at FROM deliveries INDEXED BY deliveries_by_time
                    WHERE provider = ? AND next_attempt_at IS NOT NULL ORDER BY next_attempt_at
                    """
            ),
            arguments: [provider]
        )
        while let row = try rows.next() {
            if !isClaimed(row[0]) { return Timestamp(milliseconds: row[1]) }
        }
        return nil
    }

    /// Makes retries due that are not.
    /// - Returns: how many, at most `limit`.
    static func makeDue(provider: Int64, at now: Timestamp, limit: Int, in db: Database) throws -> Int {
        try db.execute(
            sql: """
                UPDATE deliveries SET next_attempt_at = ? WHERE provider = ? AND sequence IN (
                    SELECT sequence FROM deliveries INDEXED BY deliveries_by_time
                    WHERE provider = ? AND next_attempt_at > ? LIMIT ?)
                """,
            arguments: [now.milliseconds, provider, provider, now.milliseconds, limit]
        )
        return db.changesCount
    }

    /// The oldest event that waits for another try.
    static func oldest(provider: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT min(sequence) FROM deliveries INDEXED BY deliveries_by_age
                    WHERE provider = ? AND next_attempt_at IS NOT NULL
                    """
            ),
            arguments: [provider]
        )
    }
}
