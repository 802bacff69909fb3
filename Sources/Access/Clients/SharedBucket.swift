package import Events

/// One gateway's part in a rate limit that several gateways share.
///
/// It holds tokens that were taken from the common limit, at most for a second: what is not used by then is dropped, so that all gateways
/// together never exceed the limit. With the tokens that a request needs it takes as many as the last second has used.
///
/// What was left of the limit when it was last asked is the most that can be there now, besides what has come back since: others only take.
/// So a request that is too much even then is refused without asking.
package struct SharedBucket: Sendable {
    /// What happens to a request.
    package enum Decision: Sendable, Equatable {
        case admitted
        case refused(wait: Duration)
        /// Ask the common limit for this, and call ``received(_:for:at:)`` or ``failed(at:)``. Nobody else is told to ask until then.
        case ask(needed: Double, wanted: Double)
        /// Decide again when the question that is open was answered.
        case wait
    }

    /// How long tokens are kept.
    static let keeping = Duration.seconds(1)
    /// How long the gateway counts alone after the common limit could not be asked: at first, and at most after further failures.
    static let (aloneFirst, aloneAtMost) = (Duration.seconds(1), Duration.seconds(30))

    private let limit: RateLimit
    private var held = 0.0
    private var heldUntil: ContinuousClock.Instant
    /// What is left of the common limit at most, and since when that is known; nil before the first answer.
    private var left: (tokens: Double, at: ContinuousClock.Instant)?
    /// Whether a question is open.
    package private(set) var isAsking = false
    /// What was used in this second and in the one before.
    private var used = (now: 0.0, before: 0.0)
    private var secondBegan: ContinuousClock.Instant
    /// Counts while the common limit cannot be asked.
    private var alone: TokenBucket
    private var aloneUntil: ContinuousClock.Instant
    private var aloneNext = aloneFirst

    /// Starts without tokens of the shared limit, so that the first use asks for some.
    package init(_ limit: RateLimit, at now: ContinuousClock.Instant) {
        self.limit = limit
        (heldUntil, secondBegan, aloneUntil) = (now, now, now)
        alone = TokenBucket(fullBursts: limit, at: now)
    }

    /// Decides on so many tokens, and takes them if they are there.
    package mutating func take(_ count: Int, at now: ContinuousClock.Instant) -> Decision {
        if now < aloneUntil {
            return alone.takeIfPresent(count, at: now).map { .refused(wait: $0) } ?? .admitted
        }
        if now >= heldUntil { held = 0 }
        let count = Double(count)
        if count <= held + Self.rounding {
            use(count, at: now)
            return .admitted
        }
        let needed = count - held
        let wait = shortestWait(for: needed, at: now)
        if wait > .zero { return .refused(wait: wait) }
        if isAsking { return .wait }
        isAsking = true
        return .ask(needed: needed, wanted: prediction(at: now))
    }

    /// The answer to ``Decision/ask(needed:wanted:)``.
    /// - Parameter count: of the request that has asked.
    /// - Returns: what happens to it.
    package mutating func received(
        _ grant: TokenGrant,
        for count: Int,
        at now: ContinuousClock.Instant
    ) -> Decision {
        isAsking = false
        if now >= heldUntil { held = 0 }
        held += grant.tokens
        heldUntil = now + Self.keeping
        left = (grant.left, now)
        aloneNext = Self.aloneFirst
        let needed = Double(count) - held
        guard needed > Self.rounding else {
            use(Double(count), at: now)
            return .admitted
        }
        // What was held when it was asked may have been used meanwhile.
        let wait = shortestWait(for: needed, at: now)
        return .refused(wait: max(wait, .milliseconds(1)))
    }

    /// The question could not be answered: this gateway counts alone for a while, as if there were no others.
    package mutating func failed(at now: ContinuousClock.Instant) {
        isAsking = false
        aloneUntil = now + aloneNext
        aloneNext = min(aloneNext * 2, Self.aloneAtMost)
    }

    /// The earliest time after which so many more tokens can be available.
    private func shortestWait(for needed: Double, at now: ContinuousClock.Instant) -> Duration {
        guard let left else { return .zero }
        let interval = limit.per / limit.requests
        let most = min(Double(limit.requests), left.tokens + max(0, (now - left.at) / interval))
        let missing = min(needed, Double(limit.requests)) - most
        return missing > Self.rounding ? interval * missing : .zero
    }

    private mutating func use(_ count: Double, at now: ContinuousClock.Instant) {
        held = max(0, held - count)
        turn(at: now)
        used.now += count
    }

    /// What the next second will use, by what the last one did; at most what comes back in a second, and nothing if that is not one token.
    private mutating func prediction(at now: ContinuousClock.Instant) -> Double {
        turn(at: now)
        let perSecond = Double(limit.requests) * (Duration.seconds(1) / limit.per)
        let expected = min(max(used.now, used.before), perSecond)
        return expected < 1 ? 0 : expected
    }

    private mutating func turn(at now: ContinuousClock.Instant) {
        let passed = now - secondBegan
        guard passed >= .seconds(1) else { return }
        used = (0, passed < .seconds(2) ? used.now : 0)
        secondBegan = now
    }

    private static let rounding = 1e-9
}
