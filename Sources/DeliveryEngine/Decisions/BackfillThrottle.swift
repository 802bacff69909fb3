import Events

/// Decides whether a backfill's next request may leave: after live deliveries, within its part of the rate limit, and only while the
/// provider and the gateway are healthy.
package struct BackfillThrottle: Sendable {
    /// What delays a backfill.
    package enum Hold: String, Sendable, CaseIterable {
        /// The provider fails, or refuses the account.
        case circuit = "circuit_open"
        /// The vendor asked for a delay, or an operator holds the provider.
        case provider = "provider_held"
        /// Live events have waited longer than ``BackfillThrottle/liveWait``.
        case live = "live_backlog"
        /// A request to the provider met its rate limit less than ``BackfillThrottle/calm`` ago.
        case limited = "rate_limited"
        /// Accepting clients' events takes too long.
        case acceptance = "slow_acceptance"
        /// The maximum number of its requests is in flight.
        case places = "in_flight"
        /// Its rate is used up, live deliveries need the provider's, or clients are sending events and come first.
        case rate
    }

    enum Decision: Sendable, Equatable {
        case go
        /// - Parameter until: when to ask again; nil: when something has happened.
        case wait(Hold, until: ContinuousClock.Instant?)
    }

    /// The state of the provider and the gateway.
    struct Conditions: Sendable, Equatable {
        /// What the provider's circuit allows.
        var circuit = CircuitBreaker.Decision.send
        /// Nothing leaves before this time: a delay that the vendor asked for, or an operator's hold.
        var heldUntil: ContinuousClock.Instant?
        /// Whether live deliveries are waiting for a request.
        var liveWaits = false
        /// How long the oldest of them has waited, as far as it is known; nil if none waits.
        var oldestLive: Duration?
        /// When a request last met the provider's rate limit.
        var limitedAt: ContinuousClock.Instant?
        var acceptanceIsSlow = false
        /// Requests that are allowed at the provider now, live ones included.
        var allowed = 1
        /// The backfills' requests that are in flight at the provider.
        var backfillRequests = 0
        /// Live requests in flight.
        var liveRequests = 0
        /// The time until the provider's rate has a token that no live delivery needs; nil if they need all of them.
        var tokenWait: Duration? = .zero
        /// How long backfills leave the gateway to its clients.
        var paceWait = Duration.zero
    }

    /// No live event waits longer than this behind a backfill.
    static let liveWait = Duration.seconds(5)
    /// A backfill sends nothing to the provider for this long after a 429.
    static let calm = Duration.seconds(60)
    /// When to check again conditions that do not say when they end.
    private static let glance = Duration.seconds(1)

    /// The share of the provider's rate limit, or of the requests in flight if it has none.
    private(set) var percent: Double
    private var rate: BackgroundRate?
    private var factor: RecoveringFactor

    /// - Parameter limit: the provider's rate limit; nil if it has none.
    init(percent: Double, of limit: RateLimit?, at now: ContinuousClock.Instant) {
        self.percent = percent
        rate = limit.map { BackgroundRate(percent, of: $0, at: now) }
        factor = RecoveringFactor(at: now)
    }

    /// Changes the rate from now on.
    mutating func change(to percent: Double, at now: ContinuousClock.Instant) {
        guard percent != self.percent else { return }
        self.percent = percent
        rate?.change(to: percent, at: now)
    }

    /// Whether a request may leave now.
    func decide(_ conditions: Conditions, at now: ContinuousClock.Instant) -> Decision {
        switch conditions.circuit {
        case .send: break
        case .waitUntil(let instant): return .wait(.circuit, until: instant)
        case .waitForProbe: return .wait(.circuit, until: nil)
        // A live delivery is the better probe: it is sent anyway.
        case .probe: if conditions.liveWaits { return .wait(.circuit, until: nil) }
        }
        if let until = conditions.heldUntil, until > now { return .wait(.provider, until: until) }
        if let oldest = conditions.oldestLive, oldest >= Self.liveWait { return .wait(.live, until: now + Self.glance) }
        if let limitedAt = conditions.limitedAt, now < limitedAt + Self.calm {
            return .wait(.limited, until: limitedAt + Self.calm)
        }
        if conditions.acceptanceIsSlow { return .wait(.acceptance, until: now + Self.glance) }
        guard hasPlace(conditions, at: now) else { return .wait(.places, until: nil) }
        guard let tokenWait = conditions.tokenWait else { return .wait(.rate, until: now + Self.glance) }
        let wait = max(tokenWait, rate?.wait(at: now) ?? .zero, conditions.paceWait)
        return wait > .zero ? .wait(.rate, until: now + wait) : .go
    }

    /// One slot stays free for a live delivery if there is more than one.
    private func hasPlace(_ conditions: Conditions, at now: ContinuousClock.Instant) -> Bool {
        let all = conditions.liveRequests + conditions.backfillRequests
        let share = rate == nil ? percent / 100 * factor.value(at: now) : 1
        let own = max(1, min(conditions.allowed - 1, Int(Double(conditions.allowed) * share)))
        return conditions.backfillRequests < own && all < max(1, conditions.allowed - (conditions.allowed > 1 ? 1 : 0))
    }

    /// A request leaves now.
    mutating func pass(at now: ContinuousClock.Instant) {
        rate?.take(at: now)
    }

    /// A request of the backfill met the vendor's rate limit.
    mutating func limited(at now: ContinuousClock.Instant) {
        rate?.limited(at: now)
        factor.halve(at: now)
    }

    /// The part of its rate that it may use now: 1 if there was no 429 recently.
    func factor(at now: ContinuousClock.Instant) -> Double { factor.value(at: now) }
}
