import Events
import GRDB

/// A delivery whose next attempt is due.
struct DueDelivery: Sendable {
    let sequence: Int64
    /// Nil if the delivery's row is damaged: it is unknown what was sent, and when.
    let history: History?

    /// What earlier requests left.
    struct History: Sendable {
        var attempts = 0
        var reachedAt: Timestamp?
        /// What it is sent with in place of the settings of acceptance; nil: nothing.
        var amended: Destination?
    }

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
        var sequences = try due.map { try $0.value(0) as Int64 }
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
        let statement = try historyStatement(in: db)
        return try oldest.map { sequence in
            do {
                let history = try history(of: sequence, provider: provider, statement, in: db) ?? History()
                return DueDelivery(sequence: sequence, history: history)
            } catch let error where error is DamagedRow || error is DamagedAmendment {
                return DueDelivery(sequence: sequence, history: nil)
            }
        }
    }

    /// What earlier requests left for these events; events without a row are left out.
    static func histories(of sequences: [Int64], provider: Int64, in db: Database) throws -> [Int64: History] {
        let statement = try historyStatement(in: db)
        var histories: [Int64: History] = [:]
        for sequence in sequences {
            histories[sequence] = try history(of: sequence, provider: provider, statement, in: db)
        }
        return histories
    }

    private static func historyStatement(in db: Database) throws -> Statement {
        try db.cachedStatement(
            sql: "SELECT attempts, reached_at FROM deliveries WHERE sequence = ? AND provider = ?"
        )
    }

    /// - Returns: nil if there is no row.
    private static func history(
        of sequence: Int64,
        provider: Int64,
        _ statement: Statement,
        in db: Database
    ) throws -> History? {
        guard let row = try Row.fetchOne(statement, arguments: [sequence, provider]) else { return nil }
        let reachedAt = try (row.value(1) as Int64?).map { Timestamp(milliseconds: $0) }
        return try History(
            attempts: row.attempts(0),
            reachedAt: reachedAt,
            amended: AmendmentTable.all(sequence: sequence, provider: provider, in: db).last?.destination
        )
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
            if try !isClaimed(row.value(0)) { return Timestamp(milliseconds: try row.value(1)) }
        }
        return nil
    }

    /// Makes retries due that are not.
    /// - Returns: how many, at most `limit`.
    static func makeDue(
        provider: Int64,
        waitingBeyond latest: Timestamp,
        at now: Timestamp,
        limit: Int,
        in db: Database
    ) throws -> Int {
        try db.execute(
            sql: """
                UPDATE deliveries SET next_attempt_at = ? WHERE provider = ? AND sequence IN (
                    SELECT sequence FROM deliveries INDEXED BY deliveries_by_time
                    WHERE provider = ? AND next_attempt_at > ? LIMIT ?)
                """,
            arguments: [now.milliseconds, provider, provider, latest.milliseconds, limit]
        )
        return db.changesCount
    }

    /// The oldest event that waits for another try, apart from those that wait for their own time only.
    static func oldest(provider: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT sequence FROM deliveries INDEXED BY deliveries_by_age
                    WHERE provider = ? AND next_attempt_at IS NOT NULL AND fault_code IS NOT ?
                    ORDER BY sequence LIMIT 1
                    """
            ),
            arguments: [provider, DeliveryErrorCode.timestampInFuture.rawValue]
        )
    }

    /// Brings the times of so many retries after a sequence number forward.
    /// - Returns: the last of them; nil if there are no more.
    static func bringForward(
        provider: Int64,
        after sequence: Int64,
        by step: Duration,
        limit: Int,
        in db: Database
    ) throws -> Int64? {
        let sequences = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT sequence FROM deliveries INDEXED BY deliveries_by_age
                    WHERE provider = ? AND next_attempt_at IS NOT NULL AND sequence > ? ORDER BY sequence LIMIT ?
                    """
            ),
            arguments: [provider, sequence, limit]
        )
        let update = try db.cachedStatement(
            sql: "UPDATE deliveries SET next_attempt_at = next_attempt_at - ? WHERE sequence = ? AND provider = ?"
        )
        for sequence in sequences {
            try update.execute(arguments: [step.wholeMilliseconds, sequence, provider])
        }
        return sequences.last
    }
}
