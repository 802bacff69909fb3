import Foundation
import GRDB
import Journal
import JournalFormat

/// The tables of the database, in the version that this code writes. `FileFormat.md` describes them.
enum Schema {
    /// Kept as `PRAGMA user_version`.
    static let version = 10

    /// A delivered run never crosses a multiple of this many sequence numbers.
    static let runSpan = RunMembers.span

    /// Makes the tables in an empty database.
    /// - Throws: ``StoreError/newerFormat(path:found:known:)``, ``StoreError/unusable(path:reason:)`` or the database's error.
    static func prepare(_ db: Database, path: String) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= version else { throw StoreError.newerFormat(path: path, found: found, known: version) }
        guard found < version else { return }
        if found > 0 { return try raise(db, from: found) }
        guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0 else {
            throw StoreError.unusable(path: path, reason: "the database belongs to another program")
        }
        try db.inTransaction(.immediate) {
            try db.execute(
                sql: tables + tablesSince2 + tablesSince3 + tablesSince5 + tablesSince6 + columnsSince6 + tablesSince8
                    + columnsSince9 + tablesSince9 + amendmentsSince9 + tablesSince10
            )
            try MetaTable.makeHashKey(in: db)
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    /// Leaves a journal of a newer version as it is: a connection that may write changes a file when it opens it.
    /// - Throws: ``StoreError/newerFormat(path:found:known:)``
    static func refuseNewer(_ file: URL) throws {
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        var configuration = Configuration()
        configuration.readonly = true
        let found: Int
        do {
            let queue = try DatabaseQueue(path: file.path, configuration: configuration)
            found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
        } catch {
            // Whatever else is wrong with the file is reported when it is opened.
            return
        }
        guard found <= version else { throw StoreError.newerFormat(path: file.path, found: found, known: version) }
    }

    /// Brings the tables of an older version to this one.
    private static func raise(_ db: Database, from found: Int) throws {
        try db.inTransaction(.immediate) {
            if found < 2 { try db.execute(sql: tablesSince2) }
            if found < 3 { try db.execute(sql: tablesSince3) }
            // Version 4 has the same tables; its chunks are packed, which older programs would take for damage.
            if found < 5 { try db.execute(sql: tablesSince5) }
            if found < 6 { try db.execute(sql: tablesSince6 + columnsSince6 + reachedBefore6) }
            if found < 8 {
                try db.execute(sql: tablesSince8)
                try ClockSteps.findAll(in: db)
            }
            if found < 9 { try db.execute(sql: columnsSince9 + tablesSince9 + amendmentsSince9) }
            if found < 10 { try db.execute(sql: tablesSince10) }
            try db.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }

    private static let tablesSince2 = """
        CREATE TABLE holds(
            provider TEXT PRIMARY KEY,
            until INTEGER NOT NULL,
            is_parked INTEGER NOT NULL,
            fault_code TEXT NOT NULL,
            fault_message TEXT NOT NULL,
            fault_vendor TEXT
        ) WITHOUT ROWID;
        CREATE TABLE revisions(
            number INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            action TEXT NOT NULL,
            filter TEXT NOT NULL,
            client TEXT NOT NULL,
            at INTEGER NOT NULL,
            changed INTEGER NOT NULL,
            busy INTEGER NOT NULL
        );
        CREATE INDEX revisions_by_tenant ON revisions(tenant, number);
        """

    private static let columnsSince6 = "ALTER TABLE deliveries ADD COLUMN reached_at INTEGER;"

    /// What is known of requests before version 6: those with an answer, other than that of a rate limit, reached the vendor.
    private static let reachedBefore6 = """
        UPDATE deliveries SET reached_at = (
            SELECT min(at) FROM attempts a
            WHERE a.sequence = deliveries.sequence AND a.provider = deliveries.provider
                AND a.http_status IS NOT NULL AND a.http_status <> 429
        ) WHERE next_attempt_at IS NOT NULL;
        """

    private static let tablesSince3 = "CREATE TABLE removed(first INTEGER PRIMARY KEY, last INTEGER NOT NULL);"

    private static let tablesSince5 = """
        CREATE TABLE audit(
            number INTEGER PRIMARY KEY AUTOINCREMENT,
            category TEXT NOT NULL,
            ordinal INTEGER NOT NULL,
            at INTEGER NOT NULL,
            action TEXT NOT NULL,
            tenant TEXT,
            actor TEXT,
            key_id TEXT,
            remote_address TEXT,
            details BLOB NOT NULL
        );
        CREATE UNIQUE INDEX audit_by_category ON audit(category, ordinal);
        """

    private static let tablesSince6 = """
        CREATE TABLE operator_holds(
            provider TEXT PRIMARY KEY,
            until INTEGER NOT NULL,
            client TEXT NOT NULL,
            at INTEGER NOT NULL
        ) WITHOUT ROWID;
        """

    private static let tablesSince8 = "CREATE TABLE clock_steps(first INTEGER PRIMARY KEY);"

    private static let columnsSince9 = """
        ALTER TABLE delivered ADD COLUMN skipped INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE delivered ADD COLUMN members BLOB;
        """

    private static let tablesSince9 = """
        CREATE TABLE lanes(
            number INTEGER PRIMARY KEY,
            provider INTEGER NOT NULL,
            account INTEGER NOT NULL UNIQUE,
            adapter TEXT NOT NULL,
            filter BLOB NOT NULL,
            routes BLOB NOT NULL,
            first INTEGER NOT NULL,
            through INTEGER,
            state TEXT NOT NULL,
            rate REAL NOT NULL,
            started_by TEXT NOT NULL,
            started_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL,
            changed_at INTEGER NOT NULL,
            ended_at INTEGER
        );
        CREATE TABLE lane_counts(
            lane INTEGER NOT NULL,
            word TEXT NOT NULL,
            events INTEGER NOT NULL,
            PRIMARY KEY(lane, word)
        ) WITHOUT ROWID;
        CREATE TABLE pins(
            name TEXT PRIMARY KEY,
            accepted_from INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) WITHOUT ROWID;
        CREATE TABLE shadow_counts(
            provider INTEGER NOT NULL,
            class TEXT NOT NULL,
            field TEXT NOT NULL,
            events INTEGER NOT NULL,
            first_at INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            samples TEXT NOT NULL,
            PRIMARY KEY(provider, class, field)
        ) WITHOUT ROWID;
        CREATE INDEX delivered_known ON delivered(first) WHERE deduplicated;
        CREATE INDEX attempts_known ON attempts(sequence) WHERE deduplicated AND ordinal = 1;
        """

    private static let tablesSince10 = """
        CREATE TABLE migration_log(
            migration TEXT NOT NULL,
            number INTEGER NOT NULL,
            action TEXT NOT NULL,
            detail BLOB NOT NULL,
            plan TEXT,
            actor TEXT NOT NULL,
            key_id TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY(migration, number)
        ) WITHOUT ROWID;
        """

    /// Settings that took the place of those of acceptance, and whether the vendor may have seen an event before its last retry by a person.
    private static let amendmentsSince9 = """
        CREATE TABLE amendments(
            sequence INTEGER NOT NULL,
            provider INTEGER NOT NULL,
            first_attempt INTEGER NOT NULL,
            at INTEGER NOT NULL,
            client TEXT NOT NULL,
            destination BLOB NOT NULL,
            PRIMARY KEY(sequence, provider, first_attempt)
        ) WITHOUT ROWID;
        ALTER TABLE deliveries ADD COLUMN reached_before INTEGER NOT NULL DEFAULT 0;
        """

    private static let tables = """
        CREATE TABLE meta(name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE origins(number INTEGER PRIMARY KEY, tenant TEXT NOT NULL, client TEXT NOT NULL);
        CREATE TABLE plans(number INTEGER PRIMARY KEY, encoded BLOB NOT NULL);
        CREATE TABLE providers(number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, cursor INTEGER NOT NULL);
        CREATE TABLE chunks(
            first INTEGER PRIMARY KEY,
            count INTEGER NOT NULL,
            accepted_first INTEGER NOT NULL,
            accepted_last INTEGER NOT NULL,
            providers BLOB NOT NULL,
            content BLOB NOT NULL
        );
        CREATE TABLE delivered(
            first INTEGER NOT NULL,
            provider INTEGER NOT NULL,
            last INTEGER NOT NULL,
            at INTEGER NOT NULL,
            latency INTEGER NOT NULL,
            http_status INTEGER,
            deduplicated INTEGER NOT NULL,
            PRIMARY KEY(first, provider)
        ) WITHOUT ROWID;
        CREATE TABLE deliveries(
            sequence INTEGER NOT NULL,
            provider INTEGER NOT NULL,
            origin INTEGER NOT NULL,
            status TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            next_attempt_at INTEGER,
            fault_is_last_attempts INTEGER NOT NULL,
            fault_code TEXT,
            fault_message TEXT,
            fault_vendor TEXT,
            PRIMARY KEY(sequence, provider)
        ) WITHOUT ROWID;
        CREATE INDEX deliveries_by_time ON deliveries(provider, next_attempt_at, sequence) WHERE next_attempt_at IS NOT NULL;
        CREATE INDEX deliveries_by_age ON deliveries(provider, sequence, next_attempt_at) WHERE next_attempt_at IS NOT NULL;
        CREATE TABLE attempts(
            sequence INTEGER NOT NULL,
            provider INTEGER NOT NULL,
            ordinal INTEGER NOT NULL,
            at INTEGER NOT NULL,
            latency INTEGER NOT NULL,
            http_status INTEGER,
            status TEXT NOT NULL,
            deduplicated INTEGER NOT NULL,
            fault_code TEXT,
            fault_message TEXT,
            fault_vendor TEXT,
            PRIMARY KEY(sequence, provider, ordinal)
        ) WITHOUT ROWID;
        CREATE TABLE intents(
            provider INTEGER NOT NULL,
            sequence INTEGER NOT NULL,
            PRIMARY KEY(provider, sequence)
        ) WITHOUT ROWID;
        CREATE TABLE damage(first INTEGER PRIMARY KEY, last INTEGER NOT NULL, reason TEXT NOT NULL);
        """
}

/// What retention has removed since version 3: ranges that do not touch.
enum RemovedTable {
    static func all(in db: Database) throws -> SequenceRanges {
        var ranges = SequenceRanges()
        let rows = try Row.fetchCursor(db, sql: "SELECT first, last FROM removed ORDER BY first")
        while let row = try rows.next() { ranges.insert(try row.range(0, through: 1)) }
        return ranges
    }

    /// What has been removed of a range, as the database says now.
    static func ranges(within range: ClosedRange<Int64>, in db: Database) throws -> SequenceRanges {
        var ranges = SequenceRanges()
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT first, last FROM removed WHERE first <= ? AND last >= ? ORDER BY first"),
            arguments: [range.upperBound, range.lowerBound]
        )
        while let row = try rows.next() { ranges.insert(try row.range(0, through: 1)) }
        return ranges
    }

    /// Adds a range; neighbours become one with it.
    static func insert(_ range: ClosedRange<Int64>, in db: Database) throws {
        let before = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT first FROM removed WHERE first < ? AND last >= ? ORDER BY first DESC LIMIT 1"
            ),
            arguments: [range.lowerBound, range.lowerBound - 1]
        )
        let after = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT last FROM removed WHERE first = ?"),
            arguments: [range.upperBound + 1]
        )
        let (first, last) = (before ?? range.lowerBound, after ?? range.upperBound)
        try db.execute(sql: "DELETE FROM removed WHERE first BETWEEN ? AND ?", arguments: [first, last])
        try db.execute(sql: "INSERT INTO removed(first, last) VALUES(?, ?)", arguments: [first, last])
    }
}

