package import Events
package import Foundation
import GRDB
import Journal
import JournalFormat

/// Copies the journal of a data folder into a backup, also while a gateway runs.
///
/// Chunks never change, so they are copied first, in pieces, and a copy that was interrupted continues after the last of them; so does the
/// next backup into the same folder. Then one state of the journal is read, with what has been added since and all other tables.
package struct JournalBackup: Sendable {
    private let folder: URL
    private let target: URL
    private let bytesPerSecond: Int?

    /// What was copied.
    package struct Report: Sendable, Equatable {
        package let manifest: BackupManifest
        /// Bytes that this run has copied.
        package let copiedBytes: Int
        /// Chunks that are damaged in the journal, and so in the backup.
        package let damaged: [JournalFault]
    }

    /// How far a copy has come.
    package struct Progress: Sendable, Equatable {
        /// Events, of those that there were at the beginning.
        package let done: Int64
        package let total: Int64
    }

    /// - Parameters:
    ///   - target: a folder; it is made if it is missing.
    ///   - bytesPerSecond: maximum rate; nil: as fast as possible.
    package init(of folder: URL, to target: URL, bytesPerSecond: Int? = nil) {
        self.folder = folder
        self.target = target
        self.bytesPerSecond = bytesPerSecond
    }

    /// Blocks until the backup is on disk.
    /// - Parameter now: for the manifest.
    package func run(at now: Timestamp, progress: (Progress) -> Void = { _ in }) throws(BackupFault) -> Report {
        guard target.standardizedFileURL.path != folder.standardizedFileURL.path else {
            throw .target(path: target.path, reason: "it is the data folder itself")
        }
        let source: JournalFile
        do throws(StoreError) {
            source = try JournalFile(reading: folder)
        } catch {
            throw .journal(error)
        }
        do {
            let lock = try prepareTarget()
            defer { lock.release() }
            return try copy(source, at: now, progress)
        } catch {
            throw fault(error)
        }
    }

    /// Makes the folder, and refuses one that has other things in it, such as a data folder.
    private func prepareTarget() throws -> FolderLock {
        try FileManager.default.createDirectory(
            at: target,
            withIntermediateDirectories: true,
            attributes: FolderPermissions.folder
        )
        let names = try FileManager.default.contentsOfDirectory(atPath: target.path)
        if let other = names.sorted().first(where: { !Self.own.contains($0) }) {
            throw BackupFault.target(path: target.path, reason: "it has other files, such as \(other)")
        }
        return try FolderLock(folder: target)
    }

    /// What a backup has, and what an interrupted one leaves.
    private static let own: Set<String> = [
        "lock", JournalFile.name, "\(JournalFile.name)-journal", BackupManifest.name, "\(BackupManifest.name).new",
        BackupManifest.keys, "\(BackupManifest.keys).new",
    ]

    private func copy(_ source: JournalFile, at now: Timestamp, _ progress: (Progress) -> Void) throws -> Report {
        var copying = try BackupCopy(
            from: source,
            to: target,
            rate: CopyRate(bytesPerSecond: bytesPerSecond, from: .now)
        )
        let manifest = target.appending(path: BackupManifest.name)
        let hasManifest = FileManager.default.fileExists(atPath: manifest.path)
        try copying.begin(damaged: hasManifest ? (try? BackupManifest(in: target))?.damaged ?? [] : [])
        // From here on the backup is unfinished.
        if hasManifest {
            try FileManager.default.removeItem(at: manifest)
            try DurableFile.flush(target)
        }
        try copying.copyDamaged()
        try copying.copyChunks(progress)
        let state = try copying.copyState()
        try copying.close()
        var files = [try BackupManifest.File(of: JournalFile.name, in: target)]
        let keys = BackupManifest.keys
        if FileManager.default.fileExists(atPath: folder.appending(path: keys).path) {
            try DurableFile.copy(folder.appending(path: keys), to: target.appending(path: keys))
            files.append(try BackupManifest.File(of: keys, in: target))
        }
        let written = BackupManifest(
            journal: state.journalID,
            layout: source.layout,
            events: state.events,
            newest: state.newest,
            takenAt: now.rfc3339,
            files: files,
            damaged: state.damaged
        )
        try written.write(to: target)
        return Report(manifest: written, copiedBytes: copying.copiedBytes, damaged: copying.damaged)
    }

    private func fault(_ error: any Error) -> BackupFault {
        switch error {
        case let fault as BackupFault: fault
        case let error as StoreError: .journal(error)
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: .targetFull(path: target.path)
        // What is written is not read again.
        case let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT:
            .journal(.failed(reason: error.plainReason))
        case let error as DatabaseError: .target(path: target.path, reason: error.plainReason)
        case let error as POSIXError where error.code == .ENOSPC: .targetFull(path: target.path)
        case let error as CocoaError where error.code == .fileWriteOutOfSpace: .targetFull(path: target.path)
        default: .target(path: target.path, reason: (error as NSError).localizedDescription)
        }
    }
}
