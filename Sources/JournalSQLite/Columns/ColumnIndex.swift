import Dispatch
import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Logging
import Synchronization

/// Finds events by what they say: columns of the newest events in memory, those of older ones in files.
///
/// It is a function of the journal and need not be whole: a search reads from the journal what no segment covers. The writer
/// hands over the chunks that it has committed, in a constant time each; they are taken apart in the background, or by the
/// search that comes first.
final class ColumnIndex: Sendable {
    private struct Pending {
        var chunks: [ChunkFrames] = []
        var bytes = 0
    }

    /// Bytes of chunks that wait before the background takes them apart, and at which the writer waits for it.
    private static let pendingBytes = (toStart: 1 << 20, toWait: 32 << 20)
    /// Maximum number of segments that wait in memory to be written. Beyond it the oldest is discarded, and its events are read from the
    /// journal.
    private static let mostUnwritten = 8

    let key: SipHash
    private let files: ColumnFolder
    private let unit: Int
    private let names: JournalNames
    private let logger: Logger
    /// How long it waits before it tries again what could not be written.
    private let retryPause: Duration
    private let pending = Mutex(Pending())
    private let state: Mutex<ColumnParts>
    private let absorbing = DispatchQueue(label: "tollgate.columns.absorb")
    private let writing = DispatchQueue(label: "tollgate.columns.write")
    private let filling = DispatchQueue(label: "tollgate.columns.fill", qos: .utility)

    /// - Parameters:
    ///   - folder: where the segments are; made if missing.
    ///   - unit: how many events a segment has, at least.
    ///   - key: of the journal's identity hash.
    ///   - removed: what retention has removed.
    init(
        folder: URL,
        unit: Int,
        key: SipHash,
        names: JournalNames,
        removed: SequenceRanges,
        retryPause: Duration,
        logger: Logger
    ) throws {
        self.retryPause = retryPause
        self.unit = unit
        self.key = key
        self.names = names
        self.logger = logger
        files = try ColumnFolder(folder, key: key, logger: logger)
        state = Mutex(ColumnParts(newest: ColumnBuilder(first: 1, key: key), removed: removed))
    }

    // MARK: What the writer calls

    /// Adds a chunk that is on disk now.
    func append(_ chunk: ChunkFrames) {
        let bytes = pending.withLock { pending in
            pending.chunks.append(chunk)
            let before = pending.bytes
            pending.bytes += chunk.byteCount
            return (before: before, now: pending.bytes)
        }
        if bytes.before < Self.pendingBytes.toStart, bytes.now >= Self.pendingBytes.toStart {
            absorbing.async { self.absorb() }
        }
        if bytes.now >= Self.pendingBytes.toWait { absorbing.sync {} }
    }

    /// Leaves out removed events.
    func remove(_ range: ClosedRange<Int64>) {
        state.withLock { $0.removed.insert(range) }
    }

    // MARK: Searching

    /// The segments at one time.
    struct Snapshot {
        /// In journal order.
        let segments: [ColumnSegment]
        /// What must be read from the journal.
        let gaps: [ClosedRange<Int64>]
        let removed: SequenceRanges
    }

    /// All events that were committed before the call.
    func snapshot() -> Snapshot {
        absorbing.sync { absorb() }
        return state.withLock { state in
            if state.newestSegment == nil { state.newestSegment = segment(state.newest) }
            var segments = state.written + state.unwritten
            if let newest = state.newestSegment, newest.count > 0 { segments.append(newest) }
            return Snapshot(segments: segments, gaps: state.gaps, removed: state.removed)
        }
    }

    /// The segments that do not grow any more; what they do not cover must be read from the journal.
    var complete: [ColumnSegment] { state.withLock { $0.written + $0.unwritten } }

    /// What retention has removed.
    var removed: SequenceRanges { state.withLock { $0.removed } }

    /// Makes the segments of a gap from the journal, for one search.
    func forEachSegment(
        of gap: ClosedRange<Int64>,
        _ reader: JournalReader,
        in db: Database,
        _ body: (ColumnSegment) throws -> Bool
    ) throws {
        try ColumnFilling.forEachSegment(of: gap, unit: unit, key: key, files.keyCheck, reader, in: db, body)
    }

    // MARK: Growing

    /// Takes the waiting chunks apart. Runs on the queue ``absorbing``, which keeps them in order.
    private func absorb() {
        let chunks = pending.withLock { pending in
            defer { pending = Pending() }
            return pending.chunks
        }
        guard !chunks.isEmpty else { return }
        let tenants = names.current.tenantNumbers
        for chunk in chunks {
            do throws(ChunkFault) {
                let keys = try chunk.keys()
                state.withLock { state in
                    state.newest.add(keys, tenants: tenants)
                    state.newestSegment = nil
                    if state.newest.count >= unit { endNewest(&state) }
                }
            } catch {
                // Left out here, it is read from the journal by those who search.
                state.withLock { endNewest(&$0, nextFirst: chunk.first.rawValue + Int64(chunk.count)) }
                logger.error("a new chunk cannot be read", metadata: ["reason": "\(error.reason)"])
            }
        }
    }

