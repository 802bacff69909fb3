import Events
package import Foundation
import GRDB
package import Journal
import JournalFormat
import Logging

/// Makes again what is made from the journal, and takes damaged chunks from a backup. The gateway must be stopped.
package struct JournalRepair: Sendable {
    private let folder: URL
    private let backup: JournalFile?

    /// What was done.
    package struct Report: Sendable, Equatable {
        /// What the check had found.
        package let found: CheckReport
        /// Files and indexes that were made again.
        package internal(set) var rebuilt: [String] = []
        /// Chunks that were taken from the backup.
        package internal(set) var restored: [String] = []
        /// What is damaged still.
        package internal(set) var left: [JournalFault] = []
        /// Whether the search index is complete. If not, gateways go on building it.
        package internal(set) var isSearchable = true
    }

    /// - Parameter backup: a folder with a backup of the same journal; nil: damaged chunks stay.
    /// - Throws: ``StoreError`` if one of the two is not a journal, or the backup is of another journal.
    package init(of folder: URL, from backup: URL? = nil) throws(StoreError) {
        self.folder = folder
        let own = try JournalFile(reading: folder).summary().journalID
        guard let backup else {
            self.backup = nil
            return
        }
        let file = try JournalFile(reading: backup)
        guard let own, try file.summary().journalID == own else {
            throw .unusable(path: backup.path, reason: "it is a backup of another journal")
        }
        self.backup = file
    }

    /// Checks, repairs, and opens the journal once. Raises an older layout.
    /// - Throws: ``StoreError/folderInUse(path:process:)`` if a gateway runs.
    package func run() async throws(StoreError) -> Report {
        var report = try await BlockingWork.run { () throws(StoreError) in try repairFiles() }
        // Reads the identities again that are missing, and fills the search index in the background.
        let store = try SQLiteEventStore(opening: folder, logger: JournalFile.silence)
        report.isSearchable = await store.waitForSearchIndex()
        await store.close()
        return report
    }

    private func repairFiles() throws(StoreError) -> Report {
        let held = try DataFolder(opening: folder, logger: JournalFile.silence)
        defer { held.release() }
        try MovedMark(folder: folder).check(folder)
        var report = Report(found: try JournalCheck(of: folder).run())
        do {
            try repair(&report)
        } catch {
            throw StoreError(error, retryAfter: .zero)
        }
        return report
    }

    private func repair(_ report: inout Report) throws {
        let file = folder.appending(path: JournalFile.name)
        let queue = try DatabaseQueue(path: file.path)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        for fault in report.found.faults {
            switch fault.location {
            case .file(let path):
                // It has nothing that the journal does not have.
                try FileManager.default.removeItem(at: folder.appending(path: path))
                report.rebuilt.append(fault.location.text)
            case .index(let name):
                if !report.rebuilt.contains(fault.location.text) {
                    try queue.write { try $0.execute(sql: "REINDEX \(name.quotedDatabaseIdentifier)") }
                    report.rebuilt.append(fault.location.text)
                }
            case .chunk(let first, let last):
                if try restore(first...last, in: queue) {
                    report.restored.append(fault.location.text)
                } else {
                    report.left.append(fault)
                }
            case .database: report.left.append(fault)
            }
        }
        try queue.close()
    }

    /// Takes a chunk from the backup, and lets the walks of deliveries begin before it: what is settled of it has runs and rows.
    /// - Returns: false if the backup does not have it.
    private func restore(_ range: ClosedRange<Int64>, in queue: DatabaseQueue) throws -> Bool {
        let facts = try queue.read { db in try ChunkFacts.fetch(range.lowerBound, in: db) }
        guard let content = try backup?.wholeChunk(range, facts) else { return false }
        try queue.write { db in
            try db.execute(
                sql: "UPDATE chunks SET content = ? WHERE first = ?",
                arguments: [Data(content), range.lowerBound]
            )
            try db.execute(sql: "DELETE FROM damage WHERE first = ?", arguments: [range.lowerBound])
            let isLane = try db.tableExists("lanes") ? "AND number NOT IN (SELECT account FROM lanes)" : ""
            try db.execute(
                sql: "UPDATE providers SET cursor = ? WHERE cursor >= ? \(isLane)",
                arguments: [range.lowerBound - 1, range.lowerBound]
            )
        }
        return true
    }
}

extension JournalFile {
    /// The bytes of a chunk; nil if it is not there or is damaged here too, or if other events have its numbers here.
    fileprivate func wholeChunk(_ range: ClosedRange<Int64>, _ facts: ChunkFacts?) throws(StoreError) -> [UInt8]? {
        try read { db in
            guard try ChunkFacts.fetch(range.lowerBound, in: db) == facts else { return nil }
            let names = try reader(db).names.current
            let rows = try Row.fetchCursor(
                db,
                sql: "SELECT \(ChunkRow.columns) FROM chunks WHERE first = ? AND count = ?",
                arguments: [range.lowerBound, Int64(range.count)]
            )
            guard let row = try rows.next().map(ChunkRow.init), case .success = try row.events(names: names) else {
                return nil
            }
            return try row.content()
        }
    }
}

extension SQLiteEventStore {
    private static let pause = Duration.milliseconds(50)
    /// Without progress for so long, something keeps the index from being written.
    private static let patience = Duration.seconds(60)

    /// Waits until the search index has all events.
    /// - Returns: false if it makes no progress.
    fileprivate func waitForSearchIndex() async -> Bool {
        var (missing, since) = (Int64.max, ContinuousClock.now)
        while true {
            let left = parts.columns.snapshot().gaps.reduce(0) { $0 + Int64($1.count) }
            if left == 0 { return true }
            if left < missing { (missing, since) = (left, .now) }
            if ContinuousClock.now - since > Self.patience { return false }
            do { try await Task.sleep(for: Self.pause) } catch { return false }
        }
    }
}
