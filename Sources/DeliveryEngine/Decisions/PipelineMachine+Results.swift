import Events
import Journal
import Routing

// What the result of a request means for the provider, and for each event in it.
extension PipelineMachine {
    /// A request has ended.
    mutating func called(_ batch: DeliveryBatch, _ verdict: Verdict, _ facts: AttemptFacts, at now: ClockReading) {
        inFlight.ended(batch)
        counts.requests += 1
        let signal = ProviderSignal(verdict)
        let blame = blame(for: batch, signal)
        let isCulprit = isCulprit(batch, signal, blame, at: now)
        gates.learn(from: signal, facts, of: batch.ticket, blame, at: now)
        endTurn(of: batch, signal, blame)
        note(batch, signal, facts, at: now)
        switch verdict {
        case .all(let outcome):
            if shouldBisect(batch, outcome, facts, blame) {
                bisect(batch, facts, outcome)
            } else {
                apply(batch, facts, at: now) { _ in (outcome, isCulprit) }
            }
        case .each(let outcomes):
            precondition(outcomes.count == batch.items.count, "an adapter gives one outcome an event")
            // If the vendor accepts other events with the same credential, the event itself is refused.
            apply(batch, facts, at: now) { (outcomes[$0], signal == .works || isCulprit) }
        case .unnamed(let fault):
            if batch.items.count > 1 {
                bisect(batch, facts, .reject(fault))
            } else {
                apply(batch, facts, at: now) { _ in (.reject(fault), true) }
            }
        }
    }

    /// A request did not leave, because the lease has ended or was in doubt for too long: its events belong to the next holder. They are
    /// returned unsent, so that a new one among them does not count as interrupted.
    mutating func unsent(_ batch: DeliveryBatch) {
        inFlight.ended(batch)
        assembly.putBack(batch)
        isClosing = true
    }

    /// What would be to blame for a failure.
    private func blame(for batch: DeliveryBatch, _ signal: ProviderSignal) -> ProviderGates.Blame {
        switch signal {
        case .works, .limited: .provider
        case .failed:
            batch.items.count == 1 && suspects.failuresAlone(of: batch.items[0].sequence) > 0 ? .knownEvent : .provider
        case .refused:
            batch.standing == .accused && gates.hasPassedSinceRefusal && gates.isClosed ? .accusedEvents : .provider
        }
    }

    /// Whether the single event that was sent causes the failure: others have passed since it started to fail, and it has had its
    /// chances.
    private func isCulprit(
        _ batch: DeliveryBatch,
        _ signal: ProviderSignal,
        _ blame: ProviderGates.Blame,
        at now: ClockReading
    ) -> Bool {
        guard batch.items.count == 1 else { return false }
        switch signal {
        case .works, .limited: return false
        case .refused: return blame == .accusedEvents
        case .failed:
            let item = batch.items[0]
            let chances = settings.retry.loneFailures
            return gates.workedRecently(at: now.instant)
                && gates.hasWorked(since: suspects.firstFailureAlone(of: item.sequence))
                && item.attempts + 1 >= chances
                && suspects.failuresAlone(of: item.sequence) + 1 >= max(1, chances / 4)
        }
    }

    /// Records what a result shows about single events.
    private mutating func note(
        _ batch: DeliveryBatch,
        _ signal: ProviderSignal,
        _ facts: AttemptFacts,
        at now: ClockReading
    ) {
        switch signal {
        case .works: limitedBatches.passed(batch.items.count, of: settings.batch.events)
        case .limited:
            if isLimitedAlone(batch, at: now) { suspects.limitedAlone(batch.items[0].sequence, at: now.instant) }
            limitedBatches.limited(batch.items.count)
        case .failed:
            inFlight.failed(batch, after: facts.latency, at: now.instant)
            if batch.items.count == 1 { suspects.failedAlone(batch.items[0].sequence, at: now.instant) }
        case .refused: suspects.accuse(batch.items.map(\.sequence), at: now.instant)
        }
    }

    /// Whether the limit that a request has met may apply to its one event alone: smaller or other requests pass.
    private func isLimitedAlone(_ batch: DeliveryBatch, at now: ClockReading) -> Bool {
        guard batch.items.count == 1 else { return false }
        return limitedBatches.isForSomeEvents
            || (batch.items[0].attempts >= LimitedBatches.patience && gates.workedRecently(at: now.instant))
    }

    /// Whether half of a failed batch may succeed: a vendor that fails on a whole batch may fail because of one event.
    private func shouldBisect(
        _ batch: DeliveryBatch,
        _ outcome: Outcome,
        _ facts: AttemptFacts,
        _ blame: ProviderGates.Blame
    ) -> Bool {
        guard batch.items.count > 1 else { return false }
        switch outcome {
        case .ambiguous(let fault, _):
            return settings.deduplication != .none && fault.code == .vendorError && facts.httpStatus == 500
                && gates.isClosed
        case .park: return blame == .accusedEvents
        case .delivered, .resend, .retry, .reject: return false
        }
    }

    private mutating func bisect(_ batch: DeliveryBatch, _ facts: AttemptFacts, _ outcome: Outcome) {
        var noted = batch
        let attempt = facts.attempt(status: .retrying, fault: outcome.fault)
        for index in noted.items.indices { noted.items[index].note(attempt, reached: outcome.reachedVendor(facts)) }
        for half in noted.halves { assembly.putBack(half) }
    }

    private mutating func apply(
        _ batch: DeliveryBatch,
        _ facts: AttemptFacts,
        at now: ClockReading,
        _ outcome: (Int) -> (Outcome, isCulprit: Bool)
    ) {
        var run: [SequenceNumber] = []
        var lastPlace: Int?
        let time = OutcomeTime(now: now.wall, believed: steadyClock.believed(at: now))
        var again: [DeliveryItem] = []
        // By index, because copying an item counts a reference to everything in it.
        for index in batch.items.indices {
            let (outcome, isCulprit) = outcome(index)
            let (sequence, place) = (batch.items[index].sequence, batch.items[index].place)
            switch rules.decide(
                outcome,
                for: batch.items[index],
                isCulprit: isCulprit,
                attempt: facts,
                at: time,
                using: &random
            )
            {
            case .simplyDelivered:
                if let lastPlace, place != lastPlace + 1 { close(&run, facts) }
                run.append(sequence)
                lastPlace = place
                suspects.clear(sequence)
            case .settle(let settled):
                outbox.add(settled)
                if settled.status != .retrying { suspects.clear(sequence) }
            case .sendAgain:
                var noted = batch.items[index]
                noted.note(facts.attempt(status: .retrying), reached: true)
                again.append(noted)
            }
        }
        close(&run, facts)
        guard !again.isEmpty else { return }
        assembly.putBack(DeliveryBatch(items: again, isBisected: batch.isBisected, standing: batch.standing))
    }

    private mutating func close(_ run: inout [SequenceNumber], _ facts: AttemptFacts) {
        guard !run.isEmpty else { return }
        outbox.add(DeliveredRun(sequences: run, attempt: facts.attempt(status: .delivered)))
        run = []
    }
}

extension Outcome {
    /// The fault in an outcome; nil if it has none.
    var fault: DeliveryFault? {
        switch self {
        case .delivered, .resend: nil
        case .retry(let fault, _), .ambiguous(let fault, _), .reject(let fault), .park(let fault): fault
        }
    }
}
