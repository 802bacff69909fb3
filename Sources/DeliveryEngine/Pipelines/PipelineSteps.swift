import Events
import Journal
import Logging
import Routing
import Telemetry
import Transport

/// Carries out the steps of one provider's pipeline: the calls to the journal or the vendor, and the resulting reports.
///
/// A class: each step in flight takes one reference to it, instead of one to everything in it.
final class PipelineSteps: Sendable {
    let settings: PipelineSettings
    /// For a backfill; nil for live deliveries.
    let walk: BackfillWalk?
    /// The lease under which everything is done.
    let lease: AccountLease
    let adapter: any Adapter
    let ledger: any DeliveryLedger
    let caller: any VendorCalling
    let clock: ProcessClock
    let view: DeliveryView
    let metrics: ProviderMetrics
    let lane: DeliveryLane
    let logger: Logger

    init(of pipeline: Pipeline, under lease: AccountLease) {
        settings = pipeline.settings
        walk = pipeline.walk
        self.lease = lease
        adapter = pipeline.vendor.adapter
        ledger = pipeline.ledger
        caller = pipeline.vendor.caller
        clock = pipeline.clock
        view = pipeline.view
        metrics = pipeline.metrics
        lane = pipeline.lane
        logger = pipeline.logger
    }

    private var provider: ProviderName { settings.provider }

    /// Waits; returns early if the task is cancelled, which the caller's loop checks.
    func pause(_ duration: Duration) async {
        await lane.executor.pause(duration)
    }

    /// Carries out a step that takes time.
    /// - Parameter newest: the end of the journal at the last claim that reached it.
    /// - Returns: the report; nil if none is needed any more.
    nonisolated(nonsending) func carryOut(_ step: PipelineMachine.Step, newestSeen newest: JournalPosition) async
        -> PipelineReport?
    {
        switch step {
        case .claim(let limit): return await claim(limit)
        case .claimDue(let limit): return await claimDue(limit)
        case .intend(let sequences): return await intend(sequences)
        case .send(let batch): return await send(batch)
        case .settle(let settlement): return await settle(settlement)
        case .save(let hold): return await save(hold)
        case .bringForward(let step): return await bringForward(step)
        case .watch:
            await ledger.waitForEvents(after: newest)
            return .eventsArrived
        // The loop carries these out itself.
        case .admitRead, .admitBackfill, .askTurn, .endTurn, .wake, .finish: return nil
        }
    }

    // MARK: - Claims

    private func claim(_ limit: BlockLimit) async -> PipelineReport {
        do {
            let newest = try await ledger.newestPosition()
            guard let block = try await ledger.claimBlock(under: lease, limit: limit) else {
                return .foundNothing(newest: newest)
            }
            return .claimed(translate(block.deliveries), end: block.reachesEnd ? newest : nil)
        } catch {
            return claimFailed(error)
        }
    }

    private func claimDue(_ limit: BlockLimit) async -> PipelineReport {
        do {
            return .claimedDue(translate(try await ledger.claimDue(under: lease, at: clock.now.wall, limit: limit)))
        } catch {
            return claimFailed(error)
        }
    }

    private func claimFailed(_ error: StoreError) -> PipelineReport {
        if error != .closed, error != .leaseLost {
            logger.error("the journal could not be read", metadata: ["error": "\(error)"])
        }
        return .claimFailed
    }

    private func translate(_ deliveries: [ClaimedDelivery]) -> PipelineMachine.Claimed {
        ClaimTranslation(provider: provider, adapter: adapter, logger: logger).translate(deliveries, at: clock.now.wall)
    }

    // MARK: - Requests

    nonisolated(nonsending) private func intend(_ sequences: [SequenceNumber]) async -> PipelineReport {
        do {
            try await ledger.intend(sequences, under: lease)
            return .intended(true)
        } catch {
            logger.error("the intent to send could not be written", metadata: ["error": "\(error)"])
            await pause(.seconds(1))
            return .intended(false)
        }
    }

