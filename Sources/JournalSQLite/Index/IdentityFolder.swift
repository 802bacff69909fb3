import Foundation
import Journal
import JournalFormat
import Logging

/// The folder of the identity index: a file a run.
struct IdentityFolder: Sendable {
    let folder: URL
    /// A hash under the journal's key, so that a run of another journal is not taken for one of this.
    let keyCheck: UInt64
    let logger: Logger

    /// Makes the folder if it is missing.
    init(_ folder: URL, key: SipHash, logger: Logger) throws {
        self.folder = folder
        self.logger = logger
        keyCheck = key.hash("tollgate identity run")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: FolderPermissions.folder
        )
    }

    /// Writes a table as a run.
    func write(_ table: IdentityTable, range: ClosedRange<Int64>) throws -> IdentityRun {
        var writer = try IdentityRunWriter(folder: folder, range: range, keyCheck: keyCheck)
        for entry in table.sorted { try writer.append(entry) }
        let file = writer.file
        try writer.finish()
        return try IdentityRun(opening: file, keyCheck: keyCheck)
    }

    /// Writes one run with the entries of several, but for those of events that are gone.
    func merge(_ runs: ArraySlice<IdentityRun>, floor: Int64, removed: SequenceRanges) throws -> IdentityRun {
        let file = try IdentityMerge.merge(runs, floor: floor, removed: removed, folder: folder, keyCheck: keyCheck)
        return try IdentityRun(opening: file, keyCheck: keyCheck)
    }

    /// Opens the runs between two events, in journal order and without overlap, and removes all other files.
    func runs(from floor: Int64, through newest: Int64) throws -> [IdentityRun] {
        var runs: [IdentityRun] = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            if let run = usable(file) { runs.append(run) }
        }
        // A crash after a merge leaves the merged run beside its parts.
        runs.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var kept: [IdentityRun] = []
        for run in runs {
            if run.range.upperBound >= floor, run.range.upperBound <= newest,
                run.range.lowerBound > kept.last?.range.upperBound ?? 0
            {
                kept.append(run)
            } else {
                remove([run.file])
            }
        }
        return kept
    }

    func remove(_ files: [URL]) {
        for file in files {
            do {
                try FileManager.default.removeItem(at: file)
            } catch {
                logger.warning(
                    "a file of the identity index could not be removed",
                    metadata: ["file": "\(file.lastPathComponent)", "reason": "\(error)"]
                )
            }
        }
    }

    /// Says that a run is of no use any more.
    func warnOfRemaking(_ file: URL, _ fault: IdentityRunFault) {
        logger.warning(
            "a file of the identity index is made again from the journal",
            metadata: ["file": "\(file.lastPathComponent)", "reason": "\(fault)"]
        )
    }

    private func usable(_ file: URL) -> IdentityRun? {
        guard file.pathExtension == "run" else {
            remove([file])
            return nil
        }
        do throws(IdentityRunFault) {
            return try IdentityRun(opening: file, keyCheck: keyCheck)
        } catch {
            warnOfRemaking(file, error)
            remove([file])
            return nil
        }
    }
}
