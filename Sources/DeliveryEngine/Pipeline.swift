package import Events
package import Journal
package import Logging
package import Routing
import ServiceLifecycle
import Telemetry
import Transport

/// Delivers to one provider account: carries out what ``PipelineMachine`` decides.
///
/// Claims, requests and settlements are child tasks that report to one mailbox; the loop that reads it owns the machine. On graceful
/// shutdown nothing new is sent, what is under way is waited for and settled, and the rest goes back to the journal.
package struct Pipeline: Sendable {
    package let settings: PipelineSettings
    private let adapter: any Adapter
    private let ledger: any DeliveryLedger & DeliveryRevising
    private let caller: any VendorCalling
    private let clock: any WallClock
    private let view: DeliveryView
    private let metrics: ProviderMetrics
    private let lane: DeliveryLane
    private let logger: Logger

    package init(
        settings: PipelineSettings,
        adapter: any Adapter,
        ledger: any DeliveryLedger & DeliveryRevising,
        caller: any VendorCalling,
        clock: any WallClock,
        seenBy view: DeliveryView,
        on lane: DeliveryLane,
        logger: Logger
    ) {
        self.settings = settings
        self.adapter = adapter
        self.ledger = ledger
        self.caller = caller
        self.clock = clock
        self.view = view
        metrics = ProviderMetrics(settings.provider, factory: view.metrics)
        self.lane = lane
        var logger = logger
        logger[metadataKey: "provider"] = "\(settings.provider)"
        self.logger = logger
    }

    /// What a child task tells the loop.
    private enum Report: Sendable {
        /// - Parameter end: the newest event of the journal, if the claim went up to it.
        case claimed(PipelineMachine.Claimed, end: SequenceNumber?)
        case foundNothing(newest: SequenceNumber)
        case claimedDue(PipelineMachine.Claimed)
        case claimFailed
        case intended(Bool)
        case called(DeliveryBatch, Verdict, AttemptFacts)
        case settled(Settlement)
        case saved
        case broughtForward(Bool)
        case nudged
        case ordered(OperatorOrder)
        case read(ReadAdmission.Wish)
        case eventsArrived
        case woke
        case stopped
        case shutdown
        case graceOver
    }

    private typealias Mailbox = AsyncStream<Report>.Continuation

    /// How long a shutdown waits for requests that are under way: less than the time after which the process is ended by force.
    private static let grace = Duration.seconds(15)

    /// Why a pipeline begins.
    package enum Beginning: Sendable {
        /// The gateway has started.
        case start
        /// The provider is served otherwise than before.
        case change
    }

    /// Delivers until the stream or graceful shutdown has ended it and what was under way is settled, or the task is cancelled.
    ///
    /// Ended by the stream, it waits for the answers as long as a call may take: within one process nobody else may take up what has no
    /// outcome yet.
    package func run(until ended: AsyncStream<Never>, after beginning: Beginning = .start) async {
        // The mailbox never holds more than the machine has steps under way, as each step reports once, and a word for each nudge.
        let (reports, mailbox) = AsyncStream<Report>.makeStream()
        view.bells.set({ mailbox.yield(.nudged) }, for: settings.provider)
        view.orders.set({ mailbox.yield(.ordered($0)) }, for: settings.provider)
        if settings.rateLimit != nil { view.reads.set({ mailbox.yield(.read($0)) }, for: settings.provider) }
        defer {
            view.reads.set(nil, for: settings.provider)
            view.orders.set(nil, for: settings.provider)
            view.bells.set(nil, for: settings.provider)
            view.monitor.update(settings.provider, nil)
        }
        await withGracefulShutdownHandler {
            await withTaskExecutorPreference(lane.executor) {
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        for await _ in ended {}
                        mailbox.yield(.stopped)
                    }
                    if beginning == .change { await forgetParking() }
                    await work(through: reports, mailbox, in: &group)
                    group.cancelAll()
                }
            }
        } onGracefulShutdown: {
            mailbox.yield(.shutdown)
        }
    }

    private func work(
        through reports: AsyncStream<Report>,
        _ mailbox: Mailbox,
        in group: inout DiscardingTaskGroup
    ) async {
        guard var machine = await startMachine() else { return }
        var newestSeen = SequenceNumber(0)
        var alarm = lane.executor.alarm()
        defer { alarm.cancel() }
        guard await carryOut(&machine, &alarm, newestSeen, mailbox, in: &group) else { return }
        for await report in reports {
            switch report {
            case .foundNothing(let newest), .claimed(_, let newest?): newestSeen = newest
            case .shutdown: group.addTask { await announceEndOfGrace(to: mailbox) }
            case .graceOver: return await abandon(&machine)
            default: break
            }
            tell(&machine, report)
            guard await carryOut(&machine, &alarm, newestSeen, mailbox, in: &group) else { return }
        }
    }

    /// Lets a provider be tried whose credential or account was refused before its settings changed.
    private func forgetParking() async {
        do {
            guard let hold = try await ledger.hold(of: settings.provider), hold.isParked else { return }
            try await ledger.hold(settings.provider, nil)
        } catch {
            logger.error("a provider's hold could not be lifted", metadata: ["error": "\(error)"])
        }
    }

    /// Starts where the journal stands; nil if the task was cancelled before the journal could be read.
    private func startMachine() async -> PipelineMachine? {
        // Claimed once, and named by no later claim: kept over attempts of which a later part fails.
        var interrupted: [ClaimedDelivery] = []
        while !Task.isCancelled {
            do {
                interrupted += try await ledger.claimInterrupted(for: settings.provider)
                var machine = PipelineMachine(
                    settings: settings,
                    hold: try await ledger.hold(of: settings.provider),
                    seed: .random(in: .min ... .max),
                    at: now
                )
                machine.interrupted(interrupted.map(\.sequence), at: now)
                if let order = try await ledger.operatorHold(of: settings.provider) { machine.held(by: order, at: now) }
                if !interrupted.isEmpty {
                    logger.warning(
                        "deliveries were interrupted by a crash",
                        metadata: ["events": "\(interrupted.count)", "policy": "\(settings.onUncertain.rawValue)"]
                    )
                }
                return machine
            } catch {
                logger.error("the journal could not be read", metadata: ["error": "\(error)"])
                await pause(.seconds(1))
            }
        }
        return nil
    }

    private func tell(_ machine: inout PipelineMachine, _ report: Report) {
        switch report {
        case .claimed(let claimed, let end): machine.claimed(claimed, toTheEnd: end != nil, at: now)
        case .foundNothing: machine.foundNothing()
        case .claimedDue(let claimed): machine.claimedDue(claimed)
        case .claimFailed: machine.claimFailed(at: now)
        case .intended(let succeeded): machine.intended(succeeded)
        case .called(let batch, let verdict, let facts): machine.called(batch, verdict, facts, at: now)
        case .settled(let settlement): machine.settled(settlement)
        case .saved: machine.saved()
        case .ordered(.hold(let hold)): machine.held(by: hold, at: now)
        case .ordered(.resume): machine.resumed(at: now)
        case .read(.read): machine.readWaits()
        case .read(.withdraw): machine.readGaveUp()
        case .broughtForward(let succeeded): machine.broughtForward(succeeded, at: now)
        // The ledger knows what became due.
        case .nudged: break
        case .eventsArrived: machine.eventsArrived(at: now)
        case .woke: machine.woke()
        case .stopped, .shutdown: machine.close()
        case .graceOver: break
        }
    }

    private func announceEndOfGrace(to mailbox: Mailbox) async {
        await pause(Self.grace)
        mailbox.yield(.graceOver)
    }

    /// Leaves requests under way to themselves, so that a vendor that hangs does not hold up the shutdown.
    private func abandon(_ machine: inout PipelineMachine) async {
        logger.warning("the grace time is over; requests under way are left to themselves")
        await release(machine.abandon())
    }

    /// Starts every step that is due.
    /// - Returns: false when the pipeline is done.
    private func carryOut(
        _ machine: inout PipelineMachine,
        _ alarm: inout Alarm,
        _ newestSeen: SequenceNumber,
        _ mailbox: Mailbox,
        in group: inout DiscardingTaskGroup
    ) async -> Bool {
        while let step = machine.next(at: now, due: ledger.nextDue(for: settings.provider)) {
            switch step {
            case .claim(let limit):
                group.addTask { mailbox.yield(await claim(limit)) }
            case .claimDue(let limit):
                group.addTask { mailbox.yield(await claimDue(limit)) }
            case .intend(let sequences):
                group.addTask { mailbox.yield(.intended(await intend(sequences))) }
            case .send(let batch):
                group.addTask { mailbox.yield(await send(batch)) }
            case .settle(let settlement):
                group.addTask { if await settle(settlement) { mailbox.yield(.settled(settlement)) } }
            case .save(let hold):
                group.addTask {
                    await save(hold)
                    mailbox.yield(.saved)
                }
            case .watch:
                group.addTask {
                    await ledger.waitForEvents(after: newestSeen)
                    mailbox.yield(.eventsArrived)
                }
            case .admitRead: view.reads.grant(settings.provider)
            case .bringForward(let step):
                group.addTask { mailbox.yield(.broughtForward(await bringForward(step))) }
            case .wake(let instant):
                alarm.set(in: instant - .now) { mailbox.yield(.woke) }
            case .finish(let sequences):
                await release(sequences)
                return false
            }
        }
        view.monitor.update(settings.provider, machine.snapshot(at: now))
        return true
    }

    // MARK: - Steps

    private func claim(_ limit: BlockLimit) async -> Report {
        let newest = ledger.newestSequence
        do {
            guard let block = try await ledger.claimBlock(for: settings.provider, limit: limit) else {
                return .foundNothing(newest: newest)
            }
            let reachesEnd = block.deliveries.last.map { $0.sequence >= newest } ?? false
            return .claimed(translate(block.deliveries), end: reachesEnd ? newest : nil)
        } catch {
            return await claimFailed(error)
        }
    }

    private func claimDue(_ limit: BlockLimit) async -> Report {
        do {
            return .claimedDue(
                translate(try await ledger.claimDue(for: settings.provider, at: clock.now, limit: limit))
            )
        } catch {
            return await claimFailed(error)
        }
    }

    private func claimFailed(_ error: StoreError) async -> Report {
        if error != .closed { logger.error("the journal could not be read", metadata: ["error": "\(error)"]) }
        return .claimFailed
    }

    /// Translates what was claimed; what cannot or must not be sent now is settled instead.
    private func translate(_ deliveries: [ClaimedDelivery]) -> PipelineMachine.Claimed {
        translate(deliveries, by: adapter)
    }

    private func translate(_ deliveries: [ClaimedDelivery], by adapter: some Adapter) -> PipelineMachine.Claimed {
        let now = clock.now
        var translator = Translator(adapter)
        var claimed = PipelineMachine.Claimed()
        claimed.items.reserveCapacity(deliveries.count)
        for delivery in deliveries {
            guard delivery.destination.adapter == adapter.traits.adapter else {
                claimed.settled.append(strange(delivery))
                continue
            }
            do {
                let translated = try translator.translate(delivery.event, for: delivery.destination)
                if delivery.destination.mode == .shadow {
                    claimed.settled.append(skipped(delivery, fault: nil))
                } else if let notBefore = translated.notBefore, notBefore > now {
                    claimed.settled.append(waiting(delivery, until: notBefore))
                } else {
                    claimed.items.append(DeliveryItem(delivery, translated))
                }
            } catch {
                claimed.settled.append(untranslatable(delivery, error))
            }
        }
        return claimed
    }

    private func waiting(_ delivery: ClaimedDelivery, until notBefore: Timestamp) -> SettledDelivery {
        SettledDelivery(
            sequence: delivery.sequence,
            status: .retrying,
            nextAttemptAt: notBefore,
            reachedAt: delivery.reachedAt,
            fault: DeliveryFault(
                code: .timestampInFuture,
                message: "waiting for \(notBefore.rfc3339): the vendor does not accept an event before its timestamp"
            )
        )
    }

    private func skipped(_ delivery: ClaimedDelivery, fault: DeliveryFault?) -> SettledDelivery {
        logger.info(
            "shadow delivery",
            metadata: ["event": "\(delivery.event.id)", "translatable": "\(fault == nil)"]
        )
        return SettledDelivery(sequence: delivery.sequence, status: .skipped, fault: fault)
    }

    /// An event of another account, which had the provider's name before. A `routes.json` that would lead here is refused while such
    /// events wait; what was accepted at that very moment, or is retried later, comes here.
    private func strange(_ delivery: ClaimedDelivery) -> SettledDelivery {
        let (planned, present) = (delivery.destination.adapter, adapter.traits.adapter)
        let message =
            "the event was accepted when provider \(settings.provider) had the adapter \(planned); it has \(present) now, which is "
            + "another account; give that another name, or discard the delivery"
        logger.error("a delivery belongs to another account", metadata: ["event": "\(delivery.event.id)"])
        return SettledDelivery(
            sequence: delivery.sequence,
            status: .rejected,
            fault: DeliveryFault(code: .unsupported, message: message)
        )
    }

    private func untranslatable(_ delivery: ClaimedDelivery, _ error: Untranslatable) -> SettledDelivery {
        let fault = DeliveryFault(code: .untranslatable, message: "\(error.field): \(error.message)")
        if delivery.destination.mode == .shadow { return skipped(delivery, fault: fault) }
        logger.warning(
            "event cannot be translated",
            metadata: ["event": "\(delivery.event.id)", "field": "\(error.field)"]
        )
        return SettledDelivery(sequence: delivery.sequence, status: .rejected, fault: fault)
    }

    private func intend(_ sequences: [SequenceNumber]) async -> Bool {
        do {
            try await ledger.intend(sequences, at: settings.provider)
            return true
        } catch {
            logger.error("the intent to send could not be written", metadata: ["error": "\(error)"])
            await pause(.seconds(1))
            return false
        }
    }

    private func send(_ batch: DeliveryBatch) async -> Report {
        let events = batch.items.map(\.translated)
        let request = adapter.request(carrying: events)
        let at = clock.now
        let start = ContinuousClock.now
        let sequences = batch.items.map(\.sequence)
        let trace = view.traces.trace(of: sequences)
        if settings.needsIntent { ledger.departs(sequences, to: settings.provider) }
        let result = await caller.call(request, in: trace)
        let facts = AttemptFacts(at: at, latency: .now - start, httpStatus: result.httpStatus)
        let verdict = result.verdict(by: adapter, for: events, at: caller.address(of: request))
        metrics.called(facts)
        log(batch, verdict, facts, trace)
        return .called(batch, verdict, facts)
    }

    private func log(_ batch: DeliveryBatch, _ verdict: Verdict, _ facts: AttemptFacts, _ trace: TraceContext?) {
        logger.info(
            "attempt",
            metadata: [
                "events": "\(batch.items.count)",
                "ids": "\(batch.items.prefix(10).map(\.id.rawValue).joined(separator: ","))",
                "trace_id": "\(trace?.traceID ?? "-")",
                "status": facts.httpStatus.map { "\($0)" } ?? "none",
                "outcome": "\(verdict.summary)",
                "latency_ms": "\(facts.latency.wholeMilliseconds)",
            ]
        )
    }

    /// Tries until it is written, because an outcome that is forgotten is an event sent twice.
    /// - Returns: false if the task was cancelled or the store closed before.
    private func settle(_ settlement: Settlement) async -> Bool {
        while !Task.isCancelled {
            do {
                try await ledger.settle(settlement)
                metrics.settled(settlement)
                view.settlements.publish(settlement)
                return true
            } catch .closed {
                return false
            } catch {
                logger.error("outcomes could not be written", metadata: ["error": "\(error)"])
                await pause(.seconds(1))
            }
        }
        return false
    }

    /// Writes down what keeps the provider from being called. Failing that, a restart knows less, and asks the vendor again.
    private func save(_ hold: ProviderHold?) async {
        do {
            try await ledger.hold(settings.provider, hold)
        } catch {
            logger.error("a provider's hold could not be written", metadata: ["error": "\(error)"])
        }
        if let hold {
            logger.warning(
                hold.isParked ? "the provider is parked" : "the provider asked for a wait",
                metadata: ["until": "\(hold.until.rfc3339)", "reason": "\(hold.fault.message)"]
            )
        } else {
            logger.info("the provider is called again")
        }
    }

    private func bringForward(_ step: Duration) async -> Bool {
        logger.warning(
            "the clock was set back; retries are brought forward",
            metadata: ["seconds": "\(step.components.seconds)"]
        )
        do {
            try await ledger.bringForward(settings.provider, by: step)
            return true
        } catch {
            logger.error("retries could not be brought forward", metadata: ["error": "\(error)"])
            return false
        }
    }

    private func release(_ sequences: [SequenceNumber]) async {
        guard !sequences.isEmpty else { return }
        do {
            try await ledger.release(sequences, for: settings.provider)
        } catch {
            logger.error("unsent events could not be given back", metadata: ["error": "\(error)"])
        }
    }

    private var now: Moment { Moment(instant: .now, wall: clock.now) }

    /// Waits; returns early if the task is cancelled, which the caller's loop looks at.
    private func pause(_ duration: Duration) async {
        guard duration > .zero else { return }
        await lane.executor.pause(duration)
    }
}

extension DeliveryItem {
    fileprivate init(_ delivery: ClaimedDelivery, _ translated: TranslatedEvent) {
        self.init(
            sequence: delivery.sequence,
            id: delivery.event.id,
            acceptedAt: delivery.event.acceptedAt,
            translated: translated,
            attemptsBefore: delivery.attempts,
            reachedAt: delivery.reachedAt
        )
    }
}
