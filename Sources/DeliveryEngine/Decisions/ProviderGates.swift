import Events
import Journal
import Routing

/// Whether the next request to a provider may leave: circuit breaker, concurrency, documented rate, and the delays that the vendor asked
/// for; and what they learn from each response.
struct ProviderGates: Sendable {
    private let parkedPause: Duration
    private var breaker: CircuitBreaker
    private var concurrency: ConcurrencyLimit
    private var bucket: TokenBucket?
    /// The share of the rate for reads and passed calls.
    private var reads: BackgroundRate?
    private var holds: ProviderHolds
    private var lastFault: DeliveryFault?
    /// When a response last showed that the provider works.
    private var workedAt: ContinuousClock.Instant?
    /// When a request last met the rate limit.
    private(set) var limitedAt: ContinuousClock.Instant?

    /// The number of the next request that leaves.
    private var nextTicket = 0
    /// The probe that is in flight.
    private var probe: Int?
    /// The number of the latest request that succeeded.
    private var lastPassed = -1
    /// Requests from this number on left after the account was last refused.
    private var firstSinceRefusal = 0
    /// Whether one of them succeeded, so that the refusal concerned the events of the refused request.
    private(set) var hasPassedSinceRefusal = false
    /// How many probes have failed in a row.
    private(set) var failedProbes = 0

    /// A provider that worked within this time is not down: an event that keeps failing alone is itself the cause.
    private static let recently = Duration.seconds(600)

    /// - Parameter hold: delays and parking that an earlier run recorded.
    init(settings: PipelineSettings, hold: ProviderHold?, at now: ClockReading) {
        parkedPause = settings.breaker.parkedPause
        holds = ProviderHolds(settings: settings, hold: hold, at: now)
        breaker = CircuitBreaker(settings.breaker)
        concurrency = ConcurrencyLimit(ceiling: settings.concurrency)
        bucket = settings.rateLimit.map { TokenBucket(shortBursts: $0, at: now.instant) }
        reads = settings.rateLimit.map { BackgroundRate(settings.readsShare, of: $0, at: now.instant) }
        guard let hold else { return }
        lastFault = hold.fault
        if hold.isParked { breaker.tripped(at: now.instant, pause: min(holds.rest(of: hold, at: now), parkedPause)) }
    }

    /// How many requests may be in flight.
    var allowedRequests: Int { concurrency.current }

    /// Whether the circuit is closed: there is no sign that the provider is down.
    var isClosed: Bool { breaker.word == "closed" }

    /// Whether a recent response showed that the provider works.
    func workedRecently(at now: ContinuousClock.Instant) -> Bool {
        workedAt.map { now - $0 < Self.recently } ?? false
    }

    /// Whether a response has shown since then that the provider works.
    /// - Parameter instant: nil for any time.
    func hasWorked(since instant: ContinuousClock.Instant?) -> Bool {
        guard let workedAt else { return false }
        return instant.map { workedAt >= $0 } ?? true
    }

    /// When the next request may leave: `now` if the gates are open; nil if that depends on the result of a probe.
    func earliestSend(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var earliest = holds.earliestSend(at: now)
        switch breaker.decide(at: now) {
        case .send, .probe: break
        case .waitForProbe: return nil
        case .waitUntil(let instant): earliest = max(earliest, instant)
        }
        if let bucket { earliest = max(earliest, now + bucket.wait(for: 1, at: now)) }
        return earliest
    }

    /// Whether a request that leaves now is the probe of an open circuit, which carries one event.
    func isProbe(at now: ContinuousClock.Instant) -> Bool {
        breaker.decide(at: now) == .probe
    }

    /// A request leaves.
    /// - Returns: its number, which ``learn(from:_:of:_:at:)`` needs.
    mutating func pass(at now: ContinuousClock.Instant) -> Int {
        let ticket = nextTicket
        nextTicket += 1
        if isProbe(at: now) {
            breaker.probeStarted()
            probe = ticket
        }
        bucket?.take(1, at: now)
        return ticket
    }