/// Single numbers that belong to the journal as a whole.
enum MetaTable {
    /// Draws the secret key of the identity hash; it stays the same for the life of the journal.
    static func makeHashKey(in db: Database) throws {
        var generator = SystemRandomNumberGenerator()
        try set("hash_key_0", to: Int64(bitPattern: generator.next()), in: db)
        try set("hash_key_1", to: Int64(bitPattern: generator.next()), in: db)
    }

    static func hashKey(in db: Database) throws -> SipHash {
        guard let first = try value("hash_key_0", in: db), let second = try value("hash_key_1", in: db) else {
            throw StoreError.failed(reason: "the table meta has lost the key of the identity hash")
        }
        return SipHash(key0: UInt64(bitPattern: first), key1: UInt64(bitPattern: second))
    }

    /// The id that tells this journal from all others; drawn at the first time of asking.
    static func journalID(in db: Database) throws -> String {
        var words: [UInt64] = []
        for name in ["journal_id_0", "journal_id_1"] {
            var generator = SystemRandomNumberGenerator()
            let word = try value(name, in: db) ?? Int64(bitPattern: generator.next())
            try set(name, to: word, in: db)
            words.append(UInt64(bitPattern: word))
        }
        return text(ofJournal: words)
    }

    /// The same id, if it has been drawn.
    static func drawnJournalID(in db: Database) throws -> String? {
        let words = try ["journal_id_0", "journal_id_1"].compactMap { name in
            try value(name, in: db).map { UInt64(bitPattern: $0) }
        }
        return words.count == 2 ? text(ofJournal: words) : nil
    }

