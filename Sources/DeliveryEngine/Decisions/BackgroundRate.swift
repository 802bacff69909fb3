import Events

/// The part of a provider's rate limit for work that ranks below live deliveries: reads and backfills.
///
/// The provider's own bucket is asked as well, so that all requests together stay within the limit.
struct BackgroundRate: Sendable, Equatable {
    private let limit: RateLimit
    private var bucket: TokenBucket
    private var factor: RecoveringFactor

    /// - Parameter percent: the share of the limit; at least one request per period.
    init(_ percent: Double, of limit: RateLimit, at now: ContinuousClock.Instant) {
        self.limit = limit
        bucket = TokenBucket(shortBursts: limit.part(percent), at: now)
        factor = RecoveringFactor(at: now)
    }

    /// Changes the share from now on; a reduction after a 429 stays.
    mutating func change(to percent: Double, at now: ContinuousClock.Instant) {
        bucket = TokenBucket(shortBursts: limit.part(percent), at: now)
        // A change does not allow another burst.
        bucket.take(limit.part(percent).burst, at: now)
    }

    /// The time until a request may leave: zero if one may leave now.
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

    /// The part of the full rate that is allowed now: 1 if there was no 429 recently.
    func factor(at now: ContinuousClock.Instant) -> Double { factor.value(at: now) }

    /// A request at half the rate costs two tokens.
    private func cost(at now: ContinuousClock.Instant) -> Double { 1 / factor.value(at: now) }
}

extension RateLimit {
    /// What a full ``TokenBucket`` of this limit lets through at once.
    fileprivate var burst: Double { max(1, (Double(requests) / 10).rounded(.down)) }

    /// This percentage of the limit, at least one request.
    func part(_ percent: Double) -> RateLimit {
        let share = min(max(percent, 0), 100) / 100
        return RateLimit(requests: max(1, Int(Double(requests) * share)), per: per)
    }
}
