import Events
import Routing

// Backfills: how a provider's pipeline grants them turns, and how a backfill's own pipeline uses them.
extension PipelineMachine {
    // MARK: - The provider's pipeline

    /// A backfill begins, or continues at another rate.
    mutating func backfillJoined(_ backfill: LaneNumber, percent: Double, at now: ClockReading) {
        backfills.join(backfill, percent: percent, at: now.instant, settings.rateLimit)
    }

    /// A backfill asks for no more turns.
    mutating func backfillLeft(_ backfill: LaneNumber) {
        backfills.leave(backfill)
    }

    /// A request of a backfill waits for its turn.
    mutating func backfillAsks(_ backfill: LaneNumber) {
        backfills.ask(backfill)
    }

    /// Adds a reading of how long accepting clients' events takes.
    mutating func acceptance(_ counts: AcceptanceLoad.Counts, at now: ClockReading) {
        backfills.read(counts, at: now.instant)
    }

    /// The turn of a backfill has ended.
    mutating func backfillEnded(_ end: BackfillTurns.End, at now: ClockReading) {
        let wasLimited = if case .limited? = end.news?.signal { true } else { false }
        guard backfills.end(end.turn, wasLimited: wasLimited, at: now.instant) else { return }
        if let news = end.news {
            gates.learn(from: news.signal, nil, of: end.turn.ticket, news.blame, at: now)
        } else {
            gates.nothingLeft(with: end.turn.ticket, at: now.instant)
        }
    }

    /// Whether a delivery may leave beside the requests of backfills. Live deliveries always have one slot.
    var hasPlace: Bool {
        let allowed = gates.allowedRequests
        let besides = min(backfills.requests, max(0, min(allowed, settings.concurrency) - 1))
        return inFlight.hasPlace(within: allowed - besides, of: settings.concurrency - besides)
    }

    mutating func nextBackfill(at now: ClockReading) -> Step? {
        guard backfills.isWaiting, let backfill = backfills.next(conditions(at: now), at: now.instant) else {
            return nil
        }
        let ticket = gates.pass(at: now.instant)
        counts.leftForBackfills += 1
        return .admitBackfill(backfills.pass(backfill, ticket: ticket, at: now.instant))
    }

    private func conditions(at now: ClockReading) -> BackfillThrottle.Conditions {
        let oldest = oldestLive
        let liveWaits = assembly.count + intents.count > 0
        return BackfillThrottle.Conditions(
            circuit: gates.circuit(at: now.instant),
            heldUntil: gates.heldUntil(at: now.instant),
            liveWaits: liveWaits,
            oldestLive: oldest.map { now.wall - $0 },
            limitedAt: gates.limitedAt,
            acceptanceIsSlow: backfills.acceptanceIsSlow,
            allowed: gates.allowedRequests,
            backfillRequests: backfills.requests,
            liveRequests: inFlight.requests,
            tokenWait: gates.tokenWait(besides: liveWaits, at: now.instant),
            paceWait: backfills.paceWait(at: now.instant)
        )
    }

    /// When the oldest event was accepted that no request has carried: either a claimed one, or the first unclaimed one, which is no
    /// older than the last claimed one.
    private var oldestLive: Timestamp? {
        let claimed = [assembly.oldestFresh, intents.oldestFresh].compactMap(\.self).min()
        return claimed ?? (intake.isFlowing ? lastClaimed : nil)
    }

    // MARK: - The pipeline of a backfill

    /// A turn has arrived: one request may leave.
    mutating func turnCame(_ turn: BackfillTraffic.Turn) {
        turns?.came(turn)
    }

    /// Reports what a backfill's request showed about the provider to the provider's pipeline.
    mutating func endTurn(of batch: DeliveryBatch, _ signal: ProviderSignal, _ blame: ProviderGates.Blame) {
        if let turn = batch.turn { turns?.end(turn, BackfillTurns.News(signal: signal, blame: blame)) }
    }

    /// Requests a turn if a request could leave, and returns those that will not be used.
    ///
    /// When a turn arrives, its request may have to wait for something else. If the turn were kept, it could block the provider's only
    /// probe.
    mutating func nextTurn(at now: ClockReading, _ due: Timestamp?) -> Step? {
        guard turns != nil else { return nil }
        let mayLeave = hasPlace && gates.earliestSend(at: now.instant) == now.instant
        if assembly.count + intents.count == 0 || !mayLeave {
            turns?.giveBack()
            return turns?.nextEnd().map { .endTurn($0) }
        }
        guard assembly.count > 0, turns?.ask() ?? false else { return nil }
        return .askTurn
    }

    /// What keeps a backfill from requesting a turn: its own requests fail, or the vendor has asked for a delay; nil if nothing does.
    func backfillHold(at now: ClockReading) -> BackfillThrottle.Hold? {
        guard turns != nil else { return nil }
        switch gates.circuit(at: now.instant) {
        case .waitUntil, .waitForProbe: return .circuit
        case .send, .probe: return gates.heldUntil(at: now.instant) == nil ? nil : .provider
        }
    }

    /// A backfill that is not done looks for events that have arrived since, because it may have no end yet.
    mutating func lookForMore(at now: ClockReading) {
        if turns != nil, !isFinished { intake.lookAgain(at: now.instant + Self.glance) }
    }

    /// How long a backfill that has claimed everything waits before it reads the journal again.
    private static let glance = Duration.seconds(1)

    /// Whether a backfill has nothing left to do: all its events have an outcome, and none is due again.
    func isDone(_ due: Timestamp?) -> Bool {
        guard let turns, turns.isIdle, due == nil, !isFinished else { return false }
        return intake.isExhausted && !intake.isClaiming && outbox.isEmpty && !isSaving && !steadyClock.isCorrecting
    }
}
