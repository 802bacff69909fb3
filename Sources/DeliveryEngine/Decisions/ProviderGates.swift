import Events
import Journal
import Routing

/// Whether the next request to a provider may leave: circuit breaker, concurrency, documented rate, and the waits that the vendor
/// asked for; and what each answer teaches them.
struct ProviderGates: Sendable {
    private let parkedPause: Duration
    private var breaker: CircuitBreaker
    private var concurrency: ConcurrencyLimit
    private var bucket: TokenBucket?
    /// The share of it that reads and passed calls may take.
    private var reads: BackgroundRate?
    private var holds: ProviderHolds
    private var lastFault: DeliveryFault?
    /// When an answer last showed that the provider works.
    private var workedAt: ContinuousClock.Instant?
    /// When a request last met the rate limit.
    private(set) var limitedAt: ContinuousClock.Instant?

    /// The number of the next request that leaves.
    private var nextTicket = 0
    /// The probe that is in flight.
    private var probe: Int?
    /// The latest of the requests that passed.
    private var lastPassed = -1
    /// Requests from this number on left after the account was last refused.
    private var firstSinceRefusal = 0
    /// Whether one of them passed, so that the refusal was for what the refused request carried.
    private(set) var hasPassedSinceRefusal = false
    /// How many probes in a row have not passed.
    private(set) var failedProbes = 0

    /// A provider that worked this recently is not down: an event that keeps failing alone is the cause itself.
    private static let recently = Duration.seconds(600)

    /// - Parameter hold: what an earlier run left of waits and parking.
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

    /// Whether the circuit is closed: nothing says that the provider is not there.
    var isClosed: Bool { breaker.word == "closed" }

    /// Whether a recent answer showed that the provider works.
    func workedRecently(at now: ContinuousClock.Instant) -> Bool {
        workedAt.map { now - $0 < Self.recently } ?? false
    }

    /// Whether an answer has shown since then that the provider works.
    /// - Parameter instant: nil for any time.
    func hasWorked(since instant: ContinuousClock.Instant?) -> Bool {
        guard let workedAt else { return false }
        return instant.map { workedAt >= $0 } ?? true
    }

    /// When the next request may leave: `now` itself if the gates are open; nil if a probe's result decides.
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

    /// Whether a request that leaves now is the probe of an open circuit, and carries one event.
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

    /// When a read may leave: `now` if there is a token that no delivery waits for; nil if a delivery goes first.
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

    /// A read was told that the rate limit is reached. Reads are slower from now on; for deliveries it says when the next may leave.
    mutating func readWasLimited(_ fault: DeliveryFault, _ after: RetryAfter?, at now: ClockReading) {
        reads?.limited(at: now.instant)
        limitedAt = now.instant
        lastFault = fault
        concurrency.strained(at: now.instant)
        holds.vendorAsks(for: after, because: fault, at: now)
    }

    /// Whose failure a request's failure would be, by what is known of the events that it carried.
    enum Blame: Sendable, CaseIterable {
        case provider
        /// The one event had failed alone before, so that its failure is no news about the provider.
        case knownEvent
        /// The account was refused to these events, and has passed others since.
        case accusedEvents
    }

    /// What the circuit allows.
    func circuit(at now: ContinuousClock.Instant) -> CircuitBreaker.Decision { breaker.decide(at: now) }

    /// When the waits end that the vendor or an operator wants; nil if there is none.
    func heldUntil(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let instant = holds.earliestSend(at: now)
        return instant > now ? instant : nil
    }

    /// How long it takes until there is a token that no delivery waits for; nil if deliveries take them all.
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

    /// Draws the conclusions from the result of a call.
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
            // Where requests passed that left after it, a request that hung is no sign of the provider's state now.
            let isNews = blame == .provider && (fault.code != .timeout || ticket > lastPassed)
            if isNews { strained(by: fault, after, at: now) }
            breaker.heard(isNews ? .failed : .unclear, fromProbe: isProbe, at: now.instant)
        case .refused(let fault):
            lastFault = fault
            // A request that left before the refusal that others have disproved since is no news.
            if ticket >= firstSinceRefusal || !hasPassedSinceRefusal { refused(fault, blame, isProbe, at: now) }
        }
    }

    private mutating func worked(_ facts: AttemptFacts?, _ ticket: Int, _ isProbe: Bool, at now: ClockReading) {
        lastFault = nil
        breaker.heard(.works, fromProbe: isProbe, at: now.instant)
        if let facts { concurrency.succeeded(after: facts.latency, at: now.instant) } else { concurrency.grow() }
        workedAt = now.instant
        if isProbe { holds.park(for: nil) }
        lastPassed = max(lastPassed, ticket)
        if ticket >= firstSinceRefusal { hasPassedSinceRefusal = true }
    }

    private mutating func limited(_ fault: DeliveryFault, _ after: RetryAfter?, _ isProbe: Bool, at now: ClockReading) {
        lastFault = fault
        limitedAt = now.instant
        strained(by: fault, after, at: now)
        if isProbe, holds.parkedFor != nil {
            // Limits are looked at before credentials.
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
        // Where the account worked just now, it may be the event: another one soon tells.
        let isSurprise = !wasParked && workedRecently(at: now.instant)
        holds.park(for: fault)
        probe = nil
        breaker.tripped(at: now.instant, pause: isSurprise ? min(breaker.pause, parkedPause) : parkedPause)
    }

    /// An operator holds the provider; a later hold replaces an earlier one.
    mutating func hold(_ hold: OperatorHold, at now: ClockReading) {
        holds.operatorHolds(hold, at: now)
    }

    /// An operator wants the provider called now: their own hold ends, a wait that the vendor asked for, and the pause before the
    /// next probe. Whether the vendor is there, and accepts the credential, the next call tells.
    mutating func resume(at now: ContinuousClock.Instant) {
        holds.resume()
        breaker.endPause(at: now)
    }

    /// What must be written down so that a restart knows it; nil if what is on disk will do.
    ///
    /// The caller writes the value (nil inside: nothing holds the provider any more) and the gates take it for written.
    mutating func takeUnsaved(at now: ClockReading) -> ProviderHold?? {
        holds.takeUnsaved(at: now)
    }

    /// When an open breaker lets the next probe through.
    private func pauseEnd(at now: ClockReading) -> Timestamp? {
        breaker.pausedUntil.flatMap { $0 > now.instant ? now.wall + ($0 - now.instant) : nil }
    }

    /// What people see of the gates.
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