    /// - Parameter nextFirst: where the next segment begins; after this one if nil.
    private func endNewest(_ state: inout ColumnParts, nextFirst: Int64? = nil) {
        let full = segment(state.newest)
        state.newest = ColumnBuilder(first: nextFirst ?? state.newest.next, key: key)
        state.newestSegment = nil
        guard full.count > 0 else { return }
        state.unwritten.append(full)
        if state.unwritten.count > Self.mostUnwritten { state.unwritten.removeFirst() }
        writing.async { self.writeWaiting() }
    }

    private func segment(_ builder: ColumnBuilder) -> ColumnSegment {
        do throws(ColumnFault) {
            return try ColumnSegment(image: builder.encoded(keyCheck: files.keyCheck), keyCheck: files.keyCheck)
        } catch {
            preconditionFailure("a segment that was just made cannot be read: \(error)")
        }
    }

    private func writeWaiting() {
        while let waiting = state.withLock({ $0.unwritten.first }) {
            do {
                let written = try files.write(waiting)
                let replaced = state.withLock { state in
                    state.unwritten.removeAll { $0 === waiting }
                    return state.install(written)
                }
                files.remove(replaced)
            } catch {
                // It stays where it is found, in memory; after a restart it is made again.
                logger.warning("a segment of the search index could not be written", metadata: ["reason": "\(error)"])
                return retryLater()
            }
        }
        // Some may have been discarded while no file could be written.
        if state.withLock({ !$0.gaps.isEmpty }) { fillGaps() }
    }
}

// MARK: - Opening, filling and forgetting

extension ColumnIndex {
    /// Opens the segments that are on disk.
    ///
    /// - Parameters:
    ///   - floor: the oldest event of the journal.
    ///   - newest: the newest event that ever was; what comes from now on is handed over by ``append(_:)``.
    func open(floor: Int64, newest: Int64) throws {
        let segments = try files.files(from: floor, through: newest)
        let first = ColumnBuilder(first: newest + 1, key: key)
        state.withLock { $0.begin(with: segments, floor: floor, newest: first) }
    }

    /// From now on makes the segments that are missing, in the background.
    func startFilling(_ filling: ColumnFilling) {
        state.withLock { $0.filling = filling }
        fillGaps()
    }

    /// Makes segments until none is missing or the index closes.
    private func fillGaps() {
        filling.async {
            do {
                while let (gap, filling) = self.nextGap() {
                    guard
                        let segment = try filling.segment(of: gap, unit: self.unit, key: self.key, self.files.keyCheck)
                    else { return }
                    try self.install(segment)
                }
            } catch {
                self.logger.warning(
                    "the search index is incomplete, so lists read part of the journal",
                    metadata: ["reason": "\(error)"]
                )
                self.retryLater()
            }
        }
    }

    /// Tries again what could not be written, whether more events come or not.
    fileprivate func retryLater() {
        let mustWait = state.withLock { state in
            defer { state.isRetryDue = true }
            return !state.isRetryDue && !state.isClosing
        }
        guard mustWait else { return }
        writing.asyncAfter(deadline: .now() + retryPause.seconds) { [weak self] in
            guard let self,
                state.withLock({ state in
                    state.isRetryDue = false
                    return !state.isClosing
                })
            else { return }
            writeWaiting()
        }
    }

    private func nextGap() -> (ClosedRange<Int64>, ColumnFilling)? {
        state.withLock { state in
            guard !state.isClosing, let filling = state.filling, let gap = state.nextGap(unit: unit) else { return nil }
            return (gap, filling)
        }
    }

    private func install(_ segment: ColumnSegment) throws {
        let written = try files.write(segment)
        files.remove(state.withLock { $0.install(written) }.filter { $0.file != written.file })
    }

    /// Leaves out a segment that could not be read, so that its events are read from the journal and it can be made again.
    func discard(_ damaged: DamagedSegment) {
        let isKnown = state.withLock { $0.discard(damaged.segment) }
        // If it is not known, another has taken its place while it was searched.
        guard isKnown else { return }
        logger.warning(
            "a file of the search index is rebuilt from the journal",
            metadata: ["file": "\(damaged.segment.file?.lastPathComponent ?? "")", "reason": "\(damaged.fault)"]
        )
        files.remove([damaged.segment])
        fillGaps()
    }

    /// Forgets segments whose events have all been removed.
    func removeSegments(below floor: Int64) {
        let gone = state.withLock { $0.removeSegments(below: floor) }
        files.remove(gone)
    }

    /// Ends the work in the background.
    func close() {
        state.withLock { state in
            state.isClosing = true
            state.filling = nil
        }
        absorbing.sync {}
        writing.sync {}
        filling.sync {}
    }
}

extension Duration {
    fileprivate var seconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
