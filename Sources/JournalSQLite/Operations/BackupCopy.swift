import Foundation
import GRDB
import Journal
import JournalFormat

/// A backup that is being written.
struct BackupCopy {
    /// What the copied state is.
    struct State {
        let journalID: String
        let events: Int64
        let newest: Int64
        /// The first events of the copy's chunks that are damaged.
        let damaged: [Int64]
    }

    private let source: JournalFile
    private let target: DatabaseQueue
    private let path: String
    /// Tells the journal from all others.
    private let journalID: String
    /// Makes the table of chunks.
    private let chunksStatement: String
    private var rate: CopyRate
    private(set) var copiedBytes = 0
    private(set) var damaged: [JournalFault] = []

    /// Bytes of chunks that are copied in one transaction.
    private static let sliceBytes = 4 << 20
    /// Rows of other tables between two looks at the rate.
    private static let rowsPerPause = 1000

    /// Opens the target. ``begin(damaged:)`` must follow.
    /// - Throws: ``BackupFault/otherJournal(path:)`` if it has chunks of another journal,
    ///   ``BackupFault/otherHistory(path:)`` if it has some that this journal never had. It is not changed then.
    init(from source: JournalFile, to folder: URL, rate: CopyRate) throws {
        self.source = source
        self.rate = rate
        path = folder.path
        let file = folder.appending(path: JournalFile.name)
        try FolderPermissions.makeFile(file.path)
        let (pageSize, statement, id) = try source.read { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA page_size") ?? 4096,
                try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = 'chunks'") ?? "",
                try MetaTable.drawnJournalID(in: db)
            )
        }
        guard let id else {
            throw StoreError.unusable(path: source.folder.path, reason: "no gateway has opened the journal yet")
        }
        (chunksStatement, journalID) = (statement, id)
        var configuration = Configuration()
        configuration.label = "tollgate.backup"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA page_size = \(pageSize)")
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        target = try DatabaseQueue(path: file.path, configuration: configuration)
        try target.read { db in
            guard try db.tableExists("chunks") else { return }
            // An earlier run that has finished took the table `backup` away.
            let known =
                try db.tableExists("backup")
                ? String.fetchOne(db, sql: "SELECT journal FROM backup") : MetaTable.drawnJournalID(in: db)
            guard known == id else { throw BackupFault.otherJournal(path: folder.path) }
            guard try hasHistory(of: db) else { throw BackupFault.otherHistory(path: folder.path) }
        }
    }

    /// Whether the journal has the target's newest chunk, of those that retention has left. A journal that was restored from
    /// an older backup has given the numbers of later chunks to other events.
    private func hasHistory(of copy: Database) throws -> Bool {
        try source.queue.read { db in
            let oldest = try Int64.fetchOne(db, sql: "SELECT min(first) FROM chunks") ?? .max
            let removed = source.layout < 3 ? SequenceRanges() : try RemovedTable.all(in: db)
            let numbers = try Int64.fetchCursor(copy, sql: "SELECT first FROM chunks ORDER BY first DESC")
            while let first = try numbers.next() {
                guard first >= oldest, !removed.contains(first) else { continue }
                return try ChunkFacts.fetch(first, in: db) == ChunkFacts.fetch(first, in: copy)
            }
            return true
        }
    }

    /// Makes the target's table of chunks if it has none, and says whose they are, and which are damaged, while the other tables are missing.
    /// - Parameter known: the first events of chunks that were damaged when an earlier backup copied them. An interrupted one, which this
    ///   one continues, has noted its own.
    func begin(damaged known: [Int64]) throws {
        try target.write { db in
            if try !db.tableExists("chunks") { try db.execute(sql: chunksStatement) }
            if try !db.tableExists("backup") {
                try db.execute(sql: "CREATE TABLE backup(journal TEXT NOT NULL)")
                try db.execute(sql: "INSERT INTO backup VALUES(?)", arguments: [journalID])
            }
            try db.execute(sql: "CREATE TABLE IF NOT EXISTS backup_damage(first INTEGER PRIMARY KEY)")
            try Self.noteDamage(known, in: db)
        }
    }

    private static func noteDamage(_ chunks: [Int64], in db: Database) throws {
        for first in chunks {
            try db.execute(sql: "INSERT OR IGNORE INTO backup_damage VALUES(?)", arguments: [first])
        }
    }

    func close() throws { try target.close() }

    // MARK: Chunks

    /// Copies the chunks again that were damaged when they were copied: the journal may have been repaired since.
    mutating func copyDamaged() throws {
        let known = try target.read { try Int64.fetchAll($0, sql: "SELECT first FROM backup_damage ORDER BY first") }
        for first in known {
            let (chunk, names) = try source.read { db in
                (
                    try CopiedChunk.next(after: first - 1, limitBytes: 1, in: db).first { $0.first == first },
                    try source.reader(db).names.current
                )
            }
            // What retention has removed is removed here too, later.
            guard let chunk else { continue }
            let isDamaged = note(chunk, names)
            try target.write { db in
                try db.execute(sql: "DELETE FROM chunks WHERE first = ?", arguments: [first])
                try CopiedChunk.insert([chunk], in: db)
                if !isDamaged { try db.execute(sql: "DELETE FROM backup_damage WHERE first = ?", arguments: [first]) }
            }
        }
    }

    /// Copies the chunks that the target does not have, a slice at a time.
    mutating func copyChunks(_ progress: (JournalBackup.Progress) -> Void) throws {
        let bounds = try source.read { try JournalBounds(of: $0) }
        let total = bounds.newest + 1 - bounds.oldest
        while true {
            let before = copiedBytes
            let last = try copySlice()
            guard let last else { return }
            progress(JournalBackup.Progress(done: min(total, max(0, last + 1 - bounds.oldest)), total: total))
            pause(after: copiedBytes - before)
        }
    }

    /// - Returns: the last event of the slice; nil if nothing was left.
    private mutating func copySlice() throws -> Int64? {
        let from = try target.read { try Self.lastChunk(in: $0) }
        let (chunks, names) = try source.read { db in
            (
                try CopiedChunk.next(after: from, limitBytes: Self.sliceBytes, in: db),
                try source.reader(db).names.current
            )
        }
        guard let last = chunks.last else { return nil }
        let damaged = chunks.filter { note($0, names) }
        try target.write { db in
            try CopiedChunk.insert(chunks, in: db)
            try Self.noteDamage(damaged.map(\.first), in: db)
        }
        return last.first + last.count - 1
    }

    /// - Returns: whether the chunk is damaged.
    private mutating func note(_ chunk: CopiedChunk, _ names: NameTable) -> Bool {
        copiedBytes += chunk.content.count
        guard let reason = chunk.fault(names) else { return false }
        if damaged.count < CheckReport.mostFaults {
            damaged.append(JournalFault(.chunk(first: chunk.first, last: chunk.first + chunk.count - 1), reason))
        }
        return true
    }

    private static func lastChunk(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(first) FROM chunks") ?? 0
    }

    // MARK: The rest

    /// Reads one state of the journal: the chunks since, and all other tables, which replace those of an earlier backup.
    mutating func copyState() throws -> State {
        let (source, target) = (source, target)
        return try source.queue.read { from in
            try target.write { to in
                let names = try source.reader(from).names.current
                while true {
                    let last = try Self.lastChunk(in: to)
                    let chunks = try CopiedChunk.next(after: last, limitBytes: Self.sliceBytes, in: from)
                    if chunks.isEmpty { break }
                    try Self.noteDamage(chunks.filter { note($0, names) }.map(\.first), in: to)
                    try CopiedChunk.insert(chunks, in: to)
                }
                try removeGone(from, to)
                try replaceTables(from, to)
                let damaged = try Int64.fetchAll(
                    to,
                    sql: "SELECT first FROM backup_damage WHERE first IN (SELECT first FROM chunks) ORDER BY first"
                )
                try to.execute(sql: "DROP TABLE backup")
                try to.execute(sql: "DROP TABLE backup_damage")
                try to.execute(sql: "PRAGMA user_version = \(source.layout)")
                return State(
                    journalID: try MetaTable.drawnJournalID(in: from) ?? "",
                    events: try Int64.fetchOne(to, sql: "SELECT coalesce(sum(count), 0) FROM chunks") ?? 0,
                    newest: try JournalBounds(of: from).newest,
                    damaged: damaged
                )
            }
        }
    }

    /// Removes chunks that retention has removed since they were copied.
    private func removeGone(_ from: Database, _ to: Database) throws {
        let oldest = try Int64.fetchOne(from, sql: "SELECT min(first) FROM chunks")
        try to.execute(sql: "DELETE FROM chunks WHERE first < ?", arguments: [oldest ?? .max])
        guard source.layout >= 3 else { return }
        for range in try RemovedTable.all(in: from).ranges {
            try to.execute(
                sql: "DELETE FROM chunks WHERE first BETWEEN ? AND ?",
                arguments: [range.lowerBound, range.upperBound]
            )
        }
    }

    private mutating func replaceTables(_ from: Database, _ to: Database) throws {
        let known = try String.fetchAll(
            to,
            sql:
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('chunks', 'backup', 'backup_damage') AND name NOT LIKE 'sqlite_%'"
        )
        for name in known { try to.execute(sql: "DROP TABLE \(name.quotedDatabaseIdentifier)") }
        let tables = try Row.fetchAll(
            from,
            sql:
                "SELECT name, sql FROM sqlite_schema WHERE type = 'table' AND name <> 'chunks' AND name NOT LIKE 'sqlite_%'"
        )
        for table in tables {
            try to.execute(sql: table.value(1))
            try copyRows(of: table.value(0), from, to)
        }
        // Numbers of the audit log are never given twice.
        if try from.tableExists("sqlite_sequence") {
            try to.execute(sql: "DELETE FROM sqlite_sequence")
            try copyRows(of: "sqlite_sequence", from, to)
        }
        let indexes = try String.fetchAll(
            from,
            sql: "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
        )
        for statement in indexes { try to.execute(sql: statement) }
    }

    private mutating func copyRows(of table: String, _ from: Database, _ to: Database) throws {
        let name = table.quotedDatabaseIdentifier
        let rows = try Row.fetchCursor(from, sql: "SELECT * FROM \(name)")
        let places = Array(repeating: "?", count: try from.columns(in: table).count).joined(separator: ", ")
        let insert = try to.makeStatement(sql: "INSERT INTO \(name) VALUES(\(places))")
        var (bytes, count) = (0, 0)
        while let row = try rows.next() {
            let values = row.map { $0.1 }
            try insert.execute(arguments: StatementArguments(values))
            bytes += values.reduce(0) { $0 + Self.bytes(of: $1) }
            count += 1
            if count == Self.rowsPerPause {
                copiedBytes += bytes
                pause(after: bytes)
                (bytes, count) = (0, 0)
            }
        }
        copiedBytes += bytes
    }

    private static func bytes(of value: DatabaseValue) -> Int {
        switch value.storage {
        case .null: 1
        case .int64, .double: 8
        case .string(let text): text.utf8.count
        case .blob(let data): data.count
        }
    }

    private mutating func pause(after bytes: Int) {
        let wait = rate.copied(bytes, at: .now)
        guard wait > .zero else { return }
        Thread.sleep(forTimeInterval: Double(wait.components.seconds) + Double(wait.components.attoseconds) / 1e18)
    }
}
