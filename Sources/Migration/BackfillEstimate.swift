import Events

/// The effort to send a vendor the events that it was not sent before.
package struct BackfillEstimate: Sendable, Equatable {
    package let events: Int
    package let requests: Int
    /// At ``share`` of the vendor's rate limit; nil if it has none.
    package let duration: Duration?

    /// The part of the rate limit that a backfill uses, in percent.
    package static let share = 50
}

extension BackfillEstimate {
    init(_ count: RequestCount, limit: RateLimit?) {
        events = count.events
        requests = count.requests
        duration = limit.map { limit in
            let seconds = Double(count.requests) * (limit.per / .seconds(1)) / Double(limit.requests)
            return .milliseconds(Int64(min(seconds * 100 / Double(Self.share), 1e12) * 1000))
        }
    }
}