    private static func text(ofJournal words: [UInt64]) -> String {
        words.map {
            String(repeating: "0", count: $0.leadingZeroBitCount / 4) + ($0 == 0 ? "" : String($0, radix: 16))
        }
        .joined()
    }

    /// The highest sequence number ever given, written down before the newest chunks are removed.
    static func newestRemoved(in db: Database) throws -> Int64 {
        try value("newest_removed", in: db) ?? 0
    }

    static func setNewestRemoved(_ sequence: Int64, in db: Database) throws {
        try set("newest_removed", to: sequence, in: db)
    }

    /// When the newest event that retention has removed was accepted, in milliseconds since 1970; nil if none was, or by earlier versions only.
    static func removedThrough(in db: Database) throws -> Int64? {
        try value("removed_through", in: db)
    }

    static func setRemovedThrough(_ milliseconds: Int64, in db: Database) throws {
        try set("removed_through", to: milliseconds, in: db)
    }

    /// The time that was noted last, in milliseconds since 1970; nil if none was.
    static func notedTime(in db: Database) throws -> Int64? {
        try value("noted_time", in: db)
    }

    static func setNotedTime(_ milliseconds: Int64, in db: Database) throws {
        try set("noted_time", to: milliseconds, in: db)
    }

    private static func value(_ name: String, in db: Database) throws -> Int64? {
        try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name])
    }

    private static func set(_ name: String, to value: Int64, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO meta(name, value) VALUES(?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            arguments: [name, value]
        )
    }
}