    /// When a read may leave: `now` if there is a token that no delivery needs; nil if a delivery goes first.
    func earliestRead(besides deliveriesWait: Bool, at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let earliest = holds.earliestRead(at: now)
        guard let bucket else { return earliest }
        if deliveriesWait, bucket.wait(for: 2, at: now) > .zero { return nil }
        return max(earliest, now + max(bucket.wait(for: 1, at: now), reads?.wait(at: now) ?? .zero))
    }

    /// A read leaves.
    mutating func passRead(at now: ContinuousClock.Instant) {
        bucket?.take(1, at: now)
        reads?.take(at: now)
    }

    /// A read met the rate limit. Reads are slower from now on, and deliveries wait for as long as the vendor asks.
    mutating func readWasLimited(_ fault: DeliveryFault, _ after: RetryAfter?, at now: ClockReading) {
        reads?.limited(at: now.instant)
        limitedAt = now.instant
        lastFault = fault
        concurrency.strained(at: now.instant)
        holds.vendorAsks(for: after, because: fault, at: now)
    }

    /// What would be to blame for a request's failure, by what is known about its events.
    enum Blame: Sendable, CaseIterable {
        case provider
        /// The single event had failed alone before, so that another failure says nothing about the provider.
        case knownEvent
        /// The account was refused to these events, and has been accepted for others since.
        case accusedEvents
    }

    /// What the circuit allows.
    func circuit(at now: ContinuousClock.Instant) -> CircuitBreaker.Decision { breaker.decide(at: now) }

    /// The end of the delays that the vendor or an operator wants; nil if there are none.
    func heldUntil(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let instant = holds.earliestSend(at: now)
        return instant > now ? instant : nil
    }

    /// The time until there is a token that no delivery needs; nil if deliveries need them all.
    func tokenWait(besides deliveriesWait: Bool, at now: ContinuousClock.Instant) -> Duration? {
        guard let bucket else { return .zero }
        if deliveriesWait, bucket.wait(for: 2, at: now) > .zero { return nil }
        return bucket.wait(for: 1, at: now)
    }

    /// The request with this number did not leave.
    mutating func nothingLeft(with ticket: Int, at now: ContinuousClock.Instant) {
        guard ticket == probe else { return }
        probe = nil
        breaker.heard(.unclear, fromProbe: true, at: now)
        breaker.endPause(at: now)
    }

    /// Learns from the result of a call.
    /// - Parameter facts: of a delivery; nil for a backfill's, whose latency says nothing about live ones.
    mutating func learn(
        from signal: ProviderSignal,
        _ facts: AttemptFacts?,
        of ticket: Int,
        _ blame: Blame,
        at now: ClockReading
    ) {
        let isProbe = ticket == probe
        if isProbe {
            probe = nil
            failedProbes = signal == .works ? 0 : failedProbes + 1
        }
        switch signal {
        case .works: worked(facts, ticket, isProbe, at: now)
        case .limited(let fault, let after): limited(fault, after, isProbe, at: now)
        case .failed(let fault, let after):
            lastFault = fault
            // If requests that left after it have succeeded, a request that hung says nothing about the provider's present state.
            let isNews = blame == .provider && (fault.code != .timeout || ticket > lastPassed)
            if isNews { strained(by: fault, after, at: now) }
            breaker.heard(isNews ? .failed : .unclear, fromProbe: isProbe, at: now.instant)
        case .refused(let fault):
            lastFault = fault
            // A request that left before a refusal that others have disproved since is not news.
            if ticket >= firstSinceRefusal || !hasPassedSinceRefusal { refused(fault, blame, isProbe, at: now) }
        }
    }

