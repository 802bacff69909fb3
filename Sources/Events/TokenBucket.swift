/// Keeps sending within a rate: each unit takes a token, and tokens come back evenly.
package struct TokenBucket: Sendable, Equatable {
    private let capacity: Double
    /// The time in which one token comes back.
    private let interval: Duration
    private var tokens: Double
    private var filledAt: ContinuousClock.Instant

    private init(capacity: Double, interval: Duration, at now: ContinuousClock.Instant) {
        self.capacity = capacity
        self.interval = interval
        tokens = capacity
        filledAt = now
    }

    /// A bucket for calls to a vendor. It holds a tenth of the limit (at least one), and tokens come back at the rate of the remainder:
    /// bursts are short, and no period exceeds the limit.
    package init(shortBursts limit: RateLimit, at now: ContinuousClock.Instant) {
        let capacity = max(1, (Double(limit.requests) / 10).rounded(.down))
        let steady = max(1, Double(limit.requests) - capacity)
        self.init(capacity: capacity, interval: limit.per / steady, at: now)
    }

    /// A bucket for what a client sends. It holds as many tokens as the limit names, so a client that was idle may send that much at
    /// once.
    package init(fullBursts limit: RateLimit, at now: ContinuousClock.Instant) {
        self.init(capacity: Double(limit.requests), interval: limit.per / limit.requests, at: now)
    }

    /// The time from `now` until this many tokens can be taken: zero if they are available. An order larger than the bucket waits until
    /// it is full.
    package func wait(for count: Int, at now: ContinuousClock.Instant) -> Duration {
        wait(for: Double(count), at: now)
    }

    /// The same for fractions of a token.
    package func wait(for amount: Double, at now: ContinuousClock.Instant) -> Duration {
        let missing = min(amount, capacity) - refilled(at: now)
        // A smaller difference is a rounding error: adding so short a time to a clock reading changes nothing, so the wait would never
        // end.
        return missing > 1e-9 ? interval * missing : .zero
    }

    /// Takes tokens whether or not they are available. What is missing is paid off afterwards: a large batch is slow, not impossible.
    package mutating func take(_ count: Int, at now: ContinuousClock.Instant) {
        take(Double(count), at: now)
    }

    /// The same for fractions of a token.
    package mutating func take(_ amount: Double, at now: ContinuousClock.Instant) {
        tokens = refilled(at: now) - amount
        filledAt = now
    }

    /// Takes tokens if they are available.
    /// - Returns: nil if they were taken, otherwise the time after which they can be.
    package mutating func takeIfPresent(_ count: Int, at now: ContinuousClock.Instant) -> Duration? {
        let wait = wait(for: count, at: now)
        guard wait == .zero else { return wait }
        take(count, at: now)
        return nil
    }

    /// Which part of the tokens is taken now, from 0 to 1; of one that owes tokens, all.
    package func taken(at now: ContinuousClock.Instant) -> Double {
        min(max(1 - refilled(at: now) / capacity, 0), 1)
    }

    private func refilled(at now: ContinuousClock.Instant) -> Double {
        min(capacity, tokens + (now - filledAt) / interval)
    }
}
