internal import DequeModule
import Events

/// What is known about single events: how often in a row they made the vendor fail while they were sent alone, whether a rate limit
/// applies to them alone, and whether they were in a request for which the account was refused.
///
/// Kept in memory and bounded; what is forgotten is found out again.
struct Suspects: Sendable {
    private struct Record {
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
    /// In the order of their first record; some may no longer be in ``records``.
    private var order = Deque<SequenceNumber>()
    private let limit: Int

    /// - Parameter limit: how many events are remembered; the oldest are forgotten first.
    init(limit: Int = 20_000) {
        self.limit = limit
    }

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
        change(sequence) { record in
            record.failuresAlone += 1
            record.firstFailure = record.firstFailure ?? now
        }
    }

    /// An event met a rate limit that others did not meet. It is sent alone from now on, and is never rejected for it.
    mutating func limitedAlone(_ sequence: SequenceNumber) {
        change(sequence) { record in
            record.limitsAlone += 1
            record.answered()
        }
    }

    /// The account was refused to a request with these events.
    mutating func accuse(_ sequences: [SequenceNumber]) {
        for sequence in sequences {
            change(sequence) { record in
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

    private mutating func change(_ sequence: SequenceNumber, _ body: (inout Record) -> Void) {
        if records[sequence] == nil {
            records[sequence] = Record()
            order.append(sequence)
            forgetOldest()
        }
        if var record = records[sequence] {
            body(&record)
            records[sequence] = record
        }
    }

    private mutating func forgetOldest() {
        while records.count > limit, let oldest = order.popFirst() { records[oldest] = nil }
        guard order.count > 2 * limit else { return }
        var seen: Set<SequenceNumber> = []
        order = Deque(order.reversed().filter { records[$0] != nil && seen.insert($0).inserted }.reversed())
    }
}
