import Events
import Journal
import Randomness
import Routing

/// Decides a pipeline's next step. Its inputs are everything that happens, and the time.
///
/// The shell (``Pipeline``) carries the steps out and reports back; this machine has no clock, does no I/O and awaits nothing. Every step
/// that it returns is reported on exactly once, whatever its result.
package struct PipelineMachine: Sendable {
    /// A step for the shell.
    enum Step: Sendable, Equatable {
        /// Claim a block from the journal.
        case claim(BlockLimit)
        /// Claim retries that are due.
        case claimDue(BlockLimit)
        /// Make the intent to send these durable.
        case intend([SequenceNumber])
        /// Send these in one request.
        case send(DeliveryBatch)
        /// Record these outcomes.
        case settle(Settlement)
        /// Record what blocks calls to the provider, so that a restart knows it.
        case save(ProviderHold?)
        /// Make all retries due earlier by this much: the wall clock was set back.
        case bringForward(Duration)
        /// Wait for events after the newest one of the last claim.
        case watch
        /// Let a waiting client's read through. This step is not reported on.
        case admitRead
        /// Let a waiting backfill's request through. ``PipelineMachine/backfillEnded(_:at:)`` reports its result.
        case admitBackfill(BackfillTraffic.Turn)
        /// Request a turn from the provider's pipeline; only for a backfill. ``PipelineMachine/turnCame(_:)`` reports it.
        case askTurn
        /// Report to the provider's pipeline that a turn has ended. This step is not reported on.
        case endTurn(BackfillTurns.End)
        /// Ask again at this instant, unless something happens before. Replaces the previous wake-up.
        case wake(at: ContinuousClock.Instant)
        /// Return these unsent; then the pipeline is done.
        case finish(releasing: [SequenceNumber])
    }

    /// The translated result of a claim.
    struct Claimed: Sendable {
        var items: [DeliveryItem] = []
        /// Events that end without being sent, each with a row of its own.
        var settled: [SettledDelivery] = []
        /// Events for a shadow destination.
        var skipped: [SkippedRun] = []
        /// The results of these.
        var shadow: [ShadowTally] = []

        init(items: [DeliveryItem] = [], settled: [SettledDelivery] = []) {
            self.items = items
            self.settled = settled
        }
    }

    let settings: PipelineSettings
    let rules: OutcomeRules
    var random: SplitMix
    var gates: ProviderGates
    var assembly: BatchAssembly
    var suspects = Suspects()
    var limitedBatches = LimitedBatches()
    var outbox: Outbox
    var inFlight = InFlight()
    var counts = Counts()

    var intake: Intake
    var intents = IntentQueue()
    var steadyClock: SteadyClock
    var scheduledWake: ContinuousClock.Instant?
    /// The index of the next first attempt; see ``DeliveryItem/place``.
    var nextPlace = 0
    /// Whether the next probe is chosen: the first event that was never tried.
    var hasCandidate = false
    var isClosing = false
    var isFinished = false
    var isSaving = false
    /// Clients' reads that wait for their turn.
    var waitingReads = 0
    /// The backfills that take turns with live deliveries.
    var backfills: BackfillTraffic
    /// For a backfill's own pipeline; nil for live deliveries.
    var turns: BackfillTurns?
    /// When the last claimed event was accepted.
    var lastClaimed: Timestamp?

    /// - Parameters:
    ///   - hold: delays and parking that an earlier run recorded.
    ///   - isBackfill: whether it delivers a backfill's events, and ends with it.
    init(
        settings: PipelineSettings,
        isBackfill: Bool = false,
        hold: ProviderHold? = nil,
        seed: UInt64,
        at now: ClockReading,
        since start: ClockReading? = nil
    ) {
        self.settings = settings
        rules = OutcomeRules(settings: settings)
        random = SplitMix(seed: seed)
        gates = ProviderGates(settings: settings, hold: hold, at: now)
        assembly = BatchAssembly(limit: settings.batch)
        outbox = Outbox(provider: settings.provider)
        intake = Intake(linger: settings.linger)
        steadyClock = SteadyClock(at: now, since: start ?? now)
        backfills = BackfillTraffic(of: seed, batchesOf: settings.batch.events)
        if isBackfill { turns = BackfillTurns() }
    }

    // MARK: - What to do

    /// The next step at `now`; nil if there is nothing to do until something happens.
    /// - Parameter due: when the earliest retry in the journal is due, according to the ledger; nil if none waits.
    mutating func next(at now: ClockReading, due: Timestamp? = nil) -> Step? {
        if let end = turns?.nextEnd() { return .endTurn(end) }
        // After the settlement in progress, whose retries were scheduled by the old clock.
        if !isClosing, !outbox.isSettling, let step = clockCorrection(at: now, due) { return .bringForward(step) }
        if let settlement = outbox.next() { return .settle(settlement) }
        if !isSaving, let unsaved = gates.takeUnsaved(at: now) {
            isSaving = true
            return .save(unsaved)
        }
        if isClosing { return nextWhenClosing() }
        if isProbeWorthWaiting(at: now), let claim = nextClaim(at: now, due) { return claim }
        if let batch = nextSend(at: now, due) { return .send(batch) }
        // Events that are not sent again, because the vendor would not recognize them.
        if let settlement = outbox.next() { return .settle(settlement) }
        if let step = nextTurn(at: now, due) { return step }
        if settings.needsIntent, let sequences = nextIntent() { return .intend(sequences) }
        if let claim = nextClaim(at: now, due) { return claim }
        if let step = nextRead(at: now) { return step }
        if let step = nextBackfill(at: now) { return step }
        if turns == nil, intake.shouldWatch() { return .watch }
        if isDone(due) {
            isFinished = true
            return .finish(releasing: [])
        }
        lookForMore(at: now)
        return nextWake(at: now, due)
    }

    /// By how much the retries in the journal must be made due earlier; those that are not written yet have been corrected.
    private mutating func clockCorrection(at now: ClockReading, _ due: Timestamp?) -> Duration? {
        let step = steadyClock.correction(at: now, hasRetries: due != nil || outbox.hasRetries)
        if let step { outbox.bringForward(by: step) }
        return step
    }

    private mutating func nextWhenClosing() -> Step? {
        if turns?.hasTurn ?? false {
            turns?.giveBack()
            return turns?.nextEnd().map { .endTurn($0) }
        }
        guard !isFinished, inFlight.requests == 0, !outbox.isSettling, !isSaving, !intents.isWriting,
            !intake.isClaiming,
            !steadyClock.isCorrecting
        else { return nil }
        isFinished = true
        return .finish(releasing: removeUnsent())
    }

    /// Takes all waiting events, to return them unsent.
    ///
    /// Those that a request has carried since they were claimed, as halves of a batch that failed, stay out where the vendor's memory ends:
    /// nothing in the journal tells since when the vendor may have them, so that they count as interrupted.
    mutating func removeUnsent() -> [SequenceNumber] {
        let waiting = assembly.removeAll() + intents.removeAll()
        return waiting.filter { settings.memory == nil || $0.newAttempts.isEmpty }.map(\.sequence)
    }

    /// Whether the next request is a probe and everything that waits has something against it: the journal may have better events.
    private func isProbeWorthWaiting(at now: ClockReading) -> Bool {
        !assembly.hasUnsuspected && gates.isProbe(at: now.instant)
    }

    private mutating func nextSend(at now: ClockReading, _ due: Timestamp?) -> DeliveryBatch? {
        while let chosen = nextBatch(at: now) {
            hasCandidate = false
            guard var batch = withoutForgotten(chosen, at: now) else { continue }
            batch.ticket = gates.pass(at: now.instant)
            counts.left += 1
            batch.turn = turns?.take()
            inFlight.left(batch)
            return batch
        }
        return nil
    }

    private mutating func nextBatch(at now: ClockReading) -> DeliveryBatch? {
        guard assembly.count > 0, hasPlace, turns?.hasTurn ?? true else { return nil }
        guard gates.earliestSend(at: now.instant) == now.instant else { return nil }
        if gates.isProbe(at: now.instant) {
            guard assembly.hasUnsuspected || (!intake.isClaiming && intents.count == 0) else { return nil }
            // The oldest event first; if that failed, any event, so that a series of invalid ones soon ends.
            let isFirst = !probesFail || hasCandidate
            return assembly.probe { isFirst ? 0 : Int.random(in: 0..<$0, using: &random) }
        }
        if limitedBatches.most == 1, settings.batch.events > 1, assembly.hasUnsuspected {
            return assembly.probe { Int.random(in: 0..<$0, using: &random) }
        }
        return assembly.next(permission(at: now), most: limitedBatches.most)
    }

    /// Settles the events of a batch that the vendor may have and would not recognize.
    /// - Returns: the batch with the others; nil if there are none.
    private mutating func withoutForgotten(_ batch: DeliveryBatch, at now: ClockReading) -> DeliveryBatch? {
        guard settings.memory != nil else { return batch }
        let time = steadyClock.believed(at: now)
        var kept = batch
        kept.items.removeAll { rules.isForgotten($0, at: time) }
        guard kept.items.count < batch.items.count else { return batch }
        for item in batch.items where rules.isForgotten(item, at: time) {
            outbox.add(rules.decideForgotten(item))
            suspects.clear(item.sequence)
        }
        return kept.items.isEmpty ? nil : kept
    }

    private func permission(at now: ClockReading) -> BatchAssembly.Permission {
        // An event for which the account was refused leaves once others have shown that the account works, or when there is no other one.
        let isIdle = inFlight.requests == 0 && assembly.hasOnlyAccused && !intake.isClaiming
        let partlyFilled = !intake.isFilling || room.new == nil
        let leavesWay =
            inFlight.requests >= gates.allowedRequests
            || (assembly.hasFresh(partlyFilled: partlyFilled)
                && !inFlight.allowsRetries(within: gates.allowedRequests, at: now.instant))
        return BatchAssembly.Permission(
            partlyFilled: partlyFilled,
            retries: !leavesWay,
            accused: !leavesWay && inFlight.accused == 0 && (gates.hasPassedSinceRefusal || isIdle)
        )
    }

    private mutating func nextClaim(at now: ClockReading, _ due: Timestamp?) -> Step? {
        guard outbox.hasRoom else { return nil }
        var room = room
        if gates.earliestSend(at: now.instant) != now.instant {
            // A closed gate needs one event for its probe and no more, unless the next probe needs a choice.
            if assembly.freshCount + intents.freshCount > 0, !probesFail { room.new = nil }
            if assembly.hasUnsuspected || intents.count > 0 { room.due = nil }
        }
        switch intake.next(at: now, due: due, room: room) {
        case .new(let limit): return .claim(limit)
        case .due(let limit): return .claimDue(limit)
        case nil: return nil
        }
    }

    private mutating func nextRead(at now: ClockReading) -> Step? {
        guard waitingReads > 0, earliestRead(at: now) == now.instant else { return nil }
        waitingReads -= 1
        gates.passRead(at: now.instant)
        return .admitRead
    }

    private func earliestRead(at now: ClockReading) -> ContinuousClock.Instant? {
        gates.earliestRead(besides: assembly.count > 0, at: now.instant)
    }

    private mutating func nextWake(at now: ClockReading, _ due: Timestamp?) -> Step? {
        var instants = [intake.nextInstant(due: due, at: now)].compactMap(\.self)
        if assembly.count > 0, let earliest = gates.earliestSend(at: now.instant), earliest > now.instant {
            instants.append(earliest)
        }
        if waitingReads > 0, let earliest = earliestRead(at: now), earliest > now.instant { instants.append(earliest) }
        if backfills.isWaiting, let instant = backfills.lookAgainAt, instant > now.instant { instants.append(instant) }
        guard let earliest = instants.min() else { return nil }
        // The wall clock can be set; waking up at least once a minute keeps a retry from being hours late.
        let wake = min(earliest, now.instant + .seconds(60))
        if let scheduledWake, scheduledWake <= wake { return nil }
        scheduledWake = wake
        return .wake(at: wake)
    }

    // MARK: - Room

    private var room: Intake.Room {
        var limits = PipelineMemory(batch: settings.batch, concurrency: settings.concurrency, forChoice: probesFail)
        limits.heldBytes = assembly.bytes + intents.bytes + inFlight.bytes
        return Intake.Room(
            new: limits.room(
                besides: assembly.freshCount + intents.freshCount,
                bytes: assembly.freshBytes + intents.freshBytes
            ),
            due: limits.room(
                besides: assembly.repeatedCount + intents.repeatedCount,
                bytes: assembly.repeatedBytes + intents.repeatedBytes
            )
        )
    }

    /// As many as leave while the next intent is written: enough to keep all requests busy, few enough that a crash leaves few with
    /// unknown outcome.
    private var intentWindow: Int { gates.allowedRequests * 4 * settings.batch.events }

    // MARK: - Choice of the next probe

    /// Whether the circuit is open and the last probe failed, because of the provider or of the event in it.
    private var probesFail: Bool { gates.failedProbes > 0 && !gates.isClosed }

    /// The events whose intent is to be written now; nil if there are none.
    private mutating func nextIntent() -> [SequenceNumber]? {
        guard probesFail, intents.freshCount > 0 else {
            return intents.begin(window: intentWindow, waiting: assembly.hasUnsuspected ? assembly.count : 0)
        }
        guard !hasCandidate, !intents.isWriting else { return nil }
        // Any event that was never tried, whether or not its intent is written.
        hasCandidate = true
        let choice = Int.random(in: 0..<assembly.freshCount + intents.freshCount, using: &random)
        guard choice >= assembly.freshCount else {
            assembly.bringForward(freshAt: choice)
            return nil
        }
        return intents.begin(freshAt: choice - assembly.freshCount)
    }
}
