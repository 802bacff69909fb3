import Events
import Foundation
import GRDB
import Journal
import JournalFormat

/// The rows of the tables `lanes` and `lane_counts`.
enum LaneTable {
    /// A row of `lanes`.
    struct Record {
        let entry: LaneBook.Entry
        var routes: [UInt8]
        let rate: Double
        let startedBy: ClientName
        let startedAt: Timestamp
        let changedBy: ClientName
        let changedAt: Timestamp
        let endedAt: Timestamp?
    }

    /// - Parameter routes: the column with the routes, which may be large; or what is to stand for it.
    private static func columns(_ routes: String) -> String {
        """
        l.number, l.account, p.name, l.adapter, l.filter, \(routes), l.first, l.through, l.state, l.rate,
        l.started_by, l.started_at, l.changed_by, l.changed_at, l.ended_at
        """
    }

    private static let source = "lanes l JOIN providers p ON p.number = l.provider"

    // MARK: Reading

    /// All lanes, the newest first. Their routes, which never change and may be large, are read once.
    static func all(_ book: LaneBook, in db: Database) throws -> [Record] {
        try all(columns("x''"), in: db).map { record in
            var record = record
            record.routes = try book.routes(of: record.entry.account.lane) { try routes(of: $0, in: db) }
            return record
        }
    }

    private static func routes(of number: LaneNumber, in db: Database) throws -> [UInt8] {
        let sql = "SELECT routes FROM lanes WHERE number = ?"
        return [UInt8](try Data.fetchOne(db, sql: sql, arguments: [number.rawValue]) ?? Data())
    }

    /// The same without their routes.
    static func entries(in db: Database) throws -> [LaneBook.Entry] { try all(columns("x''"), in: db).map(\.entry) }

    private static func all(_ columns: String, in db: Database) throws -> [Record] {
        try Row.fetchAll(db, sql: "SELECT \(columns) FROM \(source) ORDER BY l.number DESC").map(record)
    }

    static func record(_ number: LaneNumber, in db: Database) throws -> Record? {
        try Row.fetchOne(
            db,
            sql: "SELECT \(columns("l.routes")) FROM \(source) WHERE l.number = ?",
            arguments: [number.rawValue]
        ).map(record)
    }

    private static func record(_ row: Row) throws -> Record {
        let word: String = try row.value(8)
        guard let state = LaneState(rawValue: word) else { throw UnknownWord(word: word) }
        let account = try LaneAccount(
            lane: LaneNumber(Int64(row.nameNumber(0))),
            number: Int64(row.nameNumber(1)),
            provider: ProviderName(row.value(2) as String),
            adapter: AdapterName(row.value(3) as String)
        )
        return try Record(
            entry: LaneBook.Entry(
                account: account,
                filter: LaneFilterText.decode([UInt8](row.value(4) as Data)),
                first: row.value(6),
                state: state,
                through: row.value(7)
            ),
            routes: [UInt8](row.value(5) as Data),
            rate: row.value(9),
            startedBy: ClientName(row.value(10) as String),
            startedAt: Timestamp(milliseconds: row.value(11)),
            changedBy: ClientName(row.value(12) as String),
            changedAt: Timestamp(milliseconds: row.value(13)),
            endedAt: (row.value(14) as Int64?).map { Timestamp(milliseconds: $0) }
        )
    }

