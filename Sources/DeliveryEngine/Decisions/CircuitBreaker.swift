package import Routing

/// Whether a provider may be called, judged by the results of its last calls.
///
/// It opens after as many consecutive failures as ``BreakerSettings`` allow. Then one probe is let through after each pause. The pause
/// doubles with every probe that fails, up to a maximum, and a probe with any other result closes the breaker. While it is open, only the
/// probe's own result counts: requests that left before it opened say nothing about the present.
package struct CircuitBreaker: Sendable, Equatable {
    /// What is allowed now.
    package enum Decision: Equatable, Sendable {
        case send
        /// One call, to find out whether the provider is back.
        case probe
        case waitUntil(ContinuousClock.Instant)
        /// A probe is in flight; its result decides.
        case waitForProbe
    }

    /// What the result of a call says about the provider.
    package enum Signal: Sendable, CaseIterable {
        /// It works.
        case works
        /// It is there, but accepts no more requests for now.
        case limited
        /// It failed or cannot be reached.
        case failed
        /// Nothing: the event that was sent may be the cause of the failure.
        case unclear
    }

    private enum State: Equatable {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant, pause: Duration)
        case probing(pause: Duration)
    }

    private let settings: BreakerSettings
    private var state = State.closed(failures: 0)
    /// Since when the breaker has not been closed, whatever probes found meanwhile; nil while it is closed.
    package private(set) var openSince: ContinuousClock.Instant?

    /// A closed breaker.
    package init(_ settings: BreakerSettings) {
        self.settings = settings
    }

    /// How long the breaker stays open at first.
    package var pause: Duration { settings.pause }

    /// What is allowed at `now`. After ``Decision/probe`` the caller must call ``probeStarted()`` when it sends.
    package func decide(at now: ContinuousClock.Instant) -> Decision {
        switch state {
        case .closed: .send
        case .probing: .waitForProbe
        case .open(let until, _): now >= until ? .probe : .waitUntil(until)
        }
    }

    /// The probe that ``decide(at:)`` allowed has been sent.
    package mutating func probeStarted() {
        guard case .open(_, let pause) = state else { return }
        state = .probing(pause: pause)
    }

    /// Records the result of a call. Every result of a probe ends the probing.
    package mutating func heard(_ signal: Signal, fromProbe isProbe: Bool, at now: ContinuousClock.Instant) {
        switch (state, signal) {
        case (.closed, .works):
            state = .closed(failures: 0)
        case (.closed(let failures), .failed):
            let isEnough = failures + 1 >= settings.failures
            state = isEnough ? .open(until: now + pause, pause: pause) : .closed(failures: failures + 1)
        case (.closed, .limited), (.closed, .unclear), (.open, _):
            break
        case (.probing, _) where !isProbe:
            break
        case (.probing, .works), (.probing, .limited):
            state = .closed(failures: 0)
        case (.probing(let pause), .failed):
            let longer = min(pause * 2, max(pause, settings.longestPause))
            state = .open(until: now + longer, pause: longer)
        case (.probing(let pause), .unclear):
            state = .open(until: now + pause, pause: pause)
        }
        noteState(at: now)
    }

    /// The account itself is refused: nothing is sent except a probe after each `pause`.
    package mutating func tripped(at now: ContinuousClock.Instant, pause: Duration) {
        state = .open(until: now + pause, pause: pause)
        noteState(at: now)
    }

    private mutating func noteState(at now: ContinuousClock.Instant) {
        if case .closed = state { openSince = nil } else { openSince = openSince ?? now }
    }

    /// Lets the next probe leave at once, if none is in flight.
    package mutating func endPause(at now: ContinuousClock.Instant) {
        guard case .open(let until, let pause) = state else { return }
        state = .open(until: min(until, now), pause: pause)
    }

    /// When the pause of an open breaker ends; nil if there is none.
    package var pausedUntil: ContinuousClock.Instant? {
        if case .open(let until, _) = state { until } else { nil }
    }

    /// Shown to users: `closed`, `open` or `probing`.
    package var word: String {
        switch state {
        case .closed: "closed"
        case .open: "open"
        case .probing: "probing"
        }
    }
}
