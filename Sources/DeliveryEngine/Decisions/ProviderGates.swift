import Events
package import Journal

/// Whether the next request to a provider may leave: circuit breaker, concurrency, documented rate, and the waits that the vendor
/// asked for; and what each answer teaches them.
package struct ProviderGates: Sendable {
    private let parkedPause: Duration
    private var breaker: CircuitBreaker
    private var concurrency: ConcurrencyLimit
    private var bucket: TokenBucket?
    /// The share of it that clients' reads and passed calls may take.
    private var readBucket: TokenBucket?
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

    /// The number of the next request that leaves.
    private var nextTicket = 0
    /// The probe that is in flight.
    private var probe: Int?
    /// The latest of the requests that passed.
    private var lastPassed = -1
    /// Requests from this number on left after the account was last refused.
    private var firstSinceRefusal = 0
    /// Whether one of them passed, so that the refusal was for what the refused request carried.
    package private(set) var hasPassedSinceRefusal = false
    /// How many probes in a row have not passed.
    package private(set) var failedProbes = 0

    /// A wait that the vendor asked for. In memory it ends by the clock that nobody sets.
    private struct Hold: Sendable, Equatable {
        var until: ContinuousClock.Instant
        var fault: DeliveryFault
    }

    /// A wait that is over sooner is not worth a line on disk.
    private static let worthSaving = Duration.seconds(10)
    /// A provider that worked this recently is not down: an event that keeps failing alone is the cause itself.
    private static let recently = Duration.seconds(600)

    /// - Parameter hold: what an earlier run left of waits and parking.
    package init(settings: PipelineSettings, hold: ProviderHold?, at now: Moment) {
        parkedPause = settings.parkedPause
        longestWait = settings.longestWait
        breaker = settings.breaker
        concurrency = ConcurrencyLimit(ceiling: settings.concurrency)
        bucket = settings.rateLimit.map { TokenBucket(limit: $0, at: now.instant) }
        readBucket = settings.rateLimit.map { TokenBucket(limit: $0.part(settings.readsShare), at: now.instant) }
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

    /// How many requests may be in flight.
    package var allowedRequests: Int { concurrency.current }

    /// Whether the circuit is closed: nothing says that the provider is not there.
    package var isClosed: Bool { breaker.word == "closed" }

    /// Whether a recent answer showed that the provider works.
    package func workedRecently(at now: ContinuousClock.Instant) -> Bool {
        workedAt.map { now - $0 < Self.recently } ?? false
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

    /// Whether a request that leaves now is the probe of an open circuit, and carries one event.
    package func isProbe(at now: ContinuousClock.Instant) -> Bool {
        breaker.decide(at: now) == .probe
    }

    /// A request leaves.
    /// - Returns: its number, which ``learn(from:_:of:_:at:)`` needs.
    package mutating func pass(at now: ContinuousClock.Instant) -> Int {
        let ticket = nextTicket
        nextTicket += 1
        if isProbe(at: now) {
            breaker.probeStarted()
            probe = ticket
        }
        bucket?.take(at: now)
        return ticket
    }

    /// When a client's read may leave: `now` if there is a token that no delivery waits for; nil if a delivery goes first.
    package func earliestRead(besides deliveriesWait: Bool, at now: ContinuousClock.Instant) -> ContinuousClock.Instant?
    {
        var earliest = now
        if let held { earliest = max(earliest, held.until) }
        guard let bucket else { return earliest }
        if deliveriesWait, !bucket.holds(min(2, bucket.burst), at: now) { return nil }
        return max(earliest, bucket.nextToken(at: now), readBucket?.nextToken(at: now) ?? now)
    }

    /// A client's read leaves.
    package mutating func passRead(at now: ContinuousClock.Instant) {
        bucket?.take(at: now)
        readBucket?.take(at: now)
    }

    /// Whose failure a request's failure would be, by what is known of the events that it carried.
    package enum Blame: Sendable, CaseIterable {
        case provider
        /// The one event had failed alone before, so that its failure is no news about the provider.
        case knownEvent
        /// The account was refused to these events, and has passed others since.
        case accusedEvents
    }

    /// Draws the conclusions from the result of a call.
    package mutating func learn(
        from signal: ProviderSignal,
        _ facts: AttemptFacts,
        of ticket: Int,
        _ blame: Blame,
        at now: Moment
    ) {
        let isProbe = ticket == probe
        if isProbe {
            probe = nil
            failedProbes = signal == .works ? 0 : failedProbes + 1
        }
        switch signal {
        case .works:
            lastFault = nil
            breaker.heard(.works, fromProbe: isProbe, at: now.instant)
            concurrency.succeeded(after: facts.latency, at: now.instant)
            workedAt = now.instant
            if isProbe { parkedFor = nil }
            lastPassed = max(lastPassed, ticket)
            if ticket >= firstSinceRefusal { hasPassedSinceRefusal = true }
        case .limited(let fault, let after):
            lastFault = fault
            concurrency.strained(at: now.instant)
            hold(for: fault, after, at: now)
            if isProbe, parkedFor != nil {
                // Limits are looked at before credentials.
                breaker.tripped(at: now.instant, pause: parkedPause)
            } else {
                breaker.heard(.limited, fromProbe: isProbe, at: now.instant)
            }
        case .failed(let fault, let after):
            lastFault = fault
            // Where requests passed that left after it, a request that hung is no sign of the provider's state now.
            let isNews = blame == .provider && (fault.code != .timeout || ticket > lastPassed)
            if isNews {
                concurrency.strained(at: now.instant)
                hold(for: fault, after, at: now)
            }
            breaker.heard(isNews ? .failed : .unclear, fromProbe: isProbe, at: now.instant)
        case .refused(let fault):
            lastFault = fault
            // A request that left before the refusal that others have disproved since is no news.
            if ticket >= firstSinceRefusal || !hasPassedSinceRefusal { refused(fault, blame, isProbe, at: now) }
        }
    }

    private mutating func refused(_ fault: DeliveryFault, _ blame: Blame, _ isProbe: Bool, at now: Moment) {
        firstSinceRefusal = nextTicket
        hasPassedSinceRefusal = false
        if blame == .accusedEvents { return breaker.heard(.unclear, fromProbe: isProbe, at: now.instant) }
        // Requests that left before the first refusal add nothing to it.
        guard parkedFor == nil || isProbe else { return }
        // Where the account worked a moment ago, it may be the event: another one soon tells.
        let isSurprise = parkedFor == nil && workedRecently(at: now.instant)
        parkedFor = fault
        probe = nil
        breaker.tripped(at: now.instant, pause: isSurprise ? min(breaker.pause, parkedPause) : parkedPause)
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

    private func pausedUntil(at now: Moment) -> Timestamp? {
        let latest = [breaker.pausedUntil, held?.until].compactMap(\.self).max()
        return latest.flatMap { $0 > now.instant ? now.wall + ($0 - now.instant) : nil }
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
            pausedUntil: pausedUntil(at: now),
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

extension RateLimit {
    /// So many percent of the limit, at least one request.
    fileprivate func part(_ percent: Double) -> RateLimit {
        let share = min(max(percent, 0), 100) / 100
        return RateLimit(requests: max(1, Int(Double(requests) * share)), per: per)
    }
}
