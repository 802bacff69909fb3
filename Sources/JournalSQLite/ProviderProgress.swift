import Events
import Journal

/// How far the deliveries to one provider have come: what is claimed, settled, and still to be walked over.
///
/// A value without I/O. The journal is walked once from the oldest event to the newest; ``position`` is the end of the walk.
/// What the walk handed out is in ``blocks`` until it is settled. What was settled before the walk came there, which happens
/// after a restart only, is in ``ahead``. Deliveries with a row of their own are claimed by their row and kept in ``held``.
struct ProviderProgress: Sendable {
    /// How an event that the walk must pass over came to be held.
    enum Hold: Sendable, Equatable {
        /// Its delivery has a row that says `retrying`.
        case row
        /// It was never settled; a crash interrupted its first attempt.
        case interrupted
    }

    /// Everything up to here was walked over.
    private(set) var position: Int64
    /// Events that were never settled, claimed or not.
    private(set) var pending: Int
    /// Rows that say `retrying`.
    private(set) var retrying: Int
    /// Changes with every claim and release: who prepared a claim outside of the lock sees that another was faster.
    private(set) var version = 0
    /// Events that a request may be carrying while the process dies.
    private(set) var intended: Set<Int64>

    private var blocks: [ClaimedBlock] = []
    private var ahead: SequenceRanges
    private var held: [Int64: Hold] = [:]
    private var released: [Int64] = []
    private var interrupted: [Int64]
    private var rowReads = 0
    private var rowsChangedDuringReads: Set<Int64> = []
    /// When the next retry is due: never later than the earliest that nobody has claimed.
    private(set) var nextDue: Timestamp?
    /// What lowered ``nextDue`` since the read began that is to raise it.
    private var lowestDueDuringReads: Timestamp?

    init(
        position: Int64,
        pending: Int = 0,
        retrying: Int = 0,
        nextDue: Timestamp? = nil,
        ahead: SequenceRanges = SequenceRanges(),
        interrupted: [(sequence: Int64, hold: Hold)] = []
    ) {
        self.position = position
        self.pending = pending
        self.retrying = retrying
        self.nextDue = nextDue
        self.ahead = ahead
        self.ahead.removeAll(through: position)
        self.interrupted = interrupted.map(\.sequence).sorted()
        intended = Set(self.interrupted)
        for (sequence, hold) in interrupted { held[sequence] = hold }
    }

    /// Everything up to here is settled or has a row: a restart begins its walk behind it.
    var cursor: Int64 { blocks.first?.lowestOpen.map { $0 - 1 } ?? position }

    /// The oldest event that was claimed and not settled.
    var oldestOpen: Int64? { blocks.first?.lowestOpen }

    /// How many deliveries are claimed by their row or were interrupted.
    var heldCount: Int { held.count }

    func holdsRow(_ sequence: Int64) -> Bool { held[sequence] == .row }

    /// Whether all events of this provider in the range are settled or have a row.
    func isSettled(_ range: ClosedRange<Int64>) -> Bool {
        if range.upperBound <= cursor { return true }
        return range.upperBound <= position && !blocks.contains { $0.hasOpen(in: range) }
    }

    /// Whether this event, which the walk has not reached, is settled already.
    func isSettledAhead(_ sequence: Int64) -> Bool { ahead.contains(sequence) }

    // MARK: The journal grows

    /// Takes note of a chunk with so many events for this provider.
    mutating func appended(_ range: ClosedRange<Int64>, events: Int) {
        pending += events
        // Who has nothing to do with the chunk need not walk over it later.
        if events == 0, position == range.lowerBound - 1 {
            position = range.upperBound
            version += 1
        }
    }

    // MARK: First attempts

    /// Claims the next events of a stretch of the journal that begins behind ``position``.
    mutating func claim(from stretch: Stretch, limit: BlockLimit, of provider: ProviderName) -> [Stretch.Place] {
        var walk = Walk(provider: provider, limit: limit)
        var end = stretch.end
        search: for (chunkIndex, chunk) in stretch.chunks.enumerated() {
            var sequence = max(chunk.first.rawValue, position + 1)
            while sequence <= chunk.last.rawValue {
                let place = Stretch.Place(chunk: chunkIndex, event: Int(sequence - chunk.first.rawValue))
                if walk.isOwn(chunk.events[place.event].plan), !ahead.contains(sequence) {
                    guard held[sequence] != nil || walk.take(place, bytes: chunk.sizes[place.event]) else {
                        end = sequence - 1
                        break search
                    }
                    walk.passed.append(sequence)
                }
                sequence += 1
            }
        }
        pass(to: max(end, position), events: walk.passed)
        pending -= min(pending, stretch.damagedEvents)
        return walk.taken
    }

