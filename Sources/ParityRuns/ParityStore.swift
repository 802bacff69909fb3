import Events
package import Foundation
import GRDB
package import Parity

/// The file of comparisons, `parity.sqlite`: runs, how far they are, and what they found. It can be deleted while the gateway is stopped.
package final class ParityStore: ParityStorage {
    let database: DatabaseQueue

    /// - Parameter folder: the gateway's data folder.
    package init(in folder: URL) throws(ParityError) {
        do {
            var configuration = Configuration()
            configuration.label = "tollgate.parity"
            let file = Self.file(in: folder)
            database = try DatabaseQueue(path: file.path, configuration: configuration)
            // It holds customers' data, as the journal does.
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
            try database.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA journal_mode = WAL")
                try db.execute(sql: "PRAGMA synchronous = NORMAL")
            }
            try database.write { db in try Self.makeTables(in: db) }
        } catch {
            throw Self.fault(error)
        }
    }

    /// Where the file of a data folder is.
    static func file(in folder: URL) -> URL { folder.appending(path: "parity.sqlite") }

    /// One process has the file.
    package var isShared: Bool { false }

    package func close() async throws(ParityError) {
        do { try database.close() } catch { throw Self.fault(error) }
    }

    /// - Throws: ``ParityError``, without values of a statement.
    func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(ParityError)
        -> Value
    {
        do { return try await database.read(body) } catch { throw Self.fault(error) }
    }

    func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(ParityError)
        -> Value
    {
        do { return try await database.write(body) } catch { throw Self.fault(error) }
    }

    /// Without the statement and its values, which can be customers' data.
    static func fault(_ error: any Error) -> ParityError {
        if let error = error as? ParityError { return error }
        if error is RowDecodingError { return damage("a value has an unexpected type") }
        guard let error = error as? DatabaseError else { return .store(String(describing: type(of: error))) }
        return .store("\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))")
    }

    /// - Parameter what: for people.
    static func damage(_ what: String) -> ParityError {
        .store("parity.sqlite is damaged: \(what); stop the gateway and delete the file")
    }

    private static func makeTables(in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS runs(
                    id INTEGER PRIMARY KEY AUTOINCREMENT, tenant TEXT NOT NULL, client TEXT NOT NULL,
                    requested_at INTEGER NOT NULL, events INTEGER NOT NULL DEFAULT 0, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
                    level TEXT NOT NULL, sample INTEGER NOT NULL, state TEXT NOT NULL, ended_at INTEGER, reason TEXT);
                CREATE TABLE IF NOT EXISTS providers(
                    run INTEGER NOT NULL, place INTEGER NOT NULL, provider TEXT NOT NULL, least INTEGER, most INTEGER,
                    not_planned INTEGER NOT NULL DEFAULT 0, extra_calls INTEGER NOT NULL DEFAULT 0, fault TEXT, PRIMARY KEY(run, provider)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS reads(
                    run INTEGER NOT NULL, window INTEGER NOT NULL, provider TEXT NOT NULL, calls INTEGER NOT NULL,
                    counted_only INTEGER NOT NULL, summed INTEGER NOT NULL DEFAULT 0, sampled INTEGER NOT NULL,
                    unreadable TEXT,
                    PRIMARY KEY(run, provider, window)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS windows(
                    run INTEGER NOT NULL, from_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, state TEXT NOT NULL,
                    PRIMARY KEY(run, from_ms)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS cells(
                    run INTEGER NOT NULL, window INTEGER NOT NULL, provider TEXT NOT NULL, name TEXT NOT NULL,
                    expected INTEGER NOT NULL, found INTEGER NOT NULL, missing INTEGER NOT NULL, extra INTEGER NOT NULL,
                    different INTEGER NOT NULL, PRIMARY KEY(run, window, provider, name)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS causes(
                    run INTEGER NOT NULL, window INTEGER NOT NULL, provider TEXT NOT NULL, cause TEXT NOT NULL,
                    name TEXT NOT NULL, count INTEGER NOT NULL,
                    PRIMARY KEY(run, window, provider, cause, name)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS findings(
                    number INTEGER PRIMARY KEY AUTOINCREMENT, run INTEGER NOT NULL, window INTEGER NOT NULL,
                    provider TEXT NOT NULL, key TEXT NOT NULL, cause TEXT NOT NULL, confirmed INTEGER NOT NULL,
                    sequence INTEGER, tenant TEXT, event_id TEXT, vendor_id TEXT, name TEXT NOT NULL, customer_id TEXT,
                    subscription_id TEXT, at_ms INTEGER NOT NULL, differences TEXT, detail TEXT, resolution TEXT);
                CREATE INDEX IF NOT EXISTS findings_by_window ON findings(run, window, provider);
                CREATE TABLE IF NOT EXISTS resends(
                    sequence INTEGER NOT NULL, provider TEXT NOT NULL, at_ms INTEGER NOT NULL, run INTEGER NOT NULL,
                    PRIMARY KEY(sequence, provider, at_ms)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS acceptances(
                    number INTEGER PRIMARY KEY AUTOINCREMENT, cause TEXT NOT NULL, provider TEXT, name TEXT,
                    reason TEXT NOT NULL, until_ms INTEGER NOT NULL, client TEXT NOT NULL, at_ms INTEGER NOT NULL);
                CREATE TABLE IF NOT EXISTS unbilled(
                    provider TEXT NOT NULL, event_id TEXT NOT NULL, reason TEXT NOT NULL, at_ms INTEGER NOT NULL,
                    PRIMARY KEY(provider, event_id)) WITHOUT ROWID;
                CREATE TABLE IF NOT EXISTS watches(
                    kind TEXT NOT NULL, provider TEXT NOT NULL, state BLOB NOT NULL, PRIMARY KEY(kind, provider));
                """
        )
        // Files of earlier versions lack them.
        try add("summed INTEGER NOT NULL DEFAULT 0", to: "reads", in: db)
        try add("extra_calls INTEGER NOT NULL DEFAULT 0", to: "providers", in: db)
        try add("fault TEXT", to: "providers", in: db)
    }

    /// Adds a column to a table that does not have it.
    /// - Parameter column: its name, then its type.
    private static func add(_ column: String, to table: String, in db: Database) throws {
        let known = try db.columns(in: table).map(\.name)
        guard !known.contains(where: { column.hasPrefix("\($0) ") }) else { return }
        try db.execute(sql: "ALTER TABLE \(table) ADD COLUMN \(column)")
    }
}

extension String {
    /// A text ends at its first character 0 in the file, and a vendor's name or message must not end there.
    var storable: String { utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self }
}
