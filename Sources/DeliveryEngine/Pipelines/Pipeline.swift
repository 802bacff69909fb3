package import Events
package import Journal
package import Logging
package import Routing
import ServiceLifecycle
import Telemetry
import Transport

/// How a pipeline talks with its vendor.
package struct VendorLine: Sendable {
    /// Writes requests, and reads what the vendor answers.
    let adapter: any Adapter
    /// Sends the requests.
    let caller: any VendorCalling

    package init(adapter: any Adapter, caller: any VendorCalling) {
        self.adapter = adapter
        self.caller = caller
    }
}

/// Delivers to one provider account: carries out what ``PipelineMachine`` decides.
///
/// Claims, requests and settlements are child tasks that report to one mailbox; the loop that reads it owns the machine. On graceful
/// shutdown nothing new is sent, what is in flight may end and is settled, and the rest is returned to the journal.
///
/// All of this happens under a lease of the account. When the lease ends, because another process wants the account or has it, the
/// pipeline waits for the next lease and starts with a new machine.
package struct Pipeline: Sendable {
    /// The provider's settings.
    package let settings: PipelineSettings
    /// Of a backfill; nil for live deliveries.
    let walk: BackfillWalk?
    let vendor: VendorLine
    let ledger: any DeliveryLedger
    let clock: ProcessClock
    let view: DeliveryView
    let metrics: ProviderMetrics
    let lane: DeliveryLane
    let logger: Logger

    /// - Parameters:
    ///   - walk: set for the pipeline of a backfill, whose account the settings name; nil for live deliveries.
    ///   - lane: provides the pipeline's timers and threads.
    package init(
        settings: PipelineSettings,
        walking walk: BackfillWalk? = nil,
        over vendor: VendorLine,
        ledger: any DeliveryLedger,
        clock: ProcessClock,
        seenBy view: DeliveryView,
        on lane: DeliveryLane,
        logger: Logger
    ) {
        self.settings = settings
        self.walk = walk
        self.vendor = vendor
        self.ledger = ledger
        self.view = view
        self.lane = lane
        self.clock = clock
        metrics = ProviderMetrics(
            settings.provider,
            factory: view.metrics,
            latencies: view.latencies.counts(of: walk?.provider ?? settings.provider),
            batchSizes: view.batchSizes.counts(of: walk?.provider ?? settings.provider)
        )
        var ownLogger = logger
        ownLogger[metadataKey: "provider"] = "\(settings.provider)"
        self.logger = ownLogger
    }

    /// How long a shutdown waits for requests in flight: less than the time after which the process is killed.
    static let grace = Duration.seconds(15)

    /// Why a pipeline starts.
    package enum Beginning: Sendable {
        /// The gateway has started.
        case start
        /// The provider's settings have changed.
        case change
    }

    /// Delivers until the stream or graceful shutdown has ended it and what was in flight is settled, or the task is cancelled.
    ///
    /// When the stream ends it, it waits for responses for as long as a call may take: within one process no other pipeline must take
    /// deliveries that have no outcome yet.
    package func run(until ended: AsyncStream<Never>, after beginning: Beginning = .start) async {
        let stop = PipelineStop()
        await withGracefulShutdownHandler {
            await withTaskExecutorPreference(lane.executor) {
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        for await _ in ended {}
                        stop.tell(.stopped)
                    }
                    var beginning = beginning
                    while let lease = await takeLease(unless: stop) {
                        guard await work(under: lease, after: beginning, stop) else { break }
                        beginning = .start
                    }
                    group.cancelAll()
                }
            }
        } onGracefulShutdown: {
            stop.tell(.shutdown)
        }
    }

    /// Registers the pipeline for orders and nudges while it has the account.
    private func receiveOrders(_ tell: @escaping @Sendable (PipelineReport) -> Void) {
        if let walk {
            view.backfills.join(walk.number, at: walk.provider, percent: walk.percent) { tell(.turn($0)) }
            return
        }
        view.backfills.set({ tell(.backfill($0)) }, for: settings.provider)
        view.bells.set({ tell(.nudged) }, for: settings.provider)
        view.orders.set({ tell(.ordered($0)) }, for: settings.provider)
        view.reads.set({ tell(.read($0)) }, givesTurns: settings.rateLimit != nil, for: settings.provider)
    }

    private func leave() {
        if let walk { return view.backfills.leave(walk.number) }
        view.backfills.removePipeline(of: settings.provider)
        view.reads.removePipeline(of: settings.provider)
        view.orders.set(nil, for: settings.provider)
        view.bells.set(nil, for: settings.provider)
        view.monitor.update(settings.provider, nil)
    }

    // MARK: - The loop

    /// The state of one run of the pipeline.
    private struct Run {
        var machine: PipelineMachine
        let steps: PipelineSteps
        let mailbox: AsyncStream<PipelineReport>.Continuation
        var alarm: Alarm
        /// The end of the journal at the last claim that reached it.
        var newestSeen = JournalPosition.start
        /// Whether it was reported that another process wants the account or has it.
        var leaseHasEnded = false
    }

    /// Waits for the account's lease.
    /// - Returns: nil if the pipeline is stopped before.
    private func takeLease(unless stop: PipelineStop) async -> AccountLease? {
        let (stopping, isStopped) = AsyncStream<Never>.makeStream()
        stop.receive { _ in isStopped.finish() }
        defer { stop.receive(nil) }
        return await withTaskGroup(of: AccountLease?.self) { group in
            group.addTask { await takeLease() }
            group.addTask {
                for await _ in stopping {}
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            // If the lease arrives anyway, it is used and returned at once.
            let second = await group.next() ?? nil
            return first ?? second
        }
    }

    /// Waits for the account's lease; nil if the task was cancelled or the store closed before.
    private func takeLease() async -> AccountLease? {
        while !Task.isCancelled {
            do {
                guard let walk else { return try await ledger.lease(settings.provider) }
                return try await walk.lanes.lease(walk.number, taking: walk.membership)
            } catch .closed {
                return nil
            } catch {
                logger.error("the provider account could not be leased", metadata: ["error": "\(error)"])
                await lane.executor.pause(.seconds(1))
            }
        }
        return nil
    }

    /// - Returns: whether the pipeline should wait for the next lease.
    private func work(under lease: AccountLease, after beginning: Beginning, _ stop: PipelineStop) async -> Bool {
        // The mailbox never holds more than one report for each step in flight, and one entry for each nudge.
        let (reports, mailbox) = AsyncStream<PipelineReport>.makeStream()
        receiveOrders { mailbox.yield($0) }
        stop.receive { mailbox.yield($0) }
        defer {
            stop.receive(nil)
            leave()
        }
        return await withDiscardingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask { await reportEnd(of: lease, to: mailbox) }
            let steps = PipelineSteps(of: self, under: lease)
            if beginning == .change { await steps.forgetParking() }
            guard let machine = await steps.startMachine(unless: stop) else {
                if stop.isSet { await steps.giveBack(unsent: []) }
                return !stop.isSet && !Task.isCancelled
            }
            var run = Run(machine: machine, steps: steps, mailbox: mailbox, alarm: lane.executor.alarm())
            await work(through: reports, &run, in: &group)
            run.alarm.cancel()
            // A machine that closes without a stop has lost the account, whether or not that was reported before.
            return run.machine.isClosing && !stop.isSet && !Task.isCancelled
        }
    }

    /// Reports that another process wants the account, and then that it has it.
    private func reportEnd(of lease: AccountLease, to mailbox: AsyncStream<PipelineReport>.Continuation) async {
        var end = await ledger.waitForEnd(of: lease)
        mailbox.yield(.leaseEnds(end))
        while end == .wanted, !Task.isCancelled {
            await lane.executor.pause(.milliseconds(100))
            end = await ledger.waitForEnd(of: lease)
        }
        if end == .lost { mailbox.yield(.leaseEnds(.lost)) }
    }

    private func work(
        through reports: AsyncStream<PipelineReport>,
        _ run: inout Run,
        in group: inout DiscardingTaskGroup
    ) async {
        guard await carryOut(&run, in: &group) else { return }
        for await report in reports {
            switch report {
            case .foundNothing(let newest), .claimed(_, let newest?): run.newestSeen = newest
            case .shutdown: announceEndOfGrace(to: run.mailbox, in: &group)
            case .graceOver: return await abandon(&run)
            case .leaseEnds(.lost):
                if !run.leaseHasEnded { logger.error("another process has taken the provider account") }
                run.leaseHasEnded = true
            case .leaseEnds(.wanted): run.leaseHasEnded = true
            default: break
            }
            run.machine.take(report, at: clock.now)
            guard await carryOut(&run, in: &group) else { return }
        }
    }

    private func announceEndOfGrace(
        to mailbox: AsyncStream<PipelineReport>.Continuation,
        in group: inout DiscardingTaskGroup
    ) {
        group.addTask {
            await lane.executor.pause(Self.grace)
            mailbox.yield(.graceOver)
        }
    }

    /// Abandons requests in flight, so that a vendor that hangs does not delay the shutdown.
    private func abandon(_ run: inout Run) async {
        logger.warning("the grace period has ended; in-flight requests are abandoned")
        await run.steps.giveBack(unsent: run.machine.abandon())
    }

    /// Starts every step that is due.
    /// - Returns: false when the pipeline is done.
    private func carryOut(_ run: inout Run, in group: inout DiscardingTaskGroup) async -> Bool {
        if run.machine.backfills.isWaiting {
            let (requests, slow) = view.acceptance.counts
            run.machine.acceptance(AcceptanceLoad.Counts(requests: requests, slow: slow), at: clock.now)
        }
        while let step = run.machine.next(at: clock.now, due: ledger.nextDue(for: settings.provider)) {
            switch step {
            case .admitRead: view.reads.grant(settings.provider)
            case .admitBackfill(let turn):
                if !view.backfills.grant(turn) {
                    run.machine.backfillEnded(BackfillTurns.End(turn: turn, news: nil), at: clock.now)
                }
            case .askTurn: if let walk { view.backfills.ask(walk.number) }
            case .endTurn(let end): view.backfills.end(end)
            case .wake(let instant):
                run.alarm.set(in: instant - clock.now.instant) { [mailbox = run.mailbox] in mailbox.yield(.woke) }
            case .finish(let sequences):
                if let walk, !run.machine.isClosing {
                    await run.steps.end(walk)
                } else {
                    await run.steps.giveBack(unsent: sequences)
                }
                return false
            case .claim, .claimDue, .intend, .send, .settle, .save, .bringForward, .watch:
                group.addTask { [steps = run.steps, mailbox = run.mailbox, newest = run.newestSeen] in
                    if let report = await steps.carryOut(step, newestSeen: newest) { mailbox.yield(report) }
                }
            }
        }
        if !run.machine.backfills.isEmpty {
            view.backfills.update(run.machine.backfills.snapshot(at: clock.now.instant))
        }
        if let walk {
            view.backfills.update(walk.number, ownHold: run.machine.backfillHold(at: clock.now))
        } else {
            view.monitor.update(settings.provider, run.machine.snapshot(at: clock.now))
        }
        return true
    }
}
