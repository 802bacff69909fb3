import Events
import Journal
import JournalFormat

/// How far the deliveries to one account have come, in every slot of the journal: what the account's owner keeps in memory.
struct AccountProgress: Sendable {
    /// What a row of `deliveries` says that is claimed.
    struct ClaimedRow: Sendable, Equatable {
        var attempts = 0
        var status: DeliveryStatus
        var reachedAt: Timestamp?
        /// What it is sent with in place of the settings of acceptance; nil: nothing.
        var amended: Destination?
    }

    let isLane: Bool
    private(set) var slots: [Int16: ProviderProgress]
    /// Rows that are claimed under the lease, those of interrupted deliveries included.
    private(set) var rows: [Int64: ClaimedRow]
    var retries: RetryTimes
    private var lastFlight: Int64 = 0
    /// The newest of them that the database has confirmed; 0: none.
    private(set) var confirmedFlight: Int64 = 0
    private var savedCursors: [Int16: Int64]
    private var lastSave: ContinuousClock.Instant?
    /// Up to when a claim whose answer was lost may still be carried out.
    private var doubtEnds: ContinuousClock.Instant?

    /// - Parameters:
    ///   - slots: with what is settled after each cursor, and what was interrupted.
    ///   - rows: of what was interrupted.
    init(
        isLane: Bool = false,
        slots: [Int16: ProviderProgress],
        rows: [Int64: ClaimedRow] = [:],
        nextDue: Timestamp? = nil
    ) {
        self.isLane = isLane
        self.slots = slots
        self.rows = rows
        retries = RetryTimes(next: nextDue)
        savedCursors = slots.mapValues(\.cursor)
    }

    // MARK: Slots

    /// Reads or changes the progress in one slot, which begins with its first event if nothing is known of it.
    mutating func inSlot<Result>(_ slot: Int16, _ body: (inout ProviderProgress) -> Result) -> Result {
        let new = ProviderProgress(position: 0, isLane: isLane)
        return body(&slots[slot, default: new])
    }

    /// Up to where the journal was walked through.
    var position: JournalPosition {
        slots.reduce(.start) { $0.advanced(to: SequenceNumber($1.value.position), inStream: UInt16($1.key)) }
    }

    /// Up to where everything is settled or has a row.
    var cursor: JournalPosition {
        slots.reduce(.start) { $0.advanced(to: SequenceNumber($1.value.cursor), inStream: UInt16($1.key)) }
    }

    /// The cursors that have moved since they were written down.
    func movedCursors() -> [(slot: Int16, place: Int64)] {
        slots.filter { savedCursors[$0.key] != $0.value.cursor }.map { ($0.key, $0.value.cursor) }
            .sorted { $0.slot < $1.slot }
    }

    /// The same about once a second: a row that changes with each settlement would leave as many dead ones.
    func cursorsToSave(at now: ContinuousClock.Instant) -> [(slot: Int16, place: Int64)] {
        if let lastSave, now - lastSave < .seconds(1) { return [] }
        return movedCursors()
    }

    /// Notes that these are written down.
    mutating func saved(_ cursors: [(slot: Int16, place: Int64)], at now: ContinuousClock.Instant) {
        guard !cursors.isEmpty else { return }
        lastSave = now
        for (slot, place) in cursors { savedCursors[slot] = place }
    }

    /// Whether nothing is claimed, interrupted, or about to be sent.
    var holdsNothing: Bool { rows.isEmpty && slots.values.allSatisfy(\.holdsNothing) }

    // MARK: Flights

    /// A number for a row of `flights` that is about to be written under the lease. It is never used again, whether or not the statement
    /// succeeds.
    mutating func takeFlight() -> Int64 {
        lastFlight += 1
        return lastFlight
    }

    /// The row with this number was written.
    mutating func confirmFlight(_ number: Int64) { confirmedFlight = max(confirmedFlight, number) }

    // MARK: Deliveries

    /// All that a request may be carrying.
    var intended: Set<Int64> { slots.values.reduce(into: []) { $0.formUnion($1.intended) } }

    /// Whether the delivery has certainly no row: it was handed out as a first try and has no outcome.
    func isFirstTry(_ sequence: Int64) -> Bool {
        guard rows[sequence] == nil, let progress = slots[SlotNumbers.slot(of: sequence)] else { return false }
        return sequence <= progress.position && !progress.isSettled(sequence...sequence)
    }

    /// Whether an event has no outcome, and nobody has claimed it.
    func isUntried(_ sequence: Int64) -> Bool {
        slots[SlotNumbers.slot(of: sequence)]?.isUntried(sequence) ?? true
    }

    /// Notes that these are about to be sent.
    mutating func intend(_ sequences: some Sequence<Int64>) {
        for (slot, sequences) in Dictionary(grouping: sequences, by: SlotNumbers.slot) {
            inSlot(slot) { $0.intend(sequences) }
        }
    }

    /// Notes that a first try has an outcome, as part of a run.
    mutating func settleFirst(_ sequence: Int64) {
        inSlot(SlotNumbers.slot(of: sequence)) { $0.settleFirst(sequence) }
    }

    /// Notes that a row was written.
    mutating func settleRow(_ sequence: Int64, due: Timestamp?) {
        rows[sequence] = nil
        settleFirst(sequence)
        if let due { retries.lower(to: due) }
    }

    /// Claims rows.
    mutating func claim(_ claimed: [Int64: ClaimedRow]) {
        rows.merge(claimed) { $1 }
    }

    /// A response was lost: the database may hold claimed rows that are unknown here.
    mutating func doubtClaims(at now: ContinuousClock.Instant) { doubtEnds = now + Self.longestStatement }

    /// Whether the database may hold claimed rows that are unknown here.
    var doubtsClaims: Bool { doubtEnds != nil }

    /// All such rows have been claimed again.
    mutating func foundLostClaims(at now: ContinuousClock.Instant) {
        if let doubtEnds, doubtEnds <= now { self.doubtEnds = nil }
    }

    /// A statement whose connection was lost ends within this time: the server's limit, and some more.
    private static let longestStatement = Duration.seconds(30)

    /// Gives claimed rows back.
    mutating func unclaim(_ sequences: [Int64]) {
        for sequence in sequences { rows[sequence] = nil }
        if !sequences.isEmpty { retries.lower(to: RetryTimes.overdue) }
    }

    /// The deliveries that were interrupted; named once.
    mutating func takeInterrupted() -> [Int64] {
        slots.keys.sorted().flatMap { slot in inSlot(slot) { $0.takeInterrupted() } }
    }

    /// Undoes ``takeInterrupted()``.
    mutating func putBackInterrupted(_ sequences: [Int64]) {
        for (slot, sequences) in Dictionary(grouping: sequences, by: SlotNumbers.slot) {
            inSlot(slot) { $0.putBackInterrupted(sequences) }
        }
    }
}
