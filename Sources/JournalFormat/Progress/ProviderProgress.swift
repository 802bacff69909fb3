package import Events
package import Journal

/// How far the deliveries to one provider have come: what is claimed, settled, and still to be walked over.
///
/// A value without I/O. Under each lease the journal is walked once from the cursor to the newest event; ``position`` is the end of the
/// walk. What the walk handed out is in `claimed` until it is settled. What was settled under an earlier lease, after what was not, is
/// in `ahead`, and the walk skips it. Deliveries with a row of their own are claimed by their row and kept in `held`.
package struct ProviderProgress: Sendable {
    /// How an event that the walk must skip came to be held.
    package enum Hold: Sendable, Equatable {
        /// Its delivery has a row that says `retrying`.
        case row
        /// It was never settled; a crash interrupted its first attempt.
        case interrupted
    }

    /// Everything up to here was walked over.
    package private(set) var position: Int64
    /// Events that were never settled, claimed or not.
    package private(set) var pending: Int
    /// Rows that say `retrying`.
    package internal(set) var retrying: Int
    /// Events that a request may be carrying while the process dies.
    package private(set) var intended: Set<Int64>

    /// Whether it is a lane's: how many events it has left is known of those alone that are claimed.
    package let isLane: Bool
    private var claimed = ClaimedBlocks()
    private(set) var ahead: SequenceRanges
    var held: [Int64: Hold] = [:]
    /// Rows that a person is about to change.
    var revising: Set<Int64> = []
    var interrupted: [Int64]
    var retries: RetryTimes

    /// - Parameters:
    ///   - position: where the walk begins.
    ///   - isLane: whether it is the progress of a lane, to which no new events belong by their plans.
    ///   - pending: how many events after it were never settled.
    ///   - retrying: how many rows say `retrying`, and when the next of them is due.
    ///   - ahead: what is settled after the position.
    ///   - interrupted: what a crash interrupted.
    package init(
        position: Int64,
        isLane: Bool = false,
        pending: Int = 0,
        retrying: Int = 0,
        nextDue: Timestamp? = nil,
        ahead: SequenceRanges = SequenceRanges(),
        interrupted: [(sequence: Int64, hold: Hold)] = []
    ) {
        self.position = position
        self.isLane = isLane
        self.pending = pending
        self.retrying = retrying
        retries = RetryTimes(next: nextDue)
        self.ahead = ahead
        self.ahead.removeAll(through: position)
        self.interrupted = interrupted.map(\.sequence).sorted()
        intended = Set(self.interrupted)
        for (sequence, hold) in interrupted { held[sequence] = hold }
    }

    /// Everything up to here is settled or has a row: a restart begins its walk after it.
    package var cursor: Int64 { claimed.lowestOpen.map { $0 - 1 } ?? position }

    /// The oldest event that was claimed and not settled.
    package var oldestOpen: Int64? { claimed.lowestOpen }

    /// What waits, without what retries: the events of ``open``, and those after ``position`` that are not in ``ahead``.
    package struct Waiting: Sendable {
        package let position: Int64
        /// Claimed and not settled, ascending.
        package let open: [Int64]
        package let ahead: SequenceRanges
        /// Rows that say `retrying`.
        package let retrying: Int
        /// All of it, those that retry included.
        package let events: Int
    }

    /// What waits now.
    package var waiting: Waiting {
        Waiting(
            position: position,
            open: claimed.openSequences,
            ahead: ahead,
            retrying: retrying,
            events: pending + retrying
        )
    }

    /// Whether nothing is claimed, interrupted, or about to be sent.
    package var holdsNothing: Bool { claimed.lowestOpen == nil && held.isEmpty && intended.isEmpty }

    /// Whether all events of this provider in the range are settled or have a row.
    package func isSettled(_ range: ClosedRange<Int64>) -> Bool {
        if range.upperBound <= cursor { return true }
        return range.upperBound <= position && !claimed.hasOpen(in: range)
    }

    /// Whether this event, which the walk has not reached, is settled already.
    package func isSettledAhead(_ sequence: Int64) -> Bool { ahead.contains(sequence) }

    // MARK: The journal grows

    /// Takes note of a chunk with so many events for this provider.
    package mutating func appended(_ range: ClosedRange<Int64>, events: Int) {
        // A lane looks at the events themselves.
        guard !isLane else { return }
        pending += events
        // Who has nothing to do with the chunk need not walk over it later.
        if events == 0, position == range.lowerBound - 1 { position = range.upperBound }
    }

    // MARK: First attempts

    /// Claims the next events of a stretch of the journal that begins after ``position``.
    package mutating func claim(from stretch: Stretch, limit: BlockLimit, of provider: ProviderName) -> [Stretch.Index]
    {
        claim(from: stretch, Walk(.planned(provider), limit: limit))
    }

    /// The same, of the events that have a destination here.
    /// - Parameter destinations: one list for each chunk of the stretch, with a place for each of its events.
    package mutating func claim(
        from stretch: Stretch,
        limit: BlockLimit,
        at destinations: [[Destination?]]
    ) -> [Stretch.Index] {
        claim(from: stretch, Walk(.chosen(destinations), limit: limit))
    }

    private mutating func claim(from stretch: Stretch, _ start: Walk) -> [Stretch.Index] {
        var walk = start
        var end = stretch.end
        search: for (chunkIndex, chunk) in stretch.chunks.enumerated() {
            var sequence = max(chunk.first.rawValue, position + 1)
            while sequence <= chunk.last.rawValue {
                let place = Stretch.Index(chunk: chunkIndex, event: Int(sequence - chunk.first.rawValue))
                if walk.isOwn(chunk.events[place.event], at: place), !ahead.contains(sequence) {
                    guard held[sequence] != nil || walk.take(place, bytes: chunk.sizes[place.event]) else {
                        end = sequence - 1
                        break search
                    }
                    walk.passed.append(sequence)
                }
                sequence += 1
            }
        }
        // An earlier walk may have come across the damage already.
        if !ahead.contains(stretch.end) { pending -= min(pending, stretch.damagedEvents) }
        if isLane { pending += walk.passed.count }
        pass(to: max(end, position), events: walk.passed)
        return walk.taken
    }

    private mutating func pass(to end: Int64, events: [Int64]) {
        position = end
        ahead.removeAll(through: end)
        claimed.append(events)
    }

    /// Notes that these are about to be sent.
    package mutating func intend(_ sequences: [Int64]) {
        intended.formUnion(sequences)
    }

    // MARK: Ends of claims

    /// Cuts a delivered run where an event between two of its neighbours is still open: of a run only the first and the last
    /// number are kept, so that it would stand for that event, too. An event that was interrupted stands between others in this way.
    /// - Parameter rows: events that get a row in the same settlement.
    package func unbroken(_ run: [Int64], besides rows: Set<Int64>) -> [ArraySlice<Int64>] {
        claimed.unbroken(run, besides: rows, through: position)
    }

    /// Notes that an event's first outcome is on disk, as part of a run or as a row.
    package mutating func settleFirst(_ sequence: Int64) {
        endClaim(sequence)
        guard sequence <= position else {
            guard !ahead.contains(sequence) else { return }
            ahead.insert(sequence...sequence)
            if !isLane { pending -= 1 }
            return
        }
        if claimed.settle(sequence) { pending -= 1 }
    }

    /// Notes that a row has changed or was made.
    /// - Parameter due: when it is sent again; nil if it does not.
    package mutating func settleRow(_ sequence: Int64, wasRetrying: Bool, due: Timestamp?) {
        settleFirst(sequence)
        retrying += (due == nil ? 0 : 1) - (wasRetrying ? 1 : 0)
        if let due { retries.lower(to: due) }
        retries.noteChange(of: CollectionOfOne(sequence))
    }

    /// Notes that the intents of these events were withdrawn, because no request has carried them.
    package mutating func withdraw(_ sequences: [Int64]) {
        for sequence in sequences {
            intended.remove(sequence)
            if held[sequence] == .interrupted { held[sequence] = nil }
        }
    }

    /// Ends all claims, as the lease under which they were made has ended: the next walk begins at the cursor, and what was intended and
    /// not settled counts as interrupted.
    package mutating func endClaims() {
        ahead.insert(claimed.settled(through: position))
        position = cursor
        claimed = ClaimedBlocks()
        if isLane { pending = 0 }
        if held.values.contains(.row) { retries.lower(to: RetryTimes.overdue) }
        interrupted = intended.sorted()
        held = Dictionary(uniqueKeysWithValues: interrupted.map { ($0, held[$0] ?? .interrupted) })
    }

    private mutating func endClaim(_ sequence: Int64) {
        if !held.isEmpty { held.removeValue(forKey: sequence) }
        if !intended.isEmpty { intended.remove(sequence) }
    }
}
