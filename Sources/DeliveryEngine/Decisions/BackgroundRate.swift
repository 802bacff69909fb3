import Events

/// The part of a provider's rate limit for work that comes after live deliveries: reads, and backfills.
///
/// The provider's own bucket is asked as well, so that all together stay within the limit.
struct BackgroundRate: Sendable, Equatable {
    private let limit: RateLimit
    private var bucket: TokenBucket
    private var factor: RecoveringFactor

    /// - Parameter percent: how much of the limit; at least one request in its time.
    init(_ percent: Double, of limit: RateLimit, at now: ContinuousClock.Instant) {
        self.limit = limit
        bucket = TokenBucket(shortBursts: limit.part(percent), at: now)
        factor = RecoveringFactor(at: now)
    }

    /// Another part of the limit from now on; what a 429 has left of it stays.
    mutating func change(to percent: Double, at now: ContinuousClock.Instant) {
        bucket = TokenBucket(shortBursts: limit.part(percent), at: now)
        // No burst for each change.
        bucket.take(max(1, Double(limit.requests) / 10), at: now)
    }

    /// How long it takes until a request may leave: zero if one may.
    func wait(at now: ContinuousClock.Instant) -> Duration {
        bucket.wait(for: cost(at: now), at: now)
    }

    /// A request leaves.
    mutating func take(at now: ContinuousClock.Instant) {
        bucket.take(cost(at: now), at: now)
    }

    /// A request met the vendor's rate limit.
    mutating func limited(at now: ContinuousClock.Instant) {
        factor.halve(at: now)
    }

    /// The part of the full rate that is allowed now: 1 if no 429 came lately.
    func factor(at now: ContinuousClock.Instant) -> Double { factor.value(at: now) }

    /// A request at half the rate costs two tokens.
    private func cost(at now: ContinuousClock.Instant) -> Double { 1 / factor.value(at: now) }
}

extension RateLimit {
    /// So many percent of the limit, at least one request.
    func part(_ percent: Double) -> RateLimit {
        let share = min(max(percent, 0), 100) / 100
        return RateLimit(requests: max(1, Int(Double(requests) * share)), per: per)
    }
}
