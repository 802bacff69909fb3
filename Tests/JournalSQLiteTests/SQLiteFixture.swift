import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import JournalSQLite
import Logging
import Synchronization

/// Runs the behaviour suite on the embedded store.
///
/// A crash is a copy of the folder while the store is open: what the disk holds when the process is killed.
final class SQLiteFixture: StoreFixture {
    private let folder: URL
    private let settings: SQLiteStoreSettings
    private let state = Mutex((count: 0, current: URL(filePath: "/")))

    init(folder: URL, settings: SQLiteStoreSettings = SQLiteStoreSettings()) {
        self.folder = folder
        self.settings = settings
        state.withLock { $0.current = folder.appending(path: "0") }
    }

    func open() async throws -> any EventStore {
        try openCurrent()
    }

    func restart(_ store: any EventStore) async throws -> any EventStore {
        await close(store)
        return try openCurrent()
    }

    func crash(_ store: any EventStore) async throws -> any EventStore {
        let next = state.withLock { state in
            let old = state.current
            state.count += 1
            state.current = folder.appending(path: "\(state.count)")
            return (from: old, to: state.current)
        }
        try copyFolder(from: next.from, to: next.to)
        await close(store)
        return try openCurrent()
    }

    /// Files of the indexes come and go in the background; one that has gone is not there after a crash either.
    private func copyFolder(from old: URL, to new: URL) throws {
        let files = FileManager.default
        try files.createDirectory(at: new, withIntermediateDirectories: true)
        for name in ["journal.sqlite", "journal.sqlite-wal"] {
            try files.copyItem(at: old.appending(path: name), to: new.appending(path: name))
        }
        try files.copyItem(at: old.appending(path: "departures"), to: new.appending(path: "departures"))
        for index in ["index", "columns"] {
            try files.createDirectory(at: new.appending(path: index), withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: old.appending(path: index).path) {
                let part = "\(index)/\(name)"
                do {
                    try files.copyItem(at: old.appending(path: part), to: new.appending(path: part))
                } catch CocoaError.fileNoSuchFile, CocoaError.fileReadNoSuchFile {
                    continue
                }
            }
        }
    }

    func damage(_ sequence: SequenceNumber, of store: any EventStore) async throws -> any EventStore {
        await close(store)
        let file = state.withLock { $0.current }.appending(path: "journal.sqlite")
        try await DatabaseQueue(path: file.path).write { db in
            let row = try Row.fetchOne(
                db,
                sql: "SELECT first, content FROM chunks WHERE first <= ? ORDER BY first DESC",
                arguments: [sequence.rawValue]
            )
            var content: Data = row?["content"] ?? Data()
            content[content.count / 2] ^= 0x10
            try db.execute(
                sql: "UPDATE chunks SET content = ? WHERE first = ?",
                arguments: [content, row?["first"] as Int64?]
            )
        }
        return try openCurrent()
    }

    let tellsDepartures = true

    func close(_ store: any EventStore) async {
        await (store as? SQLiteEventStore)?.close()
    }

    private func openCurrent() throws -> SQLiteEventStore {
        try SQLiteEventStore(
            opening: state.withLock { $0.current },
            settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }
}
