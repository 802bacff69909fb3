import Foundation
import Journal
import JournalFormat
import Logging
import Synchronization

extension IdentityIndex {
    /// Opens the runs that are on disk.
    /// - Returns: the ranges between `floor` and `newest` that no run covers, oldest first: their events must be inserted again.
    func openRuns(floor: Int64, newest: Int64) throws -> [ClosedRange<Int64>] {
        var runs: [IdentityRun] = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            guard let run = usable(file) else { continue }
            runs.append(run)
        }
        // A crash after a merge leaves the merged run beside its parts.
        runs.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var kept: [IdentityRun] = []
        var gaps: [ClosedRange<Int64>] = []
        var next = floor
        for run in runs {
            guard run.range.upperBound >= floor, run.range.upperBound <= newest,
                run.range.lowerBound > kept.last?.range.upperBound ?? 0
            else {
                remove([run.file])
                continue
            }
            if run.range.lowerBound > next { gaps.append(next...(run.range.lowerBound - 1)) }
            kept.append(run)
            next = max(next, run.range.upperBound + 1)
        }
        if next <= newest { gaps.append(next...newest) }
        state.withLock { state in
            state.runs = kept
            state.floor = floor
            state.newestFirst = newest + 1
        }
        return gaps
    }

    /// Puts the entries of a gap back: those of the newest gap into memory, others into a run.
    func fill(_ gap: ClosedRange<Int64>, with table: IdentityTable, isNewest: Bool) throws {
        let run = isNewest ? nil : try write(table, range: gap)
        state.withLock { state in
            for entry in table.entries { state.filter.insert(entry.hash) }
            if let run {
                state.runs.append(run)
                state.runs.sort { $0.range.lowerBound < $1.range.lowerBound }
            } else {
                state.newest = table
                state.newestFirst = gap.lowerBound
            }
        }
    }

    /// Whether this run is looked into.
    func has(_ run: IdentityRun) -> Bool {
        state.withLock { $0.runs.contains { $0 === run } }
    }

    /// The runs that lie in this range.
    func runs(in range: ClosedRange<Int64>) -> [IdentityRun] {
        state.withLock { $0.runs.filter { $0.range.overlaps(range) } }
    }

    /// Writes a part of what a damaged run had.
    /// - Returns: a run that nobody looks into yet.
    func makeAgain(_ range: ClosedRange<Int64>, from table: IdentityTable) throws -> IdentityRun {
        let run = try write(table, range: range)
        state.withLock { state in
            for entry in table.entries { state.filter.insert(entry.hash) }
        }
        return run
    }

    /// Puts runs that were made again in the place of a damaged one.
    ///
    /// It keeps its place until then: runs beside a gap would be merged across it, and a gap that cannot be filled would be forgotten.
    func replace(_ run: IdentityRun, by new: [IdentityRun], because fault: IdentityRunFault) {
        warnOfRemaking(run.file, fault)
        let isInPlace = state.withLock { $0.replace([run], by: new) }
        let kept = isInPlace ? new : []
        // A new run may have taken over the name.
        let gone = isInPlace ? [run] : new
        remove(gone.map(\.file).filter { file in !kept.contains { $0.file == file } })
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

    private func warnOfRemaking(_ file: URL, _ fault: IdentityRunFault) {
        logger.warning(
            "a file of the identity index is made again from the journal",
            metadata: ["file": "\(file.lastPathComponent)", "reason": "\(fault)"]
        )
    }
}
