package import Events

/// Keeps what a client sends within a rate: what is sent takes tokens, and tokens come back evenly.
///
/// The bucket holds as many as the rate names, so a client that was silent may send that much at once. What is larger than the bucket
/// passes when the bucket is full, and is paid for afterwards: a large batch is slow, not impossible.
package struct Allotment: Sendable, Equatable {
    private let capacity: Double
    /// The time in which one token comes back.
    private let interval: Duration
    private var tokens: Double
    private var filledAt: ContinuousClock.Instant

    package init(limit: RateLimit, at now: ContinuousClock.Instant) {
        capacity = Double(limit.requests)
        interval = limit.per / limit.requests
        tokens = capacity
        filledAt = now
    }

    /// Takes tokens if there are enough.
    /// - Returns: nil if they were taken, else the time after which they can be.
    package mutating func take(_ count: Int, at now: ContinuousClock.Instant) -> Duration? {
        tokens = min(capacity, tokens + (now - filledAt) / interval)
        filledAt = now
        let missing = min(Double(count), capacity) - tokens
        guard missing <= 0 else { return interval * missing }
        tokens -= Double(count)
        return nil
    }
}
