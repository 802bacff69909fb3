import Events

/// The part of a provider's rate limit that work may take which comes after live deliveries: reads, and lanes.
///
/// Each 429 that the work meets halves the rate; it comes back by a tenth a minute. The provider's own bucket is asked as well, so
/// that all together stay within the limit.
struct BackgroundRate: Sendable, Equatable {
    /// The rate never falls below this part of the whole, so that it comes back within two hours.
    static let least = 1.0 / 1024

    private var bucket: TokenBucket
    /// The part of the rate that was left by the last 429; 1 if there was none.
    private var part = 1.0
    private var partSince: ContinuousClock.Instant

    /// - Parameter percent: how much of the limit; at least one request in its time.
    init(_ percent: Double, of limit: RateLimit, at now: ContinuousClock.Instant) {
        bucket = TokenBucket(shortBursts: limit.part(percent), at: now)
        partSince = now
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
        part = max(Self.least, factor(at: now) / 2)
        partSince = now
    }

    /// The part of the full rate that is allowed now: 1 if no 429 came lately.
    func factor(at now: ContinuousClock.Instant) -> Double {
        guard part < 1 else { return 1 }
        let minutes = max(0, (now - partSince) / .seconds(60)).rounded(.down)
        // A tenth more each minute, up to the whole: reached from the least part within this many.
        var factor = part
        for _ in 0..<Int(min(minutes, 80)) { factor = min(1, factor * 1.1) }
        return factor
    }

    /// A request at half the rate costs two tokens.
    private func cost(at now: ContinuousClock.Instant) -> Double { 1 / factor(at: now) }
}

extension RateLimit {
    /// So many percent of the limit, at least one request.
    func part(_ percent: Double) -> RateLimit {
        let share = min(max(percent, 0), 100) / 100
        return RateLimit(requests: max(1, Int(Double(requests) * share)), per: per)
    }
}
