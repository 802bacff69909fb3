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
    /// A table that is being written to a run.
    struct FrozenTable {
        let table: IdentityTable
        let range: ClosedRange<Int64>
    }

    struct State {
        /// Knows every identity of the parts below.
        var filter: IdentityFilter
        var newest: IdentityTable
        /// The first sequence number that belongs into ``newest``.
        var newestFirst: Int64
        var frozen: [FrozenTable] = []
        /// In journal order, without overlap.
        var runs: [IdentityRun] = []
        var floor: Int64 = 1
        /// What retention has removed.
        var removed: SequenceRanges
        /// What the last looks ahead have returned.
        var touched: (Int64, UInt64) = (0, 0)
        var isFilterGrowing = false
        /// An empty table, to be filled next: its memory is at hand.
        var spare: IdentityTable?
    }

    /// Tables that may wait to be written; at the limit the writer waits too, so that memory stays bounded.
    private static let frozenTables = 4
    /// Tables that may wait while no file can be written.
    private static let mostFrozenTables = 32
    /// How many identities are looked ahead for at a time: more than memory answers side by side, and so few that what it
    /// answered is still at hand.
    private static let lookAhead = 32

    let folder: URL
    private let unit: Int
    let keyCheck: UInt64
    let logger: Logger
    let state: Mutex<State>
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
        self.folder = folder
        self.unit = unit
        self.logger = logger
        keyCheck = key.hash("tollgate identity run")
        let filter = IdentityFilter(capacity: unit * 4)
        state = Mutex(
            State(filter: filter, newest: IdentityTable(expecting: unit), newestFirst: 1, removed: removed)
        )
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: FolderPermissions.folder
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
            (state.frozen.map(\.table) + [state.newest], state.runs)
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
            state.frozen.append(FrozenTable(table: state.newest, range: state.newestFirst...newest))
            state.newest = state.spare.take() ?? IdentityTable(expecting: unit)
            state.newestFirst = newest + 1
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
            state.frozen.append(FrozenTable(table: state.newest, range: state.newestFirst...newest))
            state.newest = IdentityTable()
            state.newestFirst = newest + 1
            flushing.async { self.flushWaiting() }
        }
        flushing.sync {}
        merging.sync {}
    }

    /// Takes note of events that retention has removed.
    func forget(_ range: ClosedRange<Int64>) {
        state.withLock { $0.removed.insert(range) }
    }

    /// Removes runs all of whose events are gone, and in the background the entries of such events where they are the most.
    func removeRuns(below floor: Int64) {
        let gone = state.withLock { state in
            state.floor = floor
            let removed = state.removed
            let gone = state.runs.filter { $0.range.upperBound < floor || removed.contains($0.range) }
            state.runs.removeAll { run in gone.contains { $0 === run } }
            return gone
        }
        remove(gone.map(\.file))
        merging.async { self.mergeAsFarAsNeeded() }
    }

    /// Whether so many tables could not be written that no more identities should come.
    var isBehind: Bool { state.withLock { $0.frozen.count >= Self.mostFrozenTables } }

    /// Writes the tables that wait, also those that could not be written before.
    private func flushWaiting() {
        do {
            while let run = try writeOldest() {
                var written = state.withLock { state in
                    state.runs.append(run)
                    return state.frozen.removeFirst().table
                }
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
        return try write(frozen.table, range: frozen.range)
    }

    func write(_ table: IdentityTable, range: ClosedRange<Int64>) throws -> IdentityRun {
        var writer = try IdentityRunWriter(folder: folder, range: range, keyCheck: keyCheck)
        for entry in table.sorted { try writer.append(entry) }
        try writer.finish()
        return try open(range)
    }

    private func open(_ range: ClosedRange<Int64>) throws -> IdentityRun {
        try IdentityRun(opening: folder.appending(path: IdentityRunWriter.name(of: range)), keyCheck: keyCheck)
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
        let entries = state.withLock { state in
            state.runs.reduce(state.newest.count) { $0 + $1.count }
                + state.frozen.reduce(0) { $0 + $1.table.count }
        }
        let filter = IdentityFilter(capacity: max(unit * 4, entries / 2 * 3))
        var known: [IdentityRun] = []
        while true {
            // Runs are written, and made again, meanwhile.
            let runs = state.withLock { state in
                let runs = state.runs.filter { run in !known.contains { $0 === run } }
                guard runs.isEmpty else { return runs }
                for table in state.frozen.map(\.table) + [state.newest] {
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
                let file = try IdentityMerge.merge(
                    group,
                    floor: floor,
                    removed: removed,
                    folder: folder,
                    keyCheck: keyCheck
                )
                let merged = try IdentityRun(opening: file, keyCheck: keyCheck)
                // Meanwhile one of them may have been made again, or its events removed.
                let isInPlace = state.withLock { $0.replace(group, by: [merged]) }
                remove(isInPlace ? group.map(\.file) : [merged.file])
            } catch {
                logger.warning("parts of the identity index could not be merged", metadata: ["reason": "\(error)"])
                return
            }
        }
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
}

/// A run that could not be read during a look-up.
struct DamagedRun: Error {
    let run: IdentityRun
    let fault: IdentityRunFault
}

extension IdentityIndex.State {
    /// - Returns: nil if nothing has this hash.
    fileprivate func find(_ hash: UInt64) -> IdentityIndex.Candidates? {
        var found = newest.sequences(of: hash)
        for frozen in frozen { found += frozen.table.sequences(of: hash) }
        return found.isEmpty && runs.isEmpty ? nil : IdentityIndex.Candidates(sequences: found, runs: runs)
    }

    /// - Returns: false, and changes nothing, if not all of `old` are there any more.
    mutating func replace(_ old: some Collection<IdentityRun>, by new: [IdentityRun]) -> Bool {
        let rest = runs.filter { run in !old.contains { $0 === run } }
        guard rest.count + old.count == runs.count else { return false }
        runs = (rest + new).sorted { $0.range.lowerBound < $1.range.lowerBound }
        return true
    }
}
