import Dispatch
import Events
import GRDB
import Journal
import JournalFormat
import Synchronization

/// Reads, beside the writer, the old events that requests seem to repeat, and makes damaged parts of the identity index again.
///
/// Both take milliseconds to minutes, for which the writer would hold up every commit.
final class DuplicateFinder: Sendable {
    let pool: DatabasePool
    private let index: IdentityIndex
    private let reader: JournalReader
    private let commits: GroupCommit
    private let settings: SQLiteStoreSettings
    private let reading = DispatchQueue(label: "tollgate.duplicates")
    private let repairing = DispatchQueue(label: "tollgate.index.repair")
    /// Bytes of the requests that are here.
    private let bytes = Mutex(0)

    init(
        pool: DatabasePool,
        index: IdentityIndex,
        reader: JournalReader,
        commits: GroupCommit,
        settings: SQLiteStoreSettings
    ) {
        self.pool = pool
        self.index = index
        self.reader = reader
        self.commits = commits
        self.settings = settings
    }

    /// Looks for what a request must be compared with, and hands it to the writer again.
    /// - Parameters:
    ///   - new: the places of events in the request that were found to be new.
    ///   - runs: all that there were by then.
    func look(
        _ append: PreparedAppend,
        besides new: Set<Int>,
        _ runs: [IdentityRun],
        _ answer: WriteOperation.Answer<[AppendResult]>
    ) {
        let size = append.encoded.frames.count
        let isTaken = bytes.withLock { bytes in
            guard bytes == 0 || bytes + size <= settings.waitingBytes else { return false }
            bytes += size
            return true
        }
        guard isTaken else {
            return answer.resume(returning: .failure(.full(retryAfter: settings.retryAfterFull)))
        }
        reading.async { self.find(append, IdentityLookup(new: new, runs: runs), answer) }
    }

    private func find(
        _ append: PreparedAppend,
        _ started: IdentityLookup,
        _ answer: WriteOperation.Answer<[AppendResult]>
    ) {
        var lookup = started
        do {
            try fill(&lookup, for: append)
            var known = append
            known.lookup = lookup
            leave(append)
            commits.submit(.append(known, answer))
        } catch let damaged as DamagedRun {
            repairing.async {
                do {
                    try self.replace(damaged)
                    let again = IdentityLookup(new: started.new, runs: self.index.currentRuns)
                    self.reading.async { self.find(append, again, answer) }
                } catch {
                    self.fail(append, answer, error)
                }
            }
        } catch {
            fail(append, answer, error)
        }
    }

    private func fill(_ lookup: inout IdentityLookup, for append: PreparedAppend) throws {
        let new = lookup.new
        var wanted: Set<Int64> = []
        let hashes = Set(append.identities.indices.lazy.filter { !new.contains($0) }.map { append.identities[$0].hash })
        for (hash, sequences) in index.possible(hashes) {
            wanted.formUnion(sequences)
            for run in lookup.runs {
                do throws(IdentityRunFault) {
                    let found = try run.sequences(of: hash)
                    guard !found.isEmpty else { continue }
                    lookup.sequences[hash, default: []] += found
                    wanted.formUnion(found)
                } catch {
                    throw DamagedRun(run: run, fault: error)
                }
            }
        }
        guard !wanted.isEmpty else { return }
        let sequences = wanted.sorted()
        let reader = reader
        lookup.events = try pool.read { try reader.chosenEvents(at: sequences, limitBytes: .max, in: $0) } ?? [:]
    }

    private func fail(_ append: PreparedAppend, _ answer: WriteOperation.Answer<[AppendResult]>, _ error: any Error) {
        leave(append)
        answer.resume(returning: .failure(StoreError(error, retryAfter: settings.retryAfterFull)))
    }

    private func leave(_ append: PreparedAppend) {
        bytes.withLock { $0 -= append.encoded.frames.count }
    }

    // MARK: Repairing

    /// Makes a damaged run again, while everything else continues.
    func repair(_ damaged: DamagedRun) async throws(StoreError) {
        let result: Result<Void, StoreError> = await withCheckedContinuation { continuation in
            repairing.async {
                do {
                    try self.replace(damaged)
                    continuation.resume(returning: .success(()))
                } catch {
                    let failure = StoreError(error, retryAfter: self.settings.retryAfterFull)
                    continuation.resume(returning: .failure(failure))
                }
            }
        }
        try result.get()
    }

    private func replace(_ damaged: DamagedRun) throws {
        let rebuild = IdentityRebuild(index: index, reader: reader, unit: settings.newestIdentities)
        try pool.read { db in _ = try rebuild.replace(damaged.run, because: damaged.fault, in: db) }
    }

    /// Ends the work in progress, and closes the connections.
    func close() throws {
        repairing.sync {}
        reading.sync {}
        repairing.sync {}
        try pool.close()
    }
}
