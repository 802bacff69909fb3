/// How long a failed delivery waits before it is retried, and when retries end.
package struct RetrySchedule: Sendable, Equatable {
    /// The first wait is at most this long; each further one twice that, up to `cap`.
    package let base: Duration
    package let cap: Duration
    /// An event that first reached the vendor this long ago is not tried again.
    package let giveUpAfter: Duration
    /// The longest wait that the vendor can ask for; longer ones are cut to it.
    package let longestWait: Duration
    /// An event that made the vendor fail this often when sent alone is considered the cause.
    package let loneFailures: Int

    /// - Precondition: `base` and `loneFailures` are positive, and `cap` is not shorter than `base`.
    package init(
        base: Duration = .seconds(1),
        cap: Duration = .seconds(600),
        giveUpAfter: Duration = .seconds(72 * 3600),
        longestWait: Duration = .seconds(3600),
        loneFailures: Int = 20
    ) {
        precondition(base > .zero && cap >= base, "a wait is some time, and the cap is no shorter")
        precondition(loneFailures > 0, "an event is tried at least once")
        self.base = base
        self.cap = cap
        self.giveUpAfter = giveUpAfter
        self.longestWait = longestWait
        self.loneFailures = loneFailures
    }

    /// What holds where `routes.json` says nothing.
    package static let standard = RetrySchedule()
}
