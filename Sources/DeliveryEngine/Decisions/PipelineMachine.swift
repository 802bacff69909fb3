package import Events
package import Journal

/// What a pipeline does next: told of everything that happens, and the time, it says which step to take.
///
/// The shell (``Pipeline``) carries the steps out and reports back; this machine has no clock, does no I/O and awaits nothing. Every
/// step that it gives out is reported on exactly once, whatever came of it.
package struct PipelineMachine: Sendable {
    /// A step for the shell.
    package enum Step: Sendable, Equatable {
        /// Claim a block from the journal.
        case claim(BlockLimit)
        /// Claim retries that are due.
        case claimDue(limit: Int)
        /// Make the intent to send these durable.
        case intend([SequenceNumber])
        /// Send these in one request.
        case send(DeliveryBatch)
        /// Record these outcomes.
        case settle(Settlement)
        /// Write down what keeps the provider from being called, so that a restart knows it.
        case save(ProviderHold?)
        /// Wait for events after the journal's newest of the last claim.
        case watch
        /// Let a client's read pass that waits for its turn. There is no report of it.
        case admitRead
        /// Ask again at this instant, unless something happens before.
        case wake(at: ContinuousClock.Instant)
        /// Give these back unsent; then the pipeline is done.
        case finish(releasing: [SequenceNumber])
    }

    /// What a claim brought, translated.
    package struct Claimed: Sendable {
        package var items: [DeliveryItem] = []
        /// Events that end without being sent: untranslatable, or for a shadow destination.
        package var settled: [SettledDelivery] = []

        package init(items: [DeliveryItem] = [], settled: [SettledDelivery] = []) {
            self.items = items
            self.settled = settled
        }
    }

    /// Where new events come from.
    private enum Source: Equatable {
        /// There may be more in the journal.
        case flowing
        /// All is claimed; the shell watches.
        case exhausted
        /// New events are there, and are given a moment to gather.
        case gathering(until: ContinuousClock.Instant)
        /// All was claimed, but events come so fast that more will be there in a moment: what fills no batch waits for them.
        case pouring(until: ContinuousClock.Instant)
    }

    private let settings: PipelineSettings
    private let rules: OutcomeRules
    private var random: SeededGenerator
    private var gates: ProviderGates
    private var assembly: BatchAssembly

    private var source = Source.flowing
    private var isClaiming = false
    private var isWatching = false
    /// When the earliest retry that waits in the journal is due; nil if none waits.
    private var nextDue: Timestamp?
    private var underWay = 0

    /// Claimed, but without a durable intent yet; only for vendors that need one.
    private var unarmed: [DeliveryItem] = []
    private var intending: [DeliveryItem] = []

    private var delivered: [DeliveredRun] = []
    private var exceptions: [SettledDelivery] = []
    private var unsettledEvents = 0
    private var isSettling = false
    private var scheduledWake: ContinuousClock.Instant?
    private var nextPlace = 0
    private var isClosing = false
    private var isFinished = false
    private var isSaving = false
    /// Reads of clients that wait for their turn.
    private var waitingReads = 0
    private var counts = Counts()

    /// - Parameters:
    ///   - nextDue: when the earliest retry in the journal is due.
    ///   - hold: what an earlier run left of waits and parking.
    package init(
        settings: PipelineSettings,
        nextDue: Timestamp?,
        hold: ProviderHold? = nil,
        seed: UInt64,
        at now: Moment
    ) {
        self.settings = settings
        self.nextDue = nextDue
        rules = OutcomeRules(settings: settings)
        random = SeededGenerator(seed: seed)
        gates = ProviderGates(settings: settings, hold: hold, at: now)
        assembly = BatchAssembly(limit: settings.batch, oneIdentityOncePerBatch: settings.oneIdentityOncePerBatch)
    }

    // MARK: - What happened

    /// Deliveries that a crash interrupted, at the start.
    package mutating func interrupted(_ sequences: [SequenceNumber], at now: Moment) {
        for sequence in sequences { record(rules.decideInterrupted(sequence, at: now.wall)) }
    }

    /// A claim from the journal brought events, and there may be more.
    package mutating func claimed(_ block: Claimed) {
        isClaiming = false
        take(block, isFirst: true)
    }

    /// A claim from the journal found nothing new.
    package mutating func foundNothing() {
        isClaiming = false
        source = .exhausted
    }

    /// A claim from the journal brought events up to the newest one.
    package mutating func claimed(toTheEnd block: Claimed, at now: Moment) {
        claimed(block)
        let isMuch = settings.linger > .zero && block.items.count >= settings.batch.events
        source = isMuch ? .pouring(until: now.instant + settings.linger) : .exhausted
    }

    /// A claim of due retries came back, with the time of the next one.
    package mutating func claimedDue(_ retries: Claimed, next: Timestamp?) {
        isClaiming = false
        nextDue = next
        take(retries, isFirst: false)
    }

    /// The journal could not be read; it is asked again after a pause.
    package mutating func claimFailed(at now: Moment) {
        isClaiming = false
        source = .gathering(until: now.instant + .seconds(1))
        nextDue = nextDue.map { max($0, now.wall + .seconds(1)) }
    }

    /// The journal has new events.
    package mutating func eventsArrived(at now: Moment) {
        isWatching = false
        guard source == .exhausted else { return }
        source = .gathering(until: now.instant + settings.linger)
    }

    /// The intent that ``Step/intend(_:)`` asked for is durable, or could not be made so.
    package mutating func intended(_ succeeded: Bool) {
        if succeeded {
            assembly.append(intending)
        } else {
            unarmed.insert(contentsOf: intending, at: 0)
        }
        intending = []
    }

    /// A request is over.
    package mutating func called(_ batch: DeliveryBatch, _ verdict: Verdict, _ facts: AttemptFacts, at now: Moment) {
        underWay -= 1
        counts.requests += 1
        let workedLately = gates.workedLately(at: now.instant)
        gates.learn(from: verdict, facts, at: now)
        switch verdict {
        case .all(let outcome):
            if shouldBisect(batch, outcome, facts) {
                bisect(batch, facts, fault: outcome.fault)
            } else {
                apply(batch, facts, workedLately, at: now) { _ in outcome }
            }
        case .each(let outcomes):
            precondition(outcomes.count == batch.items.count, "an adapter gives one outcome an event")
            apply(batch, facts, workedLately, at: now) { outcomes[$0] }
        case .unnamed(let fault):
            if batch.items.count > 1 {
                bisect(batch, facts, fault: fault)
            } else {
                apply(batch, facts, workedLately, at: now) { _ in .reject(fault) }
            }
        }
    }

    /// The settlement that ``Step/settle(_:)`` asked for is on disk.
    package mutating func settled(_ settlement: Settlement) {
        isSettling = false
        unsettledEvents -= settlement.eventCount
        counts.add(settlement)
        for exception in settlement.exceptions {
            guard let next = exception.nextAttemptAt else { continue }
            nextDue = min(nextDue ?? next, next)
        }
    }

    /// What ``Step/save(_:)`` asked for is on disk, or could not be written.
    package mutating func saved() {
        isSaving = false
    }

    /// A person made deliveries due in the journal.
    package mutating func nudged(at now: Moment) {
        nextDue = now.wall
    }

    /// A client's read waits for its turn.
    package mutating func readWaits() {
        waitingReads += 1
    }

    /// A client's read waits no longer.
    package mutating func readGaveUp() {
        waitingReads = max(0, waitingReads - 1)
    }

    /// An operator holds the provider: nothing is sent before the hold's end.
    package mutating func held(by order: OperatorHold, at now: Moment) {
        gates.hold(order, at: now)
    }

    /// An operator wants the provider called now, and has made its retries due in the journal.
    package mutating func resumed(at now: Moment) {
        gates.resume(at: now.instant)
        nudged(at: now)
    }

    /// The instant of ``Step/wake(at:)`` has come.
    package mutating func woke() {
        scheduledWake = nil
    }

    /// No new request from here on; what is under way is waited for.
    package mutating func close() {
        isClosing = true
    }

    /// The grace time of a shutdown is over: what is under way is not waited for any longer.
    ///
    /// Its outcome stays unknown, and the next start treats it like a crash: repeated where the vendor deduplicates, else uncertain.
    /// - Returns: the events to give back unsent.
    package mutating func abandon() -> [SequenceNumber] {
        isClosing = true
        isFinished = true
        let unsent = assembly.removeAll() + unarmed
        unarmed = []
        return unsent.map(\.sequence)
    }

    // MARK: - What to do

    /// The next step at `now`; nil if there is nothing to do until something happens.
    package mutating func next(at now: Moment) -> Step? {
        if let settlement = nextSettlement() { return settlement }
        if !isSaving, let unsaved = gates.takeUnsaved(at: now) {
            isSaving = true
            return .save(unsaved)
        }
        if isClosing { return nextWhenClosing() }
        if let step = nextSend(at: now) { return step }
        if let step = nextIntent() { return step }
        if let step = nextClaim(at: now) { return step }
        if let step = nextRead(at: now) { return step }
        if source == .exhausted, !isWatching {
            isWatching = true
            return .watch
        }
        return nextWake(at: now)
    }

    private mutating func nextSettlement() -> Step? {
        guard !isSettling, !delivered.isEmpty || !exceptions.isEmpty else { return nil }
        isSettling = true
        let settlement = Settlement(provider: settings.provider, delivered: delivered, exceptions: exceptions)
        delivered = []
        exceptions = []
        return .settle(settlement)
    }

    private mutating func nextWhenClosing() -> Step? {
        guard !isFinished, underWay == 0, !isSettling, !isSaving, intending.isEmpty, !isClaiming else { return nil }
        isFinished = true
        let unsent = assembly.removeAll() + unarmed
        unarmed = []
        return .finish(releasing: unsent.map(\.sequence))
    }

    private mutating func nextSend(at now: Moment) -> Step? {
        guard assembly.count > 0, underWay < gates.allowedRequests, unsettledEvents < Self.mostUnsettled else {
            return nil
        }
        guard assembly.hasFullBatch || !fillsBatches else { return nil }
        guard gates.earliestSend(at: now.instant) == now.instant else { return nil }
        guard let batch = assembly.next(atMost: gates.isProbe(at: now.instant) ? 1 : nil) else { return nil }
        gates.pass(at: now.instant)
        underWay += 1
        return .send(batch)
    }

    private mutating func nextIntent() -> Step? {
        guard settings.needsIntent, intending.isEmpty, !unarmed.isEmpty else { return nil }
        // As many as leave while the next intent is written: enough that no sender waits, few enough that a crash leaves few in doubt.
        let window = gates.allowedRequests * 4 * settings.batch.events
        guard assembly.count < window / 2 else { return nil }
        intending = Array(unarmed.prefix(window))
        unarmed.removeFirst(intending.count)
        return .intend(intending.map(\.sequence))
    }

    private mutating func nextClaim(at now: Moment) -> Step? {
        let waiting = assembly.count + unarmed.count + intending.count
        guard !isClaiming, waiting < blockLimit.events / 2, unsettledEvents < Self.mostUnsettled else { return nil }
        // A closed gate needs one batch for its probe and no more.
        guard waiting == 0 || gates.earliestSend(at: now.instant) == now.instant else { return nil }
        if let nextDue, nextDue <= now.wall {
            isClaiming = true
            return .claimDue(limit: blockLimit.events)
        }
        switch source {
        case .exhausted: return nil
        case .gathering(let until) where until > now.instant: return nil
        case .pouring(let until) where until > now.instant: return nil
        case .gathering, .pouring, .flowing:
            isClaiming = true
            return .claim(blockLimit)
        }
    }

    private mutating func nextRead(at now: Moment) -> Step? {
        guard waitingReads > 0, earliestRead(at: now) == now.instant else { return nil }
        waitingReads -= 1
        gates.passRead(at: now.instant)
        return .admitRead
    }

    private func earliestRead(at now: Moment) -> ContinuousClock.Instant? {
        gates.earliestRead(besides: assembly.count > 0, at: now.instant)
    }

    private mutating func nextWake(at now: Moment) -> Step? {
        var instants: [ContinuousClock.Instant] = []
        if assembly.count > 0, let earliest = gates.earliestSend(at: now.instant), earliest > now.instant {
            instants.append(earliest)
        }
        if waitingReads > 0, let earliest = earliestRead(at: now), earliest > now.instant { instants.append(earliest) }
        switch source {
        case .gathering(let until) where !isClaiming, .pouring(let until) where !isClaiming: instants.append(until)
        case .gathering, .pouring, .flowing, .exhausted: break
        }
        if let nextDue, !isClaiming { instants.append(now.instant(of: nextDue)) }
        guard let earliest = instants.filter({ $0 > now.instant }).min() else { return nil }
        // The wall clock may be set; a wake at least once a minute keeps a retry from being missed by hours.
        let wake = min(earliest, now.instant + .seconds(60))
        if let scheduledWake, scheduledWake <= wake { return nil }
        scheduledWake = wake
        return .wake(at: wake)
    }

    /// Whether a batch that is not full waits for what the next claim brings.
    private var fillsBatches: Bool {
        switch source {
        case .flowing, .pouring: true
        case .exhausted, .gathering: false
        }
    }

    private var blockLimit: BlockLimit {
        let twoBatches = settings.batch.events * 2
        return BlockLimit(events: max(64, twoBatches, min(2000, twoBatches * settings.concurrency)), bytes: 8 << 20)
    }

    /// Outcomes that are not on disk yet are sent again after a crash, so there must not be many.
    private static let mostUnsettled = 10_000

    // MARK: - What follows from it

    private mutating func take(_ claimed: Claimed, isFirst: Bool) {
        for settled in claimed.settled { record(settled) }
        unsettledEvents += claimed.items.count
        for var item in claimed.items {
            if isFirst {
                item.place = nextPlace
                nextPlace += 1
            }
            if settings.needsIntent { unarmed.append(item) } else { assembly.append(item) }
        }
        // Between two claims there may be events that were settled before a restart.
        if isFirst { nextPlace += 1 }
    }

    private mutating func record(_ settled: SettledDelivery) {
        exceptions.append(settled)
        unsettledEvents += 1
    }

    /// A vendor that fails on a whole batch may fail because of one event: half of it may pass.
    private func shouldBisect(_ batch: DeliveryBatch, _ outcome: Outcome, _ facts: AttemptFacts) -> Bool {
        guard case .ambiguous(let fault, _) = outcome, batch.items.count > 1, settings.deduplication != .none else {
            return false
        }
        return fault.code == .vendorError && facts.httpStatus == 500 && gates.isClosed
    }

    private mutating func bisect(_ batch: DeliveryBatch, _ facts: AttemptFacts, fault: DeliveryFault?) {
        var noted = batch
        for index in noted.items.indices { noted.items[index].note(facts.attempt(status: .retrying, fault: fault)) }
        for half in noted.halves { assembly.putBack(half) }
    }

    private mutating func apply(
        _ batch: DeliveryBatch,
        _ facts: AttemptFacts,
        _ workedLately: Bool,
        at now: Moment,
        _ outcome: (Int) -> Outcome
    ) {
        let alone = batch.items.count == 1
        var run: [SequenceNumber] = []
        var lastPlace: Int?
        var again: [DeliveryItem] = []
        for (index, item) in batch.items.enumerated() {
            let decision = rules.decide(
                outcome(index),
                for: item,
                isCulprit: alone && workedLately,
                attempt: facts,
                at: now.wall,
                using: &random
            )
            switch decision {
            case .simplyDelivered:
                if let lastPlace, item.place != lastPlace + 1 { close(&run, facts) }
                run.append(item.sequence)
                lastPlace = item.place
            case .settle(let settled):
                exceptions.append(settled)
            case .sendAgain:
                var noted = item
                noted.note(facts.attempt(status: .retrying))
                again.append(noted)
            }
        }
        close(&run, facts)
        if !again.isEmpty { assembly.putBack(DeliveryBatch(items: again, isBisected: batch.isBisected)) }
    }

    private mutating func close(_ run: inout [SequenceNumber], _ facts: AttemptFacts) {
        guard !run.isEmpty else { return }
        delivered.append(DeliveredRun(sequences: run, attempt: facts.attempt(status: .delivered)))
        run = []
    }
}

