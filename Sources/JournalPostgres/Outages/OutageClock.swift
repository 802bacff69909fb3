import Journal

/// Whether the database answers, and for how long it has not.
///
/// Two things show it: the pulse, which asks all the time, and appends, which may wait for a standby while the pulse is answered.
struct OutageClock: Sendable, Equatable {
    /// What does not work, and since when.
    private struct Failure: Sendable, Equatable {
        let since: ContinuousClock.Instant
        let reason: String
    }

    /// How long calls wait for the database; those that come later in an outage fail at once.
    let patience: Duration
    private var lastAnswer: ContinuousClock.Instant
    private var silence: Failure?
    private var stall: Failure?
    private var lastOutage = Duration.zero
    /// When an append was stored last; nil: none was.
    private var lastAppend: ContinuousClock.Instant?

    /// Bounds of the hint when to try again.
    private static let (shortestRetry, longestRetry) = (Duration.seconds(1), Duration.seconds(30))

    init(patience: Duration, at now: ContinuousClock.Instant) {
        self.patience = patience
        lastAnswer = now
    }

    /// The pulse was answered.
    mutating func answered(at now: ContinuousClock.Instant) {
        if let silence { lastOutage = now - silence.since }
        silence = nil
        lastAnswer = now
    }

    /// The pulse was not answered.
    mutating func failed(_ reason: String) {
        silence = Failure(since: silence?.since ?? lastAnswer, reason: reason)
    }

    /// An append was stored.
    mutating func appended(at now: ContinuousClock.Instant) {
        if let stall { lastOutage = now - stall.since }
        stall = nil
        lastAppend = now
    }

    /// An append has waited for as long as it may. That is no outage if another one was stored meanwhile.
    /// - Parameters:
    ///   - asked: since when it has waited, perhaps in a long line: while others were stored, it did not wait for the database.
    ///   - begun: when its first try was begun.
    mutating func appendFailed(since asked: ContinuousClock.Instant, begun: ContinuousClock.Instant, _ reason: String) {
        if let lastAppend, lastAppend > begun { return }
        let since = max(asked, lastAppend ?? asked)
        stall = Failure(since: min(stall?.since ?? since, since), reason: reason)
    }

    /// What does not work now; nil if everything does.
    func outage(at now: ContinuousClock.Instant) -> StoreOutage? {
        [silence, stall].compactMap(\.self).min { $0.since < $1.since }
            .map { StoreOutage(duration: now - $0.since, reason: $0.reason) }
    }

    /// Whether reads fail at once.
    func isSilent(at now: ContinuousClock.Instant) -> Bool { silence.map { now - $0.since >= patience } ?? false }

    /// Whether writes fail at once.
    func isOut(at now: ContinuousClock.Instant) -> Bool { outage(at: now).map { $0.duration >= patience } ?? false }

    /// Whether the database answers, and does not store events.
    var isStalled: Bool { stall != nil && silence == nil }

    /// How long clients are asked to wait: as long as the last outages have lasted.
    /// - Parameter jitter: 1 to 1.25, so that they do not all come back at once.
    func retryAfter(at now: ContinuousClock.Instant, jitter: Double) -> Duration {
        let length = max(lastOutage, outage(at: now)?.duration ?? .zero)
        let hint = min(max(length * jitter, Self.shortestRetry), Self.longestRetry)
        // Whole seconds, rounded up, as the header has them.
        return .seconds(hint.components.seconds + (hint.components.attoseconds > 0 ? 1 : 0))
    }
}
