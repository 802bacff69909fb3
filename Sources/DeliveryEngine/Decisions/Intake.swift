import Events
import Journal

/// Which claim of the journal comes next: new events, or retries that are due.
///
/// They take turns while there are both, so that neither starves the other. The ledger knows when retries are due, and its answer is
/// passed in each time; nothing of it is kept here.
struct Intake: Sendable {
    /// A claim for the shell.
    enum Claim: Equatable, Sendable {
        case new(BlockLimit)
        case due(BlockLimit)
    }

    /// Room for the result of a claim; nil if there is none.
    struct Room: Equatable, Sendable {
        var new: BlockLimit?
        var due: BlockLimit?

        init(new: BlockLimit?, due: BlockLimit?) {
            self.new = new
            self.due = due
        }
    }

    /// What is known about new events in the journal.
    private enum Source: Equatable {
        /// There may be more in the journal.
        case flowing
        /// Everything is claimed; the shell watches for more.
        case exhausted
        /// New events have arrived, and a short delay lets more of them gather.
        case gathering(until: ContinuousClock.Instant)
        /// Everything was claimed, but events arrive so fast that more follow soon: those that do not fill a batch wait for them.
        case pouring(until: ContinuousClock.Instant)
    }

    private let linger: Duration
    private var source = Source.flowing
    private var lastWasDue = false
    private var isWatching = false
    /// The journal could not be read, and is not asked again before this time.
    private var pausedUntil: ContinuousClock.Instant?
    private(set) var isClaiming = false

    /// - Parameter linger: how long a single event waits for others.
    init(linger: Duration) {
        self.linger = linger
    }

    /// Whether a batch that is not full waits for the next claim.
    var isFilling: Bool {
        switch source {
        case .flowing, .pouring: true
        case .exhausted, .gathering: false
        }
    }

    /// Whether there may be more in the journal.
    var isFlowing: Bool { source == .flowing }
    /// Whether everything was claimed, as far as the last claim showed.
    var isExhausted: Bool {
        switch source {
        case .exhausted, .gathering: true
        case .flowing, .pouring: false
        }
    }

    /// The claim to make now; nil if there is none. Its result must be reported by one of the functions below.
    /// - Parameter due: when the earliest retry is due, according to the ledger.
    mutating func next(at now: ClockReading, due: Timestamp?, room: Room) -> Claim? {
        guard !isClaiming, pausedUntil.map({ $0 <= now.instant }) ?? true else { return nil }
        pausedUntil = nil
        let new = hasNew(at: now) ? room.new : nil
        let isDue = due.map { $0 <= now.wall } ?? false
        guard let claim = choose(new: new, due: isDue ? room.due : nil) else { return nil }
        isClaiming = true
        return claim
    }

    private mutating func choose(new: BlockLimit?, due: BlockLimit?) -> Claim? {
        if let due, !lastWasDue || new == nil {
            lastWasDue = true
            return .due(due)
        }
        lastWasDue = false
        return new.map { .new($0) }
    }

    private func hasNew(at now: ClockReading) -> Bool {
        switch source {
        case .exhausted: false
        case .gathering(let until), .pouring(let until): until <= now.instant
        case .flowing: true
        }
    }

    /// A claim found new events.
    /// - Parameters:
    ///   - toTheEnd: whether it reached the journal's newest event.
    ///   - isMuch: whether it would have filled a batch.
    mutating func claimedNew(toTheEnd: Bool, isMuch: Bool, at now: ClockReading) {
        isClaiming = false
        guard toTheEnd else { return }
        source = isMuch && linger > .zero ? .pouring(until: now.instant + linger) : .exhausted
    }

    /// A claim found no new events.
    mutating func foundNothing() {
        isClaiming = false
        source = .exhausted
    }

    /// A claim of retries has ended.
    mutating func claimedDue() {
        isClaiming = false
    }

    /// The journal could not be read; it is asked again after a pause.
    mutating func claimFailed(at now: ClockReading) {
        isClaiming = false
        pausedUntil = now.instant + .seconds(1)
    }

    /// The journal has new events.
    mutating func eventsArrived(at now: ClockReading) {
        isWatching = false
        if source == .exhausted { source = .gathering(until: now.instant + linger) }
    }

    /// Looks for new events at this time if everything is claimed, for a pipeline that does not watch.
    mutating func lookAgain(at instant: ContinuousClock.Instant) {
        if source == .exhausted { source = .gathering(until: instant) }
    }

    /// Whether the shell should start to watch for new events. It must report them by ``eventsArrived(at:)``.
    mutating func shouldWatch() -> Bool {
        guard source == .exhausted, !isWatching else { return false }
        isWatching = true
        return true
    }

    /// When there may be something to claim even if nothing happens before; nil if there is no such time.
    func nextInstant(due: Timestamp?, at now: ClockReading) -> ContinuousClock.Instant? {
        guard !isClaiming else { return nil }
        var instants = [pausedUntil].compactMap(\.self)
        switch source {
        case .gathering(let until), .pouring(let until): instants.append(until)
        case .flowing, .exhausted: break
        }
        if let due { instants.append(now.instant(of: due)) }
        return instants.filter { $0 > now.instant }.min()
    }
}
