import Dispatch
import Foundation
import Journal
import JournalFormat
import Logging
import Synchronization

/// Finds the events that may have an identity: the newest in a table, older ones in sorted runs. A filter tells new identities
/// from those that may be in either.
///
/// It is a function of the journal: what a crash or a damaged file takes from it is read from the journal again. The writer alone
/// inserts; everyone may look up. Runs are written and merged on a queue in the background.
final class IdentityIndex: Sendable {
    /// Tables that may wait to be written; at the limit the writer waits too, so that memory stays bounded.
    private static let frozenTables = 4
    /// Tables that may wait while no file can be written.
    private static let mostFrozenTables = 32
    /// How many identities are looked ahead for at a time: more than memory answers side by side, and so few that what it
    /// answered is still at hand.
    private static let lookAhead = 32

    private let unit: Int
    private let files: IdentityFolder
    private let logger: Logger
    private let state: Mutex<IdentityParts>
    private let flushing = DispatchQueue(label: "tollgate.index.flush")
    private let merging = DispatchQueue(label: "tollgate.index.merge")

    /// - Parameters:
    ///   - folder: where the runs are; made if missing.
    ///   - unit: how many entries the table in memory holds before it becomes a run.
    ///   - key: of the journal's identity hash.
    ///   - removed: what retention has removed.
    init(
        folder: URL,
        unit: Int,
        key: SipHash,
        removed: SequenceRanges = SequenceRanges(),
        logger: Logger
    ) throws {
        self.unit = unit
        self.logger = logger
        files = try IdentityFolder(folder, key: key, logger: logger)
        state = Mutex(
            IdentityParts(
                filter: IdentityFilter(capacity: unit * 4),
                newest: IdentityTable(expecting: unit),
                removed: removed
            )
        )
    }

    // MARK: Looking up

    /// What a look-up found before any file is read.
    struct Candidates {
        /// Events in memory that have the hash.
        let sequences: [Int64]
        /// Those that were written; they may know more.
        let runs: [IdentityRun]
    }

    /// Inserts identities under ascending sequence numbers, until it comes to one that something in the index may have.
    /// - Returns: how many were inserted, and what was found for the next; nil if all were.
    func insert(_ identities: ArraySlice<EventIdentity>, from first: Int64) -> (inserted: Int, Candidates?) {
        state.withLock { state in
            for start in stride(from: identities.startIndex, to: identities.endIndex, by: Self.lookAhead) {
                let group = identities[start..<min(start + Self.lookAhead, identities.endIndex)]
                if group.count > 1 { state.touched = (state.newest.touch(group), state.filter.touch(group)) }
                for (index, identity) in zip(group.indices, group) {
                    let inserted = index - identities.startIndex
                    if state.filter.insert(identity.hash), let candidates = state.find(identity.hash) {
                        return (inserted, candidates)
                    }
                    state.newest.insert(identity.hash, first + Int64(inserted), isScoped: identity.isScoped)
                }
            }
            return (identities.count, nil)
        }
    }

    /// Inserts an identity, whatever else has its hash.
    func insert(_ identity: EventIdentity, _ sequence: Int64) {
        state.withLock { state in
            state.filter.insert(identity.hash)
            state.newest.insert(identity.hash, sequence, isScoped: identity.isScoped)
        }
    }

    /// Takes insertions back that were not committed, the last first.
    func remove(_ entries: [IdentityEntry]) {
        guard !entries.isEmpty else { return }
        state.withLock { state in
            for entry in entries.reversed() { state.newest.remove(entry.hash, entry.sequence) }
        }
    }

    /// All events that have this id in whatever scope, and perhaps some others; ascending.
    /// - Throws: ``DamagedRun`` with the run that must be made again.
    func sequences(sharing hash: UInt64) throws(DamagedRun) -> [Int64] {
        let shared = IdentityHash.sharedByScopes
        let (tables, runs) = state.withLock { state in
            (state.tables, state.runs)
        }
        var found: Set<Int64> = []
        for table in tables {
            found.formUnion(table.sequences(of: hash))
            for entry in table.scoped where entry.hash & shared == hash & shared { found.insert(entry.sequence) }
        }
        for run in runs {
            do throws(IdentityRunFault) {
                found.formUnion(try run.sequences(of: hash, mask: shared))
            } catch {
                throw DamagedRun(run: run, fault: error)
            }
        }
        return found.sorted()
    }

    /// The current runs, in journal order.
    var currentRuns: [IdentityRun] { state.withLock { $0.runs } }

    /// What may have these hashes, without a look into runs: for each that something may have, the events in memory that do.
    func possible(_ hashes: some Sequence<UInt64>) -> [(hash: UInt64, sequences: [Int64])] {
        state.withLock { state in
            hashes.compactMap { hash in
                guard state.filter.contains(hash), let candidates = state.find(hash) else { return nil }
                return (hash, candidates.sequences)
            }
        }
    }

    // MARK: Growing

    /// Hands the table over to the background when it is full. The writer calls this after a commit.
    /// - Parameter newest: the newest event of the journal.
    func flushIfFull(newest: Int64) {
        let isTooFast = state.withLock { state in
            guard state.newest.count >= unit, newest >= state.newestFirst else { return false }
            state.freeze(through: newest, next: state.spare.take() ?? IdentityTable(expecting: unit))
            flushing.async { self.flushWaiting() }
            if state.filter.count > state.filter.capacity, !state.isFilterGrowing {
                state.isFilterGrowing = true
                merging.async { self.growFilter() }
            }
            return state.frozen.count > Self.frozenTables
        }
        if isTooFast { flushing.sync {} }
    }

