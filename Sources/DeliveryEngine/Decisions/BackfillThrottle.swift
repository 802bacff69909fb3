import Events

/// Whether a backfill's next request may leave: after live deliveries, within its part of the rate limit, and only while the provider
/// and the gateway are well.
package struct BackfillThrottle: Sendable {
    /// What keeps a backfill from going on.
    package enum Hold: String, Sendable, CaseIterable {
        /// The provider fails, or refuses the account.
        case circuit = "circuit_open"
        /// The vendor asked for a wait, or an operator holds the provider.
        case provider = "provider_held"
        /// Live events wait for longer than ``BackfillThrottle/liveWait``.
        case live = "live_backlog"
        /// A request to the provider met its rate limit less than ``BackfillThrottle/calm`` ago.
        case limited = "rate_limited"
        /// Clients wait too long for their events to be accepted.
        case acceptance = "slow_acceptance"
        /// As many of its requests are in flight as there may be.
        case places = "in_flight"
        /// Its rate is used up, live deliveries take the provider's, or clients send events and come first.
        case rate
    }

    enum Decision: Sendable, Equatable {
        case go
        /// - Parameter until: when to ask again; nil: when something has happened.
        case wait(Hold, until: ContinuousClock.Instant?)
    }

    /// How it stands with the provider and the gateway.
    struct Conditions: Sendable, Equatable {
        /// What the provider's circuit allows.
        var circuit = CircuitBreaker.Decision.send
        /// Nothing leaves before: a wait that the vendor asked for, or an operator's hold.
        var heldUntil: ContinuousClock.Instant?
        /// Whether live deliveries wait for a request.
        var liveWaits = false
        /// Since when the oldest of them waits, as far as it is known; nil if none waits.
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
        /// How long it takes until the provider's rate has a token that no live delivery waits for; nil: they take all.
        var tokenWait: Duration? = .zero
        /// How long backfills leave the gateway to its clients.
        var paceWait = Duration.zero
    }

    /// Longer than this no live event waits behind a backfill.
    static let liveWait = Duration.seconds(5)
    /// So long after a 429 a backfill leaves the provider alone.
    static let calm = Duration.seconds(60)
    /// When to look again at what has no time of its own.
    private static let glance = Duration.seconds(1)

    /// Of the provider's rate limit; of the requests in flight if there is none.
    private(set) var percent: Double
    private var rate: BackgroundRate?
    private var factor: RecoveringFactor

    /// - Parameter limit: the provider's rate limit; nil if it has none.
    init(percent: Double, of limit: RateLimit?, at now: ContinuousClock.Instant) {
        self.percent = percent
        rate = limit.map { BackgroundRate(percent, of: $0, at: now) }
        factor = RecoveringFactor(at: now)
    }

    /// Another rate from now on.
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

    /// One place stays free for a live delivery, where there is more than one.
    private func hasPlace(_ conditions: Conditions, at now: ContinuousClock.Instant) -> Bool {
        let all = conditions.liveRequests + conditions.backfillRequests
        let share = rate == nil ? percent / 100 * factor.value(at: now) : 1
        let own = max(1, min(conditions.allowed - 1, Int(Double(conditions.allowed) * share)))
        return conditions.backfillRequests < own && all < max(1, conditions.allowed - (conditions.allowed > 1 ? 1 : 0))
    }

    /// A request leaves.
    mutating func pass(at now: ContinuousClock.Instant) {
        rate?.take(at: now)
    }

    /// A request of the backfill met the vendor's rate limit.
    mutating func limited(at now: ContinuousClock.Instant) {
        rate?.limited(at: now)
        factor.halve(at: now)
    }

    /// The part of its rate that it may use now: 1 if no 429 came lately.
    func factor(at now: ContinuousClock.Instant) -> Double { factor.value(at: now) }
}
