package import Foundation
import GRDB
package import Journal
import JournalFormat
import Logging

/// The journal of a data folder or of a backup, read without opening it as a store: beside a gateway that runs, and in an older layout.
/// Nothing is changed.
package final class JournalFile: Sendable {
    package let folder: URL
    /// `PRAGMA user_version`.
    package let layout: Int
    let queue: DatabaseQueue

    /// The layout that this program writes.
    package static let newestLayout = Schema.version
    static let name = "journal.sqlite"

    /// - Throws: ``StoreError/unusable(path:reason:)`` if there is no journal, ``StoreError/newerFormat(path:found:known:)`` if it is one
    ///   of a newer version.
    package init(reading folder: URL) throws(StoreError) {
        let file = folder.appending(path: Self.name)
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw .unusable(path: folder.path, reason: "there is no file \(Self.name) in it")
        }
        var configuration = Configuration()
        configuration.label = "tollgate.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        let found: Int
        do {
            queue = try DatabaseQueue(path: file.path, configuration: configuration)
            found = try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } ?? 0
        } catch {
            throw StoreError(error, retryAfter: .zero).asUnusable(folder)
        }
        guard found <= Schema.version else {
            throw .newerFormat(path: file.path, found: found, known: Schema.version)
        }
        guard found > 0 else { throw .unusable(path: folder.path, reason: "\(Self.name) is not a journal") }
        self.folder = folder
        layout = found
    }

    /// Whether its tables are those that this program reads. Otherwise only events can be read.
    package var isCurrent: Bool { layout == Schema.version }

    /// One state of the journal, as long as `body` takes.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw StoreError(error, retryAfter: .zero)
        }
    }

    /// What reads events.
    func reader(_ db: Database) throws -> JournalReader {
        let hash = IdentityHash(key: try MetaTable.hashKey(in: db))
        return JournalReader(
            names: JournalNames(try NameTable(loading: db, hash: hash, logger: Self.silence)),
            cache: ChunkCache(limitBytes: 0),
            damage: DamageLog(known: [], logger: Self.silence)
        )
    }

    /// What is found is returned to whoever asks, not logged.
    static let silence = Logger(label: "tollgate.reader") { _ in SwiftLogNoOpLogHandler() }
}

extension JournalFile {
    /// The process that has the data folder, as far as it says so.
    package enum Holder: Sendable, Equatable {
        case nobody
        /// Nil if its number is not known.
        case process(Int32?)
    }

    /// Who has a data folder now.
    package static func holder(of folder: URL) -> Holder {
        FolderLock.holder(of: folder).map { .process($0) } ?? .nobody
    }
}

extension StoreError {
    /// What cannot be opened cannot be used.
    func asUnusable(_ folder: URL) -> StoreError {
        if case .failed(let reason) = self { return .unusable(path: folder.path, reason: reason) }
        return self
    }
}
