/// How many requests may be in flight at a provider: a few more with each round of successes, half as many with each sign of strain.
///
/// Additive increase, multiplicative decrease. Strain is a 429, a timeout, a failure, or latency that has doubled compared with the best
/// one seen recently.
struct ConcurrencyLimit: Sendable, Equatable {
    /// The maximum, from the settings.
    let ceiling: Int
    private var allowed: Double
    private var bestLatency: Duration?
    private var lastDecrease: ContinuousClock.Instant?

    init(ceiling: Int) {
        precondition(ceiling > 0, "a provider that may never be called never gets anything")
        self.ceiling = ceiling
        allowed = Double(min(ceiling, 4))
    }

    /// How many requests may be in flight now; at least 1.
    var current: Int { max(1, Int(allowed)) }

    /// A request succeeded.
    mutating func succeeded(after latency: Duration, at now: ContinuousClock.Instant) {
        let best = bestLatency.map { min($0 + ($0 / 1000), latency) } ?? latency
        bestLatency = best
        if latency > best * 2 + .milliseconds(50) {
            decrease(by: 0.9, at: now, window: latency)
        } else {
            grow()
        }
    }

    /// A request succeeded whose latency says nothing.
    mutating func grow() {
        allowed = min(Double(ceiling), allowed + 1 / allowed)
    }

    /// A request met the rate limit, timed out or failed.
    mutating func strained(at now: ContinuousClock.Instant) {
        decrease(by: 0.5, at: now, window: .milliseconds(100))
    }

    /// At most one decrease per window, because requests that were in flight together report the same strain.
    private mutating func decrease(by factor: Double, at now: ContinuousClock.Instant, window: Duration) {
        if let lastDecrease, now - lastDecrease < window { return }
        lastDecrease = now
        allowed = max(1, allowed * factor)
    }
}
