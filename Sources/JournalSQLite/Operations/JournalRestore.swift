package import Events
package import Foundation
import GRDB
import Journal
import JournalFormat

/// Puts a backup into an empty data folder.
package struct JournalRestore: Sendable {
    private let backup: URL
    private let folder: URL

    /// What was done.
    package struct Report: Sendable, Equatable {
        package let manifest: BackupManifest
        /// Providers that are held until a person resumes them.
        package let held: [ProviderName]
    }

    /// What may be in the folder: the lock of an earlier process, and what an interrupted restoration has left.
    private static let harmless = ["lock"] + drafts
    private static let (journal, keys) = ("journal.sqlite.restored", "keys.json.restored")
    private static let drafts = [journal, "\(journal)-journal", "\(journal).new", keys, "\(keys).new"]
    /// How long a hold lasts that nobody ends.
    private static let hold = Duration.seconds(3650 * 86_400)

    /// - Parameters:
    ///   - backup: a folder that ``JournalBackup`` has written.
    ///   - folder: the data folder to be; it is made if it is missing.
    package init(from backup: URL, to folder: URL) {
        self.backup = backup
        self.folder = folder
    }

    /// Blocks until the journal is on disk.
    /// - Parameters:
    ///   - adapters: whose vendors do not recognize repeats: what was sent to them after the backup would be billed twice, so their
    ///     providers are held.
    ///   - now: for the holds.
    package func run(holding adapters: Set<AdapterName>, at now: Timestamp) throws(BackupFault) -> Report {
        let manifest = try BackupManifest(in: backup)
        guard manifest.layout <= Schema.version else {
            throw .journal(.newerFormat(path: backup.path, found: manifest.layout, known: Schema.version))
        }
        try refuseContents()
        let held: DataFolder
        do throws(StoreError) {
            held = try DataFolder(opening: folder, logger: JournalFile.silence)
        } catch {
            throw .journal(error)
        }
        defer { held.release() }
        try manifest.verify(in: backup)
        do {
            return Report(manifest: manifest, held: try copy(manifest, adapters, now))
        } catch {
            throw fault(error)
        }
    }

    /// - Throws: ``BackupFault/notEmpty(path:)``, or that the folder is in use, if a gateway runs.
    private func refuseContents() throws(BackupFault) {
        // A folder that is missing has no contents.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        guard !names.allSatisfy({ Self.harmless.contains($0) }) else { return }
        if case .process(let process) = JournalFile.holder(of: folder) {
            throw .journal(.folderInUse(path: folder.path, process: process))
        }
        throw .notEmpty(path: folder.path)
    }

    private func copy(_ manifest: BackupManifest, _ adapters: Set<AdapterName>, _ now: Timestamp) throws
        -> [ProviderName]
    {
        // The database's own log of an interrupted change would be applied to the new copy.
        for draft in Self.drafts.map({ folder.appending(path: $0) })
        where FileManager.default.fileExists(atPath: draft.path) {
            try FileManager.default.removeItem(at: draft)
        }
        let (journal, keys) = (folder.appending(path: Self.journal), folder.appending(path: Self.keys))
        try DurableFile.copy(backup.appending(path: JournalFile.name), to: journal)
        let held = try hold(adapters, in: journal, now)
        if manifest.files.contains(where: { $0.name == BackupManifest.keys }) {
            try DurableFile.copy(backup.appending(path: BackupManifest.keys), to: keys)
            try DurableFile.move(keys, to: folder.appending(path: BackupManifest.keys))
        }
        // The journal gets its name last, when all is whole: without it a gateway would begin a new one.
        try DurableFile.move(journal, to: folder.appending(path: JournalFile.name))
        return held
    }

    private func hold(_ adapters: Set<AdapterName>, in file: URL, _ now: Timestamp) throws -> [ProviderName] {
        let queue = try DatabaseQueue(path: file.path)
        var held: Set<ProviderName> = []
        try queue.writeWithoutTransaction { db in
            for plan in try Data.fetchAll(db, sql: "SELECT encoded FROM plans") {
                let destinations = PlanCoding.decode([UInt8](plan))?.destinations ?? []
                for destination in destinations where adapters.contains(destination.adapter) {
                    held.insert(destination.provider)
                }
            }
            guard !held.isEmpty else { return }
            try db.execute(sql: "PRAGMA synchronous = FULL")
            try Schema.prepare(db, path: file.path)
            let hold = OperatorHold(until: now + Self.hold, by: "restore", at: now)
            for provider in held { try OperatorHoldTable.set(hold, of: provider, in: db) }
        }
        try queue.close()
        return held.sorted()
    }

    private func fault(_ error: any Error) -> BackupFault {
        switch error {
        case let fault as BackupFault: fault
        case let error as StoreError: .journal(error)
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: .targetFull(path: folder.path)
        case let error as POSIXError where error.code == .ENOSPC: .targetFull(path: folder.path)
        case let error as CocoaError where error.code == .fileWriteOutOfSpace: .targetFull(path: folder.path)
        case let error as DatabaseError: .target(path: folder.path, reason: error.plainReason)
        default: .target(path: folder.path, reason: (error as NSError).localizedDescription)
        }
    }
}