    private mutating func worked(_ facts: AttemptFacts?, _ ticket: Int, _ isProbe: Bool, at now: ClockReading) {
        lastFault = nil
        breaker.heard(.works, fromProbe: isProbe, at: now.instant)
        if let facts { concurrency.succeeded(after: facts.latency, at: now.instant) } else { concurrency.grow() }
        workedAt = now.instant
        if isProbe { holds.park(for: nil, at: now.instant) }
        lastPassed = max(lastPassed, ticket)
        if ticket >= firstSinceRefusal { hasPassedSinceRefusal = true }
    }

    private mutating func limited(_ fault: DeliveryFault, _ after: RetryAfter?, _ isProbe: Bool, at now: ClockReading) {
        lastFault = fault
        limitedAt = now.instant
        strained(by: fault, after, at: now)
        if isProbe, holds.parkedFor != nil {
            // Vendors check limits before credentials.
            breaker.tripped(at: now.instant, pause: parkedPause)
        } else {
            breaker.heard(.limited, fromProbe: isProbe, at: now.instant)
        }
    }

    private mutating func strained(by fault: DeliveryFault, _ after: RetryAfter?, at now: ClockReading) {
        concurrency.strained(at: now.instant)
        holds.vendorAsks(for: after, because: fault, at: now)
    }

    private mutating func refused(_ fault: DeliveryFault, _ blame: Blame, _ isProbe: Bool, at now: ClockReading) {
        firstSinceRefusal = nextTicket
        hasPassedSinceRefusal = false
        if blame == .accusedEvents { return breaker.heard(.unclear, fromProbe: isProbe, at: now.instant) }
        // Requests that left before the first refusal add nothing to it.
        let wasParked = holds.parkedFor != nil
        guard !wasParked || isProbe else { return }
        // If the account worked a short time ago, the event may be the cause: another one will show.
        let isSurprise = !wasParked && workedRecently(at: now.instant)
        holds.park(for: fault, at: now.instant)
        probe = nil
        breaker.tripped(at: now.instant, pause: isSurprise ? min(breaker.pause, parkedPause) : parkedPause)
    }

    /// An operator holds the provider; a later hold replaces an earlier one.
    mutating func hold(_ hold: OperatorHold, at now: ClockReading) {
        holds.operatorHolds(hold, at: now)
    }

    /// An operator resumes the provider: their own hold ends, a delay that the vendor asked for, and the pause before the next probe. The
    /// next call shows whether the vendor is available and accepts the credential.
    mutating func resume(at now: ContinuousClock.Instant) {
        holds.resume()
        breaker.endPause(at: now)
    }

    /// What must be written so that a restart knows it; nil if what is on disk is sufficient.
    ///
    /// The caller writes the value (nil inside: nothing holds the provider any more), and the gates assume that it is written.
    mutating func takeUnsaved(at now: ClockReading) -> ProviderHold?? {
        holds.takeUnsaved(at: now)
    }

    /// When an open breaker lets the next probe through.
    private func pauseEnd(at now: ClockReading) -> Timestamp? {
        breaker.pausedUntil.flatMap { $0 > now.instant ? now.wall + ($0 - now.instant) : nil }
    }

    /// The state of the gates, for people.
    func snapshot(
        at now: ClockReading,
        requestsInFlight: Int,
        counts: PipelineMachine.Counts
    ) -> PipelineMachine.Snapshot {
        let wait = holds.vendorsWait(at: now)
        return PipelineMachine.Snapshot(
            circuit: breaker.word,
            circuitOpenSince: breaker.openSince.map { now.wall + ($0 - now.instant) },
            parked: holds.parkedFor,
            parkedSince: holds.parkedSince.map { now.wall + ($0 - now.instant) },
            pausedUntil: [pauseEnd(at: now), wait?.until].compactMap(\.self).max(),
            heldUntil: wait?.until,
            holdFault: wait?.fault,
            operatorHold: holds.operatorsHold(at: now),
            requestsInFlight: requestsInFlight,
            concurrency: concurrency.current,
            lastFault: lastFault,
            counts: counts
        )
    }
}