extension PipelineMachine {
    /// What people see of a provider.
    package struct Snapshot: Sendable, Equatable {
        /// `closed`, `open` or `probing`.
        package let circuit: String
        /// Why the provider is parked; nil if it is not.
        package let parked: DeliveryFault?
        /// The end of a wait that the vendor asked for; nil if it asked for none.
        package let heldUntil: Timestamp?
        /// Why the vendor asked for the wait.
        package let holdFault: DeliveryFault?
        /// An operator's hold; nil if there is none.
        package let operatorHold: OperatorHold?
        package let requestsUnderWay: Int
        package let concurrency: Int
        /// Why the last request failed as a whole; nil if it did not.
        package let lastFault: DeliveryFault?
        package let counts: Counts
    }

    /// What was done since the start, by what is on disk of it.
    package struct Counts: Sendable, Equatable {
        package var requests = 0
        /// Deliveries, each event for itself.
        package var delivered = 0
        package var retried = 0
        package var rejected = 0
        package var uncertain = 0

        mutating func add(_ settlement: Settlement) {
            delivered += settlement.delivered.reduce(0) { $0 + $1.sequences.count }
            for exception in settlement.exceptions {
                switch exception.status {
                case .delivered: delivered += 1
                case .retrying: retried += 1
                case .rejected: rejected += 1
                case .uncertain: uncertain += 1
                case .pending, .skipped, .discarded: break
                }
            }
        }
    }

    /// The state at `now`.
    package func snapshot(at now: Moment) -> Snapshot {
        gates.snapshot(at: now, requestsUnderWay: underWay, counts: counts)
    }
}

extension Outcome {
    /// The fault that an outcome carries; nil for those that have none.
    var fault: DeliveryFault? {
        switch self {
        case .delivered, .resend: nil
        case .retry(let fault, _), .ambiguous(let fault, _), .reject(let fault), .park(let fault): fault
        }
    }
}

extension Settlement {
    /// How many events it settles.
    var eventCount: Int {
        delivered.reduce(exceptions.count) { $0 + $1.sequences.count }
    }
}
