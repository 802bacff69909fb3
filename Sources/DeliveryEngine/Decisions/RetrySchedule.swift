package import Events

/// When a delivery goes again, and when it is given up.
///
/// Exponential with full jitter: the n-th wait is drawn between nothing and `base * 2^(n-1)`, at most `cap`. Full jitter spreads the
/// retries of events that failed together, so that they do not fail together again.
package struct RetrySchedule: Sendable, Equatable {
    /// The longest wait after the first attempt.
    package let base: Duration
    /// The longest wait after any attempt.
    package let cap: Duration
    /// An event that first reached the vendor this long ago is not tried again.
    package let giveUpAfter: Duration
    /// An event that made the vendor fail this often while it stood alone is taken for the cause.
    package let loneFailures: Int

    /// - Parameters: what the properties of these names say.
    package init(
        base: Duration = .seconds(1),
        cap: Duration = .seconds(600),
        giveUpAfter: Duration = .seconds(72 * 3600),
        loneFailures: Int = 20
    ) {
        precondition(base > .zero && cap >= base, "a wait is some time, and the cap is no shorter")
        precondition(loneFailures > 0, "an event is tried at least once")
        self.base = base
        self.cap = cap
        self.giveUpAfter = giveUpAfter
        self.loneFailures = loneFailures
    }

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
