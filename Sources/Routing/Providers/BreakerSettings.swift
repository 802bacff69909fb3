/// When the circuit breaker of a provider opens, and for how long.
package struct BreakerSettings: Sendable, Equatable {
    /// Consecutive failures that open it.
    package let failures: Int
    /// Before the first probe; doubles with each probe that fails, up to `longestPause`.
    package let pause: Duration
    package let longestPause: Duration
    /// Between two probes of a provider that refuses the credential or the account.
    package let parkedPause: Duration

    /// - Parameter longestPause: `pause` if that is longer.
    package init(
        failures: Int = 5,
        pause: Duration = .seconds(1),
        longestPause: Duration = .seconds(60),
        parkedPause: Duration = .seconds(30)
    ) {
        precondition(failures > 0, "a breaker that opens at 0 failures never closes")
        precondition(pause > .zero, "a pause is some time")
        self.failures = failures
        self.pause = pause
        self.longestPause = max(pause, longestPause)
        self.parkedPause = parkedPause
    }

    /// What holds where `routes.json` says nothing.
    package static let standard = BreakerSettings()
}
