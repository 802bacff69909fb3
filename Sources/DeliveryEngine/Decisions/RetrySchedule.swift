package import Events
package import Routing

/// When a delivery is tried again, and when it becomes a dead letter.
///
/// Exponential with full jitter: the n-th wait is drawn between nothing and `base * 2^(n-1)`, at most `cap`. Full jitter spreads the
/// retries of events that failed together, so that they do not fail together again.
extension RetrySchedule {
    /// When an event that has been sent `attempts` times goes again.
    /// - Parameter notBefore: the time the vendor named; it is obeyed, and the jitter comes on top so that not all come at once.
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

    /// Whether an event that the vendor may first have looked at at `reachedAt` has been tried for long enough.
    package func hasGivenUp(since reachedAt: Timestamp, at now: Timestamp) -> Bool {
        now - reachedAt >= giveUpAfter
    }
}
