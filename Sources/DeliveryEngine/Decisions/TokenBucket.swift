package import Events

/// Keeps requests within a documented rate: a request takes a token, and tokens come back evenly.
///
/// The bucket holds a tenth of the period's tokens (at least one), so that a burst is short and the rate over any full period stays
/// within the limit but for that burst.
package struct TokenBucket: Sendable, Equatable {
    private let capacity: Double
    private let interval: Duration
    private var tokens: Double
    private var filledAt: ContinuousClock.Instant

    /// - Parameter limit: what the vendor documents; a tenth is kept back for the burst.
    package init(limit: RateLimit, at now: ContinuousClock.Instant) {
        capacity = max(1, (Double(limit.requests) / 10).rounded(.down))
        let steady = max(1, Double(limit.requests) - capacity)
        interval = limit.per / steady
        tokens = capacity
        filledAt = now
    }

    /// When the next request may leave: at `now` if a token is there.
    /// - Parameter kept: so many tokens more must be there, which stay.
    package func nextToken(at now: ContinuousClock.Instant, keeping kept: Int = 0) -> ContinuousClock.Instant {
        let missing = Double(1 + kept) - refilled(at: now)
        return missing <= 0 ? now : now + interval * missing
    }

    /// Whether a request may leave at `now` and so many others after it.
    package func holds(_ count: Int, at now: ContinuousClock.Instant) -> Bool {
        refilled(at: now) >= Double(count)
    }

    /// The most requests that may leave at one moment.
    package var burst: Int { Int(capacity) }

    /// Takes the token of a request that leaves at `now`.
    package mutating func take(at now: ContinuousClock.Instant) {
        tokens = refilled(at: now) - 1
        filledAt = now
    }

    private func refilled(at now: ContinuousClock.Instant) -> Double {
        min(capacity, tokens + (now - filledAt) / interval)
    }
}