    private mutating func pass(to end: Int64, events: [Int64]) {
        position = end
        version += 1
        ahead.removeAll(through: end)
        if !events.isEmpty { blocks.append(ClaimedBlock(events)) }
    }

    /// Events that were given back, oldest first.
    func releasedEvents(limit: Int) -> [Int64] { Array(released.prefix(limit)) }

    /// Claims the first so many of the events that were given back.
    mutating func claimReleased(_ count: Int) {
        released.removeFirst(count)
        version += 1
    }

    // MARK: Deliveries with a row, and those that a crash interrupted

    /// Begins a read of rows that are due; ``claimRows(_:limit:next:)`` or ``endReadingRows()`` ends it.
    mutating func beginReadingRows() {
        if rowReads == 0 { lowestDueDuringReads = nil }
        rowReads += 1
    }

    /// Claims those of the rows read that nobody has claimed or settled since the read began.
    /// - Parameter next: when the earliest row is due, by the same read, apart from these rows and from those that were held.
    mutating func claimRows(_ sequences: [Int64], limit: Int, next: Timestamp?) -> [Int64] {
        let free = sequences.filter { held[$0] == nil && !rowsChangedDuringReads.contains($0) }
        let claimed = Array(free.prefix(limit))
        for sequence in claimed { held[sequence] = .row }
        // What happened while the read ran is not in what it found.
        let known = [next, lowestDueDuringReads, free.count > claimed.count ? Self.overdue : nil]
        nextDue = known.compactMap(\.self).min()
        endReadingRows()
        return claimed
    }

    /// Ends a read that claims nothing.
    mutating func endReadingRows() {
        rowReads -= 1
        if rowReads == 0 { rowsChangedDuringReads.removeAll() }
    }

    /// Some retry is due at this time or later, and nobody has claimed it.
    private mutating func lowerDue(to due: Timestamp) {
        nextDue = min(nextDue ?? due, due)
        if rowReads > 0 { lowestDueDuringReads = min(lowestDueDuringReads ?? due, due) }
    }

    /// Stands for the unknown time of a retry: the next claim finds it out.
    private static let overdue = Timestamp(milliseconds: 0)

    func isHeld(_ sequence: Int64) -> Bool { held[sequence] != nil }

    /// Keeps pipelines from rows that a person is about to change.
    /// - Returns: those that no pipeline holds.
    mutating func holdForRevision(_ sequences: [Int64]) -> [Int64] {
        let free = sequences.filter { held[$0] == nil }
        for sequence in free { held[sequence] = .row }
        return free
    }

    /// Ends ``holdForRevision(_:)``.
    mutating func endRevision(_ sequences: [Int64]) {
        for sequence in sequences { held[sequence] = nil }
        if rowReads > 0 { rowsChangedDuringReads.formUnion(sequences) }
        // Whether it was changed or not: while it was held, nobody saw it.
        if !sequences.isEmpty { lowerDue(to: Self.overdue) }
    }

    /// Whether an event has no outcome, and neither a pipeline nor a person holds it.
    func isUntried(_ sequence: Int64) -> Bool {
        guard held[sequence] == nil else { return false }
        return sequence > position ? !ahead.contains(sequence) : isReleased(sequence)
    }

    /// Keeps pipelines from events that a person is about to give up.
    /// - Returns: those that no pipeline holds.
    mutating func holdUntried(_ sequences: [Int64]) -> [Int64] {
        let free = sequences.filter { isUntried($0) }
        for sequence in free { held[sequence] = .interrupted }
        let taken = Set(free)
        released.removeAll { taken.contains($0) }
        version += 1
        return free
    }

    /// Ends ``holdUntried(_:)``: what was not settled is given back.
    mutating func endHoldingUntried(_ sequences: [Int64]) {
        release(sequences.filter { held[$0] == .interrupted })
    }

