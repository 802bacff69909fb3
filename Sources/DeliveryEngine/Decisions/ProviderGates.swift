package import Events
package import Journal

/// Whether the next request to a provider may leave: circuit breaker, concurrency, documented rate, and the waits that the vendor
/// asked for; and what each answer teaches them.
package struct ProviderGates: Sendable {
    private let parkedPause: Duration
    private var breaker: CircuitBreaker
    private var concurrency: ConcurrencyLimit
    private var bucket: TokenBucket?
    /// The longest wait that the vendor may ask for.
    private let longestWait: Duration
    /// Nothing leaves before; nil if nobody asked for a wait.
    private var held: Hold?
    /// Nothing leaves before, because an operator said so.
    private var stopped: (hold: OperatorHold, until: ContinuousClock.Instant)?
    private var parkedFor: DeliveryFault?
    private(set) var lastFault: DeliveryFault?
    /// When an answer last showed that the provider works.
    private var workedAt: ContinuousClock.Instant?
    /// What is on disk of ``held`` and ``parkedFor``.
    private var saved: ProviderHold?

    /// A wait that the vendor asked for. In memory it ends by the clock that nobody sets.
    private struct Hold: Sendable, Equatable {
        var until: ContinuousClock.Instant
        var fault: DeliveryFault
    }

    /// A wait that is over sooner is not worth a line on disk.
    private static let worthSaving = Duration.seconds(10)
    /// A provider that worked this lately is not down: an event that fails alone, again and again, is the cause itself.
    private static let lately = Duration.seconds(600)

    /// - Parameter hold: what an earlier run left of waits and parking.
    package init(settings: PipelineSettings, hold: ProviderHold?, at now: Moment) {
        parkedPause = settings.parkedPause
        longestWait = settings.longestWait
        breaker = settings.breaker
        concurrency = ConcurrencyLimit(ceiling: settings.concurrency)
        bucket = settings.rateLimit.map { TokenBucket(limit: $0, at: now.instant) }
        saved = hold
        guard let hold else { return }
        let rest = max(.zero, min(hold.until - now.wall, longestWait))
        lastFault = hold.fault
        if hold.isParked {
            parkedFor = hold.fault
            breaker.tripped(at: now.instant, pause: min(rest, parkedPause))
        } else {
            held = Hold(until: now.instant + rest, fault: hold.fault)
        }
    }

    /// How many requests may be under way.
    package var allowedRequests: Int { concurrency.current }

    /// Whether the circuit is closed: nothing says that the provider is not there.
    package var isClosed: Bool { breaker.word == "closed" }

    /// Whether an answer showed lately that the provider works.
    package func workedLately(at now: ContinuousClock.Instant) -> Bool {
        workedAt.map { now - $0 < Self.lately } ?? false
    }

    /// When the next request may leave: `now` itself if the gates are open; nil if a probe's result decides.
    package func earliestSend(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        var earliest = now
        switch breaker.decide(at: now) {
        case .send, .probe: break
        case .waitForProbe: return nil
        case .waitUntil(let instant): earliest = max(earliest, instant)
        }
        if let held { earliest = max(earliest, held.until) }
        if let stopped { earliest = max(earliest, stopped.until) }
        if let bucket { earliest = max(earliest, bucket.nextToken(at: now)) }
        return earliest
    }

    /// Whether a request that leaves now is the probe of an open circuit, and should be small.
    package func isProbe(at now: ContinuousClock.Instant) -> Bool {
        breaker.decide(at: now) == .probe
    }

    /// A request leaves.
    package mutating func pass(at now: ContinuousClock.Instant) {
        if isProbe(at: now) { breaker.probeStarted() }
        bucket?.take(at: now)
    }

    /// When a client's read may leave: `now` if there is a token that no delivery waits for; nil if a delivery goes first.
    package func earliestRead(besides deliveriesWait: Bool, at now: ContinuousClock.Instant) -> ContinuousClock.Instant?
    {
        var earliest = now
        if let held { earliest = max(earliest, held.until) }
        guard let bucket else { return earliest }
        if deliveriesWait, !bucket.holds(min(2, bucket.burst), at: now) { return nil }
        return max(earliest, bucket.nextToken(at: now))
    }

    /// A client's read leaves.
    package mutating func passRead(at now: ContinuousClock.Instant) {
        bucket?.take(at: now)
    }

    /// Draws the conclusions from an answer.
    package mutating func learn(from verdict: Verdict, _ facts: AttemptFacts, at now: Moment) {
        let outcome: Outcome? = if case .all(let outcome) = verdict { outcome } else { nil }
        lastFault = outcome?.fault
        switch outcome {
        case nil, .delivered?, .reject?, .resend?:
            breaker.succeeded()
            concurrency.succeeded(after: facts.latency, at: now.instant)
            parkedFor = nil
            workedAt = now.instant
        case .retry(let fault, let after)?:
            concurrency.strained(at: now.instant)
            hold(for: fault, after, at: now)
            // A vendor that says "not so fast" is there.
            if fault.code != .rateLimited { breaker.failed(at: now.instant) }
        case .ambiguous(let fault, let after)?:
            concurrency.strained(at: now.instant)
            hold(for: fault, after, at: now)
            breaker.failed(at: now.instant)
        case .park(let fault)?:
            parkedFor = fault
            breaker.tripped(at: now.instant, pause: parkedPause)
        }
    }

    private mutating func hold(for fault: DeliveryFault, _ after: RetryAfter?, at now: Moment) {
        var wait = after.map { $0.moment(from: now.wall, atMost: longestWait) - now.wall } ?? .zero
        // Also where the vendor's clock is behind, and the time that it names is over here.
        if fault.code == .rateLimited, wait <= .zero { wait = .seconds(1) }
        guard wait > .zero else { return }
        let until = now.instant + wait
        if held.map({ $0.until < until }) ?? true { held = Hold(until: until, fault: fault) }
    }

    /// An operator holds the provider; a later hold replaces an earlier one.
    package mutating func hold(_ hold: OperatorHold, at now: Moment) {
        stopped = (hold, now.instant + max(.zero, hold.until - now.wall))
    }

    /// An operator wants the provider called now: their own hold ends, a wait that the vendor asked for, and the pause before the
    /// next probe. Whether the vendor is there, and accepts the credential, the next call tells.
    package mutating func resume(at now: ContinuousClock.Instant) {
        stopped = nil
        held = nil
        breaker.endPause(at: now)
    }

    /// What must be written down so that a restart knows it; nil if what is on disk will do.
    ///
    /// The caller writes the value (nil inside: nothing holds the provider any more) and the gates take it for written.
    package mutating func takeUnsaved(at now: Moment) -> ProviderHold?? {
        if let held, held.until <= now.instant { self.held = nil }
        let wanted: ProviderHold? =
            if let parkedFor {
                ProviderHold(until: now.wall + parkedPause, fault: parkedFor, isParked: true)
            } else if let held, held.until - now.instant >= Self.worthSaving {
                ProviderHold(until: now.wall + (held.until - now.instant), fault: held.fault, isParked: false)
            } else {
                nil
            }
        guard isNews(wanted, at: now) else { return nil }
        saved = wanted
        return .some(wanted)
    }

    private func isNews(_ wanted: ProviderHold?, at now: Moment) -> Bool {
        guard let wanted else {
            // One that ends by itself needs no word on disk.
            return saved.map { $0.isParked || $0.until > now.wall } ?? false && held == nil
        }
        guard let saved else { return true }
        if wanted.isParked || saved.isParked { return wanted.isParked != saved.isParked }
        return wanted.until - saved.until >= .seconds(1)
    }

    /// What people see of the gates.
    package func snapshot(
        at now: Moment,
        requestsUnderWay: Int,
        counts: PipelineMachine.Counts
    ) -> PipelineMachine.Snapshot {
        PipelineMachine.Snapshot(
            circuit: breaker.word,
            parked: parkedFor,
            heldUntil: held.flatMap { $0.until > now.instant ? now.wall + ($0.until - now.instant) : nil },
            holdFault: held.flatMap { $0.until > now.instant ? $0.fault : nil },
            operatorHold: stopped.flatMap { $0.until > now.instant ? $0.hold : nil },
            requestsUnderWay: requestsUnderWay,
            concurrency: concurrency.current,
            lastFault: lastFault,
            counts: counts
        )
    }
}