    nonisolated(nonsending) private func send(_ batch: DeliveryBatch) async -> PipelineReport {
        if !ledger.isSafe(lease, at: clock.now.instant), await !becomesSafe() { return .unsent(batch) }
        let events = batch.items.map(\.translated)
        let request = adapter.request(carrying: events)
        let start = clock.now
        let sequences = batch.items.map(\.sequence)
        let trace = view.traces.trace(of: sequences)
        if settings.needsIntent { ledger.departs(sequences, under: lease) }
        let attempt = view.tracer.map { AttemptTrace($0, view.traces, sequences, in: trace) }
        let result = await caller.call(request, in: attempt?.context ?? trace)
        let latency = clock.now.instant - start.instant
        let facts = AttemptFacts(at: start.wall, latency: latency, httpStatus: result.httpStatus)
        let verdict = result.verdict(by: adapter, for: events, at: caller.address(of: request))
        metrics.called(facts, with: events.count)
        attempt?.end(provider, facts, verdict)
        log(batch, verdict, facts, trace)
        return .called(batch, verdict, facts)
    }

    /// Waits while another process may have the account, which is unknown as long as the store cannot be reached.
    /// - Returns: whether a request may leave; false if the lease has ended, the task was cancelled, or the wait was so long that the
    ///   vendor may no longer recognize repeats in the request: the next lease decides about them again.
    private func becomesSafe() async -> Bool {
        let start = clock.now.instant
        while !ledger.isSafe(lease, at: clock.now.instant) {
            let end = await withTaskGroup(of: LeaseEnd?.self) { group in
                group.addTask { [self] in await ledger.waitForEnd(of: lease) }
                group.addTask { [self] in
                    await pause(.milliseconds(50))
                    return nil
                }
                let first = await group.next() ?? nil
                group.cancelAll()
                return first
            }
            if end == .lost || Task.isCancelled { return false }
            // The lease is still held, and another process waits for it.
            if end != nil { await pause(.milliseconds(50)) }
        }
        return settings.memory == nil || clock.now.instant - start < .seconds(30)
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

    // MARK: - What goes on disk

    /// Retries until it is written, because a lost outcome means that an event is sent twice.
    /// - Returns: nil if the task was cancelled or the store closed before.
    nonisolated(nonsending) private func settle(_ settlement: Settlement) async -> PipelineReport? {
        while !Task.isCancelled {
            do {
                try await ledger.settle(settlement, under: lease)
                metrics.settled(settlement)
                view.settlements.publish(settlement)
                return .settled(settlement)
            } catch .closed {
                return nil
            } catch .leaseLost {
                logger.error(
                    "outcomes were refused: another process has the provider account",
                    metadata: ["events": "\(settlement.delivered.count + settlement.exceptions.count)"]
                )
                // Nothing more can be done about them here.
                return .settled(settlement)
            } catch {
                logger.error("outcomes could not be written", metadata: ["error": "\(error)"])
                await pause(.seconds(1))
            }
        }
        return nil
    }

    /// Records what blocks calls to the provider. If that fails, a restart does not know it and calls the vendor again.
    private func save(_ hold: ProviderHold?) async -> PipelineReport {
        do {
            try await ledger.hold(hold, under: lease)
        } catch {
            logger.error("a provider's hold could not be written", metadata: ["error": "\(error)"])
        }
        if let hold {
            logger.warning(
                hold.isParked ? "the provider is parked" : "the provider asked for a delay",
                metadata: ["until": "\(hold.until.rfc3339)", "reason": "\(hold.fault.message)"]
            )
        } else {
            logger.info("the provider is called again")
        }
        return .saved
    }

    private func bringForward(_ step: Duration) async -> PipelineReport {
        logger.warning(
            "the clock was set back; retries are brought forward",
            metadata: ["seconds": "\(step.components.seconds)"]
        )
        do {
            try await ledger.bringForward(under: lease, by: step)
            return .broughtForward(true)
        } catch {
            logger.error("retries could not be brought forward", metadata: ["error": "\(error)"])
            return .broughtForward(false)
        }
    }

    /// Ends the backfill together with its lease, if all of it is done.
    func end(_ walk: BackfillWalk) async {
        do {
            switch try await walk.lanes.end(walk.number, under: lease, at: clock.now.wall) {
            case .changed(let lane):
                return logger.info("the backfill has ended", metadata: ["state": "\(lane.state.rawValue)"])
            case .refused, .unfinished, .unknown: break
            }
        } catch {
            logger.error("the end of a backfill could not be written", metadata: ["error": "\(error)"])
        }
        await giveBack(unsent: [])
    }

    /// Ends the lease.
    /// - Parameter unsent: claimed events that no request has carried.
    func giveBack(unsent: [SequenceNumber]) async {
        do {
            try await ledger.giveBack(lease, unsent: unsent)
        } catch .leaseLost {
            // Another process already has it.
        } catch {
            logger.error("the lease of the provider account could not be released", metadata: ["error": "\(error)"])
        }
    }
}
