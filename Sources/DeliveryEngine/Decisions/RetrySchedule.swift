package import Events
package import Routing

/// When a delivery is tried again, and when it becomes a dead letter.
///
/// Exponential with full jitter: the n-th delay is a random value between 0 and `base * 2^(n-1)`, at most `cap`. Full jitter spreads the
/// retries of events that failed together, so that they do not fail together again.
extension RetrySchedule {
    /// When to retry an event that has been sent `attempts` times.
    /// - Parameter notBefore: the time that the vendor named. It is respected, and the jitter is added to it, so that not all events
    ///   arrive at once.
    package func next(
        after attempts: Int,
        at now: Timestamp,
        notBefore: Timestamp?,
        using random: inout some RandomNumberGenerator
    ) -> Timestamp {
        let doublings = min(max(attempts - 1, 0), 40)
        let longest = min(Double(base.wholeMilliseconds) * Double(1 << doublings), Double(cap.wholeMilliseconds))
        let wait = Int64.random(in: 0...Int64(longest), using: &random)
        guard let notBefore, notBefore > now else { return now + .milliseconds(max(wait, 1)) }
        return notBefore + .milliseconds(wait % (base.wholeMilliseconds + 1))
    }

    /// Whether an event has been tried for long enough, counted from when the vendor may first have looked at it.
    package func hasGivenUp(since reachedAt: Timestamp, at now: Timestamp) -> Bool {
        now - reachedAt >= giveUpAfter
    }
}
