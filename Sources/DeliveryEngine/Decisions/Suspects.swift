import Events

/// What is known about single events: how often in a row they made the vendor fail while they were sent alone, whether a rate limit
/// applies to them alone, and whether they were in a request for which the account was refused.
///
/// Kept in memory and bounded. Known events stay known until they have an outcome, and others must wait for room: if the newest replaced
/// the oldest, more events than are remembered would all be forgotten before their next failure, and none would ever be found to be the
/// cause. What is not remembered is found out again.
struct Suspects: Sendable {
    private struct Record {
        /// When it was last changed.
        var changedAt: ContinuousClock.Instant
        var failuresAlone = 0
        /// When the first of these failures was.
        var firstFailure: ContinuousClock.Instant?
        var limitsAlone = 0
        var refusalsAlone = 0
        var isAccused = false

        /// The vendor responded to the event, so it does not fail because of it.
        mutating func answered() { (failuresAlone, firstFailure) = (0, nil) }
    }

    private var records: [SequenceNumber: Record] = [:]
    private let limit: Int
    /// When old records were last removed to make room.
    private var removedOldAt: ContinuousClock.Instant?

    /// An event that was not sent for so long has probably been discarded by a person.
    private static let longestRest = Duration.seconds(6 * 3600)
    /// Removing old records looks at all.
    private static let removalPause = Duration.seconds(60)

    /// - Parameter limit: how many events are remembered.
    init(limit: Int = 20_000) {
        self.limit = limit
    }

    /// How many events are remembered.
    var count: Int { records.count }

    /// Sets how a claimed item may be batched.
    func mark(_ item: inout DeliveryItem, isFresh: Bool) {
        guard let record = records[item.sequence] else { return item.standing = isFresh ? .fresh : .repeated }
        if record.isAccused {
            (item.standing, item.blame) = (.accused, record.refusalsAlone)
        } else {
            let blame = record.failuresAlone + record.limitsAlone
            (item.standing, item.blame) = (blame > 0 ? .suspect : .repeated, blame)
        }
    }

    /// How often an event failed alone since the vendor last responded to it.
    func failuresAlone(of sequence: SequenceNumber) -> Int { records[sequence]?.failuresAlone ?? 0 }

    /// When the first of these failures was; nil if there was none.
    func firstFailureAlone(of sequence: SequenceNumber) -> ContinuousClock.Instant? { records[sequence]?.firstFailure }

    /// An event made the vendor fail, and no other was with it.
    mutating func failedAlone(_ sequence: SequenceNumber, at now: ContinuousClock.Instant) {
        change(sequence, at: now) { record in
            record.failuresAlone += 1
            record.firstFailure = record.firstFailure ?? now
        }
    }

    /// An event met a rate limit that others did not meet. It is sent alone from now on, and is never rejected for it.
    mutating func limitedAlone(_ sequence: SequenceNumber, at now: ContinuousClock.Instant) {
        change(sequence, at: now) { record in
            record.limitsAlone += 1
            record.answered()
        }
    }

    /// The account was refused to a request with these events.
    mutating func accuse(_ sequences: [SequenceNumber], at now: ContinuousClock.Instant) {
        for sequence in sequences {
            change(sequence, at: now) { record in
                record.isAccused = true
                guard sequences.count == 1 else { return }
                record.refusalsAlone += 1
                record.answered()
            }
        }
    }

    /// An event was delivered, or has another outcome.
    mutating func clear(_ sequence: SequenceNumber) {
        if !records.isEmpty { records[sequence] = nil }
    }

    private mutating func change(
        _ sequence: SequenceNumber,
        at now: ContinuousClock.Instant,
        _ body: (inout Record) -> Void
    ) {
        if records[sequence] == nil {
            guard makeRoom(at: now) else { return }
        }
        var record = records[sequence] ?? Record(changedAt: now)
        record.changedAt = now
        body(&record)
        records[sequence] = record
    }

    /// - Returns: whether there is room for another event.
    private mutating func makeRoom(at now: ContinuousClock.Instant) -> Bool {
        guard records.count >= limit else { return true }
        if let removedOldAt, now - removedOldAt < Self.removalPause { return false }
        removedOldAt = now
        records = records.filter { now - $0.value.changedAt < Self.longestRest }
        return records.count < limit
    }
}