    private func isReleased(_ sequence: Int64) -> Bool {
        var (low, high) = (0, released.count)
        while low < high {
            let middle = (low + high) / 2
            if released[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low < released.count && released[low] == sequence
    }

    /// Notes that a person has changed so many rows to, or from, `retrying`.
    mutating func revised(retrying change: Int) {
        retrying += change
    }

    /// Notes that the times of rows have changed.
    mutating func rescheduled() {
        lowerDue(to: Self.overdue)
    }

    /// The deliveries that a crash interrupted; they are held already, and named only once.
    mutating func takeInterrupted() -> [Int64] {
        defer { interrupted = [] }
        return interrupted
    }

    /// Undoes ``takeInterrupted()``.
    mutating func putBackInterrupted(_ sequences: [Int64]) {
        interrupted = sequences
    }

    mutating func intend(_ sequences: [Int64]) {
        intended.formUnion(sequences)
    }

    // MARK: Ends of claims

    /// Cuts a delivered run where an event between two of its neighbours is still open: of a run only the first and the last
    /// number are kept, so that it would stand for that event, too. Events that were given back and claimed again have such
    /// events between them.
    /// - Parameter rows: events that get a row in the same settlement.
    func unbroken(_ run: [Int64], besides rows: Set<Int64>) -> [ArraySlice<Int64>] {
        var pieces: [ArraySlice<Int64>] = []
        var start = 0
        for index in run.indices.dropFirst() where isBroken(between: run[index - 1], run[index], besides: rows) {
            pieces.append(run[start..<index])
            start = index
        }
        pieces.append(run[start...])
        return pieces
    }

    private func isBroken(between left: Int64, _ right: Int64, besides rows: Set<Int64>) -> Bool {
        guard right != left + 1 else { return false }
        guard left < right, right <= position, var index = block(holding: left) else {
            return left >= right || right > position
        }
        while index < blocks.count, blocks[index].first < right {
            if blocks[index].hasOpen(in: (left + 1)...(right - 1), except: rows) { return true }
            index += 1
        }
        return false
    }

    /// Notes that an event's first outcome is on disk, as part of a run or as a row.
    mutating func settleFirst(_ sequence: Int64) {
        endClaim(sequence)
        guard sequence <= position else {
            guard !ahead.contains(sequence) else { return }
            ahead.insert(sequence...sequence)
            pending -= 1
            return
        }
        guard let index = block(holding: sequence), blocks[index].settle(sequence) else { return }
        pending -= 1
        while let first = blocks.first, first.openCount == 0 { blocks.removeFirst() }
    }

    /// Notes that a row has changed or was made.
    /// - Parameter due: when it goes again; nil if it does not.
    mutating func settleRow(_ sequence: Int64, wasRetrying: Bool, due: Timestamp?) {
        settleFirst(sequence)
        retrying += (due == nil ? 0 : 1) - (wasRetrying ? 1 : 0)
        if let due { lowerDue(to: due) }
        if rowReads > 0 { rowsChangedDuringReads.insert(sequence) }
    }

    /// Gives claimed events back; those that are not claimed stay as they are.
    mutating func release(_ sequences: [Int64]) {
        version += 1
        for sequence in sequences {
            intended.remove(sequence)
            let hold = held.removeValue(forKey: sequence)
            if hold == .row { lowerDue(to: Self.overdue) }
            guard hold != .row, sequence <= position, let index = block(holding: sequence),
                blocks[index].isOpen(sequence)
            else { continue }
            let place = released.firstIndex { $0 >= sequence } ?? released.count
            if place == released.count || released[place] != sequence { released.insert(sequence, at: place) }
        }
    }

    private mutating func endClaim(_ sequence: Int64) {
        if !held.isEmpty { held.removeValue(forKey: sequence) }
        if !intended.isEmpty { intended.remove(sequence) }
        if !released.isEmpty { released.removeAll { $0 == sequence } }
    }

    private func block(holding sequence: Int64) -> Int? {
        var (low, high) = (0, blocks.count)
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].last < sequence { low = middle + 1 } else { high = middle }
        }
        return low < blocks.count ? low : nil
    }
}

/// What one walk has seen and taken so far.
private struct Walk {
    let provider: ProviderName
    let limit: BlockLimit
    var taken: [Stretch.Place] = []
    /// The provider's events, those included that are held already.
    var passed: [Int64] = []
    private var bytes = 0
    private var lastPlan: Plan?
    private var lastIsOwn = false

    init(provider: ProviderName, limit: BlockLimit) {
        self.provider = provider
        self.limit = limit
    }

    mutating func isOwn(_ plan: Plan) -> Bool {
        if lastPlan !== plan {
            lastPlan = plan
            lastIsOwn = plan.destination(at: provider) != nil
        }
        return lastIsOwn
    }

    /// - Returns: false if the block is full.
    mutating func take(_ place: Stretch.Place, bytes added: Int) -> Bool {
        guard taken.isEmpty || (taken.count < limit.events && bytes + added <= limit.bytes) else { return false }
        taken.append(place)
        bytes += added
        return true
    }
}