    static func counts(of number: LaneNumber, in db: Database) throws -> LaneCounts {
        var counts = LaneCounts()
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT word, events FROM lane_counts WHERE lane = ?"),
            arguments: [number.rawValue]
        )
        for row in rows {
            let (word, events): (String, Int) = try (row.value(0), row.value(1))
            if word == deduplicated {
                counts.deduplicated = events
            } else if events != 0 {
                counts.statuses[try DeliveryRow.status(word)] = events
            }
        }
        return counts
    }

    /// The events of a range that lanes have an outcome for. Those that a cancelled lane released are free for others.
    static func taken(of range: ClosedRange<Int64>, by accounts: [Int64], in db: Database) throws -> Set<Int64> {
        var taken: Set<Int64> = []
        let runs = try SettledRuns(of: range, at: Set(accounts), in: db)
        runs.forEachSequence(in: range) { taken.insert($0) }
        let numbers = accounts.map { "\($0)" }.joined(separator: ", ")
        let rows = try Int64.fetchCursor(
            db,
            sql: """
                SELECT sequence FROM deliveries WHERE sequence BETWEEN ? AND ? AND provider IN (\(numbers))
                    AND NOT (status = 'discarded' AND fault_code IS ?)
                """,
            arguments: [range.lowerBound, range.upperBound, DeliveryErrorCode.backfillCancelled.rawValue]
        )
        while let sequence = try rows.next() { taken.insert(sequence) }
        return taken
    }

    // MARK: Writing

    static let deduplicated = "deduplicated"

    /// Writes a lane down, with its account, whose walk begins with the lane.
    static func insert(_ lane: NewLane, _ entry: LaneBook.Entry, of provider: Int64, in db: Database) throws {
        try db.execute(
            sql: """
                INSERT INTO providers(number, name, cursor) VALUES(?, ?, ?)
                ON CONFLICT(number) DO UPDATE SET cursor = excluded.cursor
                """,
            arguments: [entry.account.number, entry.account.name.rawValue, entry.first]
        )
        try db.execute(
            sql: """
                INSERT INTO lanes(number, provider, account, adapter, filter, routes, first, state, rate, started_by,
                    started_at, changed_by, changed_at)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                entry.account.lane.rawValue, provider, entry.account.number, lane.adapter.rawValue,
                Data(try LaneFilterText.encode(lane.filter)), Data(lane.routes), entry.first, entry.state.rawValue,
                lane.rate,
                lane.by.rawValue, lane.at.milliseconds, lane.by.rawValue, lane.at.milliseconds,
            ]
        )
    }

    static func update(_ record: Record, in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE lanes SET through = ?, state = ?, rate = ?, changed_by = ?, changed_at = ?, ended_at = ?
                WHERE number = ?
                """,
            arguments: [
                record.entry.through, record.entry.state.rawValue, record.rate, record.changedBy.rawValue,
                record.changedAt.milliseconds, record.endedAt?.milliseconds, record.entry.account.lane.rawValue,
            ]
        )
    }

    /// Adds to the outcome of a lane's events.
    static func add(_ changes: [String: Int], to lane: LaneNumber, in db: Database) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO lane_counts(lane, word, events) VALUES(?, ?, ?)
                ON CONFLICT(lane, word) DO UPDATE SET events = events + excluded.events
                """
        )
        for (word, events) in changes where events != 0 {
            try statement.execute(arguments: [lane.rawValue, word, events])
        }
    }

    /// Discards so many deliveries of a cancelled lane that wait for another attempt.
    /// - Returns: how many there were.
    static func discardRetries(of account: LaneAccount, limit: Int, in db: Database) throws -> Int {
        try db.execute(
            sql: """
                UPDATE deliveries SET status = 'discarded', next_attempt_at = NULL, fault_is_last_attempts = 0,
                    fault_code = ?, fault_message = ?, fault_vendor = NULL
                WHERE provider = ? AND sequence IN (
                    SELECT sequence FROM deliveries INDEXED BY deliveries_by_age
                    WHERE provider = ? AND next_attempt_at IS NOT NULL ORDER BY sequence LIMIT ?)
                """,
            arguments: [
                DeliveryErrorCode.backfillCancelled.rawValue,
                "backfill \(account.lane) was cancelled before this event was delivered", account.number,
                account.number,
                limit,
            ]
        )
        let count = db.changesCount
        try add(
            [DeliveryStatus.retrying.rawValue: -count, DeliveryStatus.discarded.rawValue: count],
            to: account.lane,
            in: db
        )
        return count
    }
}
