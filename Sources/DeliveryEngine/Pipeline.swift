package import Events
package import Journal
package import Logging
import ServiceLifecycle
import Telemetry
import Transport

/// Delivers to one provider account: carries out what ``PipelineMachine`` decides.
///
/// Claims, requests and settlements are child tasks that report to one mailbox; the loop that reads it owns the machine. On graceful
/// shutdown nothing new is sent, what is in flight is waited for and settled, and the rest goes back to the journal.
package struct Pipeline: Sendable {
    /// How the provider is served.
    package let settings: PipelineSettings
    private let steps: PipelineSteps
    private let clock: PipelineClock
    private let view: DeliveryView
    private let lane: DeliveryLane

    /// - Parameters:
    ///   - wall: for what survives a restart.
    ///   - instant: reads the clock that nobody sets.
    ///   - lane: whose timers and threads the pipeline uses.
    package init(
        settings: PipelineSettings,
        adapter: any Adapter,
        ledger: any DeliveryLedger & DeliveryRevising,
        caller: any VendorCalling,
        clock wall: any WallClock,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        seenBy view: DeliveryView,
        on lane: DeliveryLane,
        logger: Logger
    ) {
        self.settings = settings
        self.view = view
        self.lane = lane
        clock = PipelineClock(wall: wall, instant: instant)
        var logger = logger
        logger[metadataKey: "provider"] = "\(settings.provider)"
        steps = PipelineSteps(
            settings: settings,
            adapter: adapter,
            ledger: ledger,
            caller: caller,
            clock: clock,
            view: view,
            metrics: ProviderMetrics(settings.provider, factory: view.metrics),
            lane: lane,
            logger: logger
        )
    }

    /// How long a shutdown waits for requests in flight: less than the time after which the process is ended by force.
    static let grace = Duration.seconds(15)

    /// Why a pipeline begins.
    package enum Beginning: Sendable {
        /// The gateway has started.
        case start
        /// The provider is served otherwise than before.
        case change
    }

    /// Delivers until the stream or graceful shutdown has ended it and what was in flight is settled, or the task is cancelled.
    ///
    /// Ended by the stream, it waits for the answers as long as a call may take: within one process nobody else may take up what has no
    /// outcome yet.
    package func run(until ended: AsyncStream<Never>, after beginning: Beginning = .start) async {
        // The mailbox never holds more than the machine has steps in flight, as each step reports once, and a word for each nudge.
        let (reports, mailbox) = AsyncStream<PipelineReport>.makeStream()
        receiveOrders { mailbox.yield($0) }
        defer { leave() }
        await withGracefulShutdownHandler {
            await withTaskExecutorPreference(lane.executor) {
                await withDiscardingTaskGroup { group in
                    group.addTask {
                        for await _ in ended {}
                        mailbox.yield(.stopped)
                    }
                    if beginning == .change { await steps.forgetParking() }
                    if let machine = await steps.startMachine() {
                        let alarm = lane.executor.alarm()
                        var run = Run(machine: machine, mailbox: mailbox, alarm: alarm)
                        await work(through: reports, &run, in: &group)
                        run.alarm.cancel()
                    }
                    group.cancelAll()
                }
            }
        } onGracefulShutdown: {
            mailbox.yield(.shutdown)
        }
    }

    /// Lets others reach the pipeline while it runs.
    private func receiveOrders(_ tell: @escaping @Sendable (PipelineReport) -> Void) {
        view.bells.set({ tell(.nudged) }, for: settings.provider)
        view.orders.set({ tell(.ordered($0)) }, for: settings.provider)
        if settings.rateLimit != nil { view.reads.set({ tell(.read($0)) }, for: settings.provider) }
    }

    private func leave() {
        view.reads.set(nil, for: settings.provider)
        view.orders.set(nil, for: settings.provider)
        view.bells.set(nil, for: settings.provider)
        view.monitor.update(settings.provider, nil)
    }

    // MARK: - The loop

    /// What belongs to one run of the pipeline.
    private struct Run {
        var machine: PipelineMachine
        let mailbox: AsyncStream<PipelineReport>.Continuation
        var alarm: Alarm
        /// The newest event of the journal at the last claim that went up to it.
        var newestSeen = SequenceNumber(0)
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
            case .graceOver: return await abandon(&run.machine)
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
            await steps.pause(Self.grace)
            mailbox.yield(.graceOver)
        }
    }

    /// Leaves requests in flight to themselves, so that a vendor that hangs does not hold up the shutdown.
    private func abandon(_ machine: inout PipelineMachine) async {
        steps.logger.warning("the grace time is over; requests under way are left to themselves")
        await steps.release(machine.abandon())
    }

    /// Starts every step that is due.
    /// - Returns: false when the pipeline is done.
    private func carryOut(_ run: inout Run, in group: inout DiscardingTaskGroup) async -> Bool {
        while let step = run.machine.next(at: clock.now, due: steps.ledger.nextDue(for: settings.provider)) {
            switch step {
            case .admitRead: view.reads.grant(settings.provider)
            case .wake(let instant):
                run.alarm.set(in: instant - clock.now.instant) { [mailbox = run.mailbox] in mailbox.yield(.woke) }
            case .finish(let sequences):
                await steps.release(sequences)
                return false
            case .claim, .claimDue, .intend, .send, .settle, .save, .bringForward, .watch:
                group.addTask { [mailbox = run.mailbox, newest = run.newestSeen] in
                    if let report = await steps.carryOut(step, newestSeen: newest) { mailbox.yield(report) }
                }
            }
        }
        view.monitor.update(settings.provider, run.machine.snapshot(at: clock.now))
        return true
    }
}