    /// Writes all that is in memory to runs, so that the next start need not read it from the journal.
    func flushAll(newest: Int64) {
        state.withLock { state in
            guard state.newest.count > 0, newest >= state.newestFirst else { return }
            state.freeze(through: newest, next: IdentityTable())
            flushing.async { self.flushWaiting() }
        }
        flushing.sync {}
        merging.sync {}
    }

    /// Takes note of events that retention has removed.
    func forget(_ range: ClosedRange<Int64>) {
        state.withLock { $0.removed.insert(range) }
    }

    /// Removes runs whose events have all been removed, and in the background the entries of such events where they are the most.
    func removeRuns(below floor: Int64) {
        let gone = state.withLock { $0.removeRuns(below: floor) }
        files.remove(gone)
        merging.async { self.mergeAsFarAsNeeded() }
    }

    /// Whether so many tables could not be written that no more identities should come.
    var isBehind: Bool { state.withLock { $0.frozen.count >= Self.mostFrozenTables } }

    /// Writes the tables that wait, also those that could not be written before.
    private func flushWaiting() {
        do {
            while let run = try writeOldest() {
                var written = state.withLock { $0.thaw(into: run) }
                merging.async { self.mergeAsFarAsNeeded() }
                // Clearing it costs less than new memory for the next table.
                written.removeAll()
                state.withLock { $0.spare = written }
            }
        } catch {
            // The entries stay where they are found, in memory; after a restart they come from the journal.
            logger.warning("a part of the identity index could not be written", metadata: ["reason": "\(error)"])
        }
    }

    /// - Returns: nil if no table waits.
    private func writeOldest() throws -> IdentityRun? {
        guard let frozen = state.withLock({ $0.frozen.first }) else { return nil }
        return try files.write(frozen.table, range: frozen.range)
    }

    private func growFilter() {
        do throws(DamagedRun) {
            try makeFilter()
        } catch {
            // The one there is stays, right but too full, until the damaged run has been looked up and made again.
            let reason = "\(error.run.file.lastPathComponent): \(error.fault)"
            logger.warning("the identity filter could not be made larger", metadata: ["reason": "\(reason)"])
            state.withLock { $0.isFilterGrowing = false }
        }
    }

    /// Makes the filter from all that the index has, with room for half as much again.
    /// - Throws: ``DamagedRun`` with the run that must be made again; the filter is as before.
    func makeFilter() throws(DamagedRun) {
        let entries = state.withLock { $0.count }
        let filter = IdentityFilter(capacity: max(unit * 4, entries / 2 * 3))
        var known: [IdentityRun] = []
        while true {
            // Runs are written, and made again, meanwhile.
            let runs = state.withLock { state in
                let runs = state.runs.filter { run in !known.contains { $0 === run } }
                guard runs.isEmpty else { return runs }
                for table in state.tables {
                    for entry in table.entries { filter.insert(entry.hash) }
                }
                state.filter = filter
                state.isFilterGrowing = false
                return []
            }
            if runs.isEmpty { return }
            for run in runs {
                do throws(IdentityRunFault) {
                    try run.forEachHash { filter.insert($0) }
                } catch {
                    throw DamagedRun(run: run, fault: error)
                }
            }
            known += runs
        }
    }

    private func mergeAsFarAsNeeded() {
        while true {
            let (runs, floor, removed) = state.withLock { ($0.runs, $0.floor, $0.removed) }
            guard
                let group = IdentityMerge.candidates(in: runs, unit: unit)
                    ?? IdentityMerge.sparse(in: runs, removed: removed)
            else { return }
            do {
                let merged = try files.merge(group, floor: floor, removed: removed)
                // Meanwhile one of them may have been made again, or its events removed.
                let isInPlace = state.withLock { $0.replace(group, by: [merged]) }
                files.remove(isInPlace ? Array(group) : [merged])
            } catch {
                logger.warning("parts of the identity index could not be merged", metadata: ["reason": "\(error)"])
                return
            }
        }
    }
}

// MARK: - Opening, and making damaged runs again

extension IdentityIndex {
    /// Opens the runs that are on disk.
    /// - Returns: the ranges between `floor` and `newest` that no run covers, oldest first: their events must be inserted again.
    func openRuns(floor: Int64, newest: Int64) throws -> [ClosedRange<Int64>] {
        let runs = try files.files(from: floor, through: newest)
        return state.withLock { $0.begin(with: runs, floor: floor, newest: newest) }
    }

    /// Puts the entries of a gap back: those of the newest gap into memory, others into a run.
    func fill(_ gap: ClosedRange<Int64>, with table: IdentityTable, isNewest: Bool) throws {
        let run = isNewest ? nil : try files.write(table, range: gap)
        state.withLock { $0.fill(gap, with: table, as: run) }
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
        let run = try files.write(table, range: range)
        state.withLock { state in
            for entry in table.entries { state.filter.insert(entry.hash) }
        }
        return run
    }

    /// Puts runs that were made again in the place of a damaged one.
    ///
    /// It keeps its place until then: runs beside a gap would be merged across it, and a gap that cannot be filled would be forgotten.
    func replace(_ run: IdentityRun, by new: [IdentityRun], because fault: IdentityRunFault) {
        files.warnOfRemaking(run.file, fault)
        let isInPlace = state.withLock { $0.replace([run], by: new) }
        let kept = isInPlace ? new : []
        // A new run may have the name of the damaged one.
        let gone = isInPlace ? [run] : new
        files.remove(gone.filter { run in !kept.contains { $0.file == run.file } })
    }
}

/// A run that could not be read during a look-up.
struct DamagedRun: Error {
    let run: IdentityRun
    let fault: IdentityRunFault
}
