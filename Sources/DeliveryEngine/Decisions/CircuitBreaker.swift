/// Whether a provider may be called, from what its last calls told.
///
/// Opens after `threshold` failures in a row. Then one probe is let through after each pause; the pause doubles with every probe
/// that fails, up to `longestPause`, and a success closes the breaker.
package struct CircuitBreaker: Sendable, Equatable {
    /// What may be done now.
    package enum Decision: Equatable, Sendable {
        case send
        /// One call, to find out whether the provider is back.
        case probe
        case waitUntil(ContinuousClock.Instant)
        /// A probe is under way; its result decides.
        case waitForProbe
    }

    private enum State: Equatable {
        case closed(failures: Int)
        case open(until: ContinuousClock.Instant, pause: Duration)
        case probing(pause: Duration)
    }

    private let threshold: Int
    private let pause: Duration
    private let longestPause: Duration
    private var state = State.closed(failures: 0)

    package init(threshold: Int, pause: Duration, longestPause: Duration) {
        precondition(threshold > 0, "a breaker that opens at 0 failures never closes")
        precondition(pause > .zero && longestPause >= pause, "a pause is some time, and the longest is no shorter")
        self.threshold = threshold
        self.pause = pause
        self.longestPause = longestPause
    }

    /// What may be done at `now`. After ``Decision/probe`` the caller must say ``probeStarted()`` when it sends.
    package func decide(at now: ContinuousClock.Instant) -> Decision {
        switch state {
        case .closed: .send
        case .probing: .waitForProbe
        case .open(let until, _): now >= until ? .probe : .waitUntil(until)
        }
    }

    /// The probe that ``decide(at:)`` allowed is under way.
    package mutating func probeStarted() {
        guard case .open(_, let pause) = state else { return }
        state = .probing(pause: pause)
    }

    /// A call failed in a way that says the provider is not there.
    package mutating func failed(at now: ContinuousClock.Instant) {
        switch state {
        case .closed(let failures):
            state =
                failures + 1 >= threshold ? .open(until: now + pause, pause: pause) : .closed(failures: failures + 1)
        case .probing(let pause):
            let longer = min(pause * 2, max(pause, longestPause))
            state = .open(until: now + longer, pause: longer)
        case .open:
            break  // A call that left before the breaker opened adds nothing to what is known.
        }
    }

    /// The account itself is refused: nothing more is sent but a probe after each `pause`.
    package mutating func tripped(at now: ContinuousClock.Instant, pause: Duration) {
        state = .open(until: now + pause, pause: pause)
    }

    /// The next probe may leave at once, if none is under way.
    package mutating func endPause(at now: ContinuousClock.Instant) {
        guard case .open(let until, let pause) = state else { return }
        state = .open(until: min(until, now), pause: pause)
    }

    /// A call showed that the provider works.
    package mutating func succeeded() {
        state = .closed(failures: 0)
    }

    /// The word for people: `closed`, `open` or `probing`.
    package var word: String {
        switch state {
        case .closed: "closed"
        case .open: "open"
        case .probing: "probing"
        }
    }
}
