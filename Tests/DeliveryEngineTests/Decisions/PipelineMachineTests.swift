import DeliveryEngine
import Events
import Journal
import Routing
import Testing

/// Each test reads as a transcript: what happened, and which step the machine takes next.
@Suite struct PipelineMachineTests {
    let start = Moment(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))
    let fault = DeliveryFault(code: .vendorError, message: "it failed")

    private func makeMachine(
        batch: Int = 3,
        concurrency: Int = 2,
        deduplication: Deduplication = .byIdentity(memory: nil),
        onUncertain: PipelineSettings.UncertainPolicy = .hold,
        retry: RetrySchedule = RetrySchedule(),
        threshold: Int = 100,
        rateLimit: RateLimit? = nil,
        hold: ProviderHold? = nil
    ) -> PipelineMachine {
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: batch, bytes: 1 << 20),
            deduplication: deduplication,
            retry: retry,
            breaker: BreakerSettings(failures: threshold, pause: .seconds(5), longestPause: .seconds(60)),
            concurrency: concurrency,
            rateLimit: rateLimit,
            onUncertain: onUncertain
        )
        return PipelineMachine(settings: settings, hold: hold, seed: 1, at: start)
    }

    private func facts(_ status: Int?) -> AttemptFacts {
        AttemptFacts(at: start.wall, latency: .milliseconds(12), httpStatus: status)
    }

    private func exceptions(of step: PipelineMachine.Step?) -> [SettledDelivery] {
        guard case .settle(let settlement)? = step else { return [] }
        return settlement.exceptions
    }

    @Test func `claims, fills batches, and settles what was delivered as a run`() throws {
        var machine = makeMachine()
        #expect(machine.next(at: start) == .claim(BlockLimit(events: 64, bytes: 8 << 20)))
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(batch.numbers == [1, 2, 3])
        guard case .claim? = machine.next(at: start) else { throw Unexpected.step }
        machine.foundNothing()
        guard case .send(let rest)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(rest.numbers == [4])
        #expect(machine.next(at: start) == .watch)
        machine.called(batch, .all(.delivered(deduplicated: false)), facts(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(settlement.delivered.map { $0.sequences.map(\.rawValue) } == [[1, 2, 3]])
        #expect(settlement.exceptions.isEmpty)
    }

    @Test func `a claim to the newest event leaves nothing to look for`() throws {
        var machine = makeMachine()
        guard case .claim? = machine.next(at: start) else { throw Unexpected.step }
        machine.claimed(.init(items: [.sample(1)]), toTheEnd: true, at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(batch.numbers == [1])
        #expect(machine.next(at: start) == .watch)
    }

    @Test func `where events come fast, what fills no batch waits a moment for the next ones, and no longer`() throws {
        var machine = makeMachine()
        guard case .claim? = machine.next(at: start) else { throw Unexpected.step }
        machine.claimed(.init(items: (1...4).map { .sample($0) }), toTheEnd: true, at: start)
        guard case .send(let first)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(first.numbers == [1, 2, 3])
        let later = start + .milliseconds(5)
        #expect(machine.next(at: start) == .wake(at: later.instant))
        machine.woke()
        guard case .claim? = machine.next(at: later) else { throw Unexpected.step }
        #expect(machine.next(at: later) == nil)
        machine.claimed(.init(items: (5...7).map { .sample($0) }), toTheEnd: true, at: later)
        guard case .send(let second)? = machine.next(at: later) else { throw Unexpected.step }
        #expect(second.numbers == [4, 5, 6])
        let last = later + .milliseconds(5)
        #expect(machine.next(at: later) == .wake(at: last.instant))
        machine.called(first, .all(.delivered(deduplicated: false)), facts(200), at: last)
        guard case .settle? = machine.next(at: last), case .claim? = machine.next(at: last) else {
            throw Unexpected.step
        }
        machine.foundNothing()
        guard case .send(let rest)? = machine.next(at: last) else { throw Unexpected.step }
        #expect(rest.numbers == [7])
        #expect(machine.next(at: last) == .watch)
    }

    @Test func `gives new events a moment to gather before it claims them`() throws {
        var machine = makeMachine()
        _ = machine.next(at: start)
        machine.foundNothing()
        #expect(machine.next(at: start) == .watch)
        machine.eventsArrived(at: start)
        #expect(machine.next(at: start) == .wake(at: start.instant + .milliseconds(5)))
        machine.woke()
        guard case .claim? = machine.next(at: start + .milliseconds(5)) else { throw Unexpected.step }
    }

    @Test func `keeps the outcomes of requests that end during a settlement for the next one`() throws {
        var machine = makeMachine(batch: 1, concurrency: 3)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        var batches: [DeliveryBatch] = []
        while case .send(let batch)? = machine.next(at: start) { batches.append(batch) }
        try #require(batches.count == 3)
        for batch in batches.prefix(1) {
            machine.called(batch, .all(.delivered(deduplicated: false)), facts(202), at: start)
        }
        guard case .settle(let first)? = machine.next(at: start) else { throw Unexpected.step }
        for batch in batches.dropFirst() {
            machine.called(batch, .all(.delivered(deduplicated: false)), facts(202), at: start)
        }
        if case .settle? = machine.next(at: start) { Issue.record("two settlements at once") }
        machine.settled(first)
        guard case .settle(let second)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(second.delivered.count == 2)
    }

    @Test func `schedules a retry for what was not applied, and claims it when it is due`() throws {
        var machine = makeMachine(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(fault, after: .delay(.seconds(60)))), facts(503), at: start)
        let step = machine.next(at: start)
        let exception = try #require(exceptions(of: step).first)
        #expect(exception.status == .retrying)
        #expect(exception.newAttempts.count == 1)
        let due = try #require(exception.nextAttemptAt)
        #expect(due >= start.wall + .seconds(60))
        guard case .settle(let settlement)? = step else { throw Unexpected.step }
        machine.settled(settlement)
        var later = start + .seconds(62)
        while let step = machine.next(at: later, due: due) {
            if case .claimDue = step { return }
            if case .claim = step { machine.foundNothing() }
            if case .wake = step { machine.woke() }
            later = later + .milliseconds(10)
        }
        Issue.record("the retry was never claimed")
    }

    @Test func `halves a batch whose refusal names nobody until the culprit stands alone`() throws {
        var machine = makeMachine(batch: 4, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        var sent: [[Int64]] = []
        var rejected: [Int64] = []
        var delivered: [Int64] = []
        var watched = false
        while let step = machine.next(at: start) {
            switch step {
            case .send(let batch):
                sent.append(batch.numbers)
                let verdict: Verdict =
                    batch.numbers.contains(3) ? .unnamed(fault) : .all(.delivered(deduplicated: false))
                machine.called(batch, verdict, facts(400), at: start)
            case .settle(let settlement):
                for exception in settlement.exceptions {
                    if exception.status == .rejected { rejected.append(exception.sequence.rawValue) }
                    if exception.status == .delivered { delivered.append(exception.sequence.rawValue) }
                }
                delivered += settlement.delivered.flatMap(\.sequences).map(\.rawValue)
                machine.settled(settlement)
            case .claim: machine.foundNothing()
            case .watch: watched = true
            case .claimDue, .intend, .save, .bringForward, .wake, .finish, .admitRead:
                Issue.record("unexpected \(step)")
            }
        }
        #expect(watched)
        #expect(sent == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]])
        #expect(rejected == [3])
        #expect(delivered.sorted() == [1, 2, 4])
    }

    @Test func `sends the innocent of a refused batch again at once, together`() throws {
        var machine = makeMachine(batch: 3, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .each([.resend, .reject(fault), .resend]), facts(422), at: start)
        let step = machine.next(at: start)
        #expect(exceptions(of: step).map(\.status) == [.rejected])
        guard case .send(let again)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(again.numbers == [1, 3])
        #expect(again.items.allSatisfy { $0.attempts == 1 })
    }

    @Test func `makes the intent durable before it sends to a vendor that does not deduplicate`() throws {
        var machine = makeMachine(batch: 1, concurrency: 1, deduplication: .none)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .intend(let sequences)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(sequences == [SequenceNumber(1)])
        while let step = machine.next(at: start) {
            if case .send = step { Issue.record("sent before the intent was durable") }
            if case .claim = step { machine.foundNothing() }
        }
        machine.intended(true)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(batch.numbers == [1])
    }

    @Test(arguments: [
        (PipelineSettings.UncertainPolicy.hold, DeliveryStatus.uncertain), (.retry, .retrying), (.accept, .delivered),
    ])
    func `treats an unknown outcome without deduplication by the policy`(
        policy: PipelineSettings.UncertainPolicy,
        status: DeliveryStatus
    ) throws {
        var machine = makeMachine(batch: 1, deduplication: .none, onUncertain: policy)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        _ = machine.next(at: start)
        machine.intended(true)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), facts(nil), at: start)
        #expect(exceptions(of: machine.next(at: start)).map(\.status) == [status])
    }

    @Test(arguments: [
        (PipelineSettings.UncertainPolicy.hold, DeliveryStatus.uncertain), (.retry, .retrying), (.accept, .delivered),
    ])
    func `treats a delivery that a crash interrupted by the policy`(
        policy: PipelineSettings.UncertainPolicy,
        status: DeliveryStatus
    ) {
        var machine = makeMachine(deduplication: .none, onUncertain: policy)
        machine.interrupted([SequenceNumber(7)], at: start)
        #expect(exceptions(of: machine.next(at: start)).map(\.status) == [status])
    }

    @Test func `stops sending when the breaker opens, and probes with one event`() throws {
        var machine = makeMachine(batch: 3, concurrency: 1, threshold: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...9).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(fault, after: nil)), facts(503), at: start)
        while let step = machine.next(at: start) {
            if case .send = step { Issue.record("sent through an open breaker") }
            if case .settle(let settlement) = step { machine.settled(settlement) }
            if case .claim = step { machine.foundNothing() }
        }
        machine.woke()
        let later = start + .seconds(5)
        var probe: DeliveryBatch?
        while let step = machine.next(at: later) {
            if case .send(let batch) = step { probe = batch }
            if case .claimDue = step { machine.claimedDue(.init()) }
            if case .settle(let settlement) = step { machine.settled(settlement) }
        }
        #expect(probe?.numbers == [4])
        machine.called(try #require(probe), .all(.delivered(deduplicated: false)), facts(200), at: later)
        #expect(machine.snapshot(at: start).circuit == "closed")
    }

    @Test func `parks at a refused credential: drops nothing and tells why`() throws {
        let unauthorized = DeliveryFault(code: .unauthorized, message: "the key is wrong")
        var machine = makeMachine(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.park(unauthorized)), facts(401), at: start)
        #expect(exceptions(of: machine.next(at: start)).map(\.status) == [.retrying])
        #expect(machine.snapshot(at: start).parked == unauthorized)
        while let step = machine.next(at: start) {
            if case .send = step { Issue.record("sent to a parked provider") }
            if case .claim = step { machine.foundNothing() }
        }
    }

    @Test func `holds the whole provider for as long as a rate limit says`() throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = makeMachine(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(60)))), facts(429), at: start)
        #expect(machine.snapshot(at: start).heldUntil == start.wall + .seconds(60))
        #expect(machine.snapshot(at: start).circuit == "closed")
        while let step = machine.next(at: start + .seconds(59)) {
            if case .send = step { Issue.record("sent before the vendor's time") }
            if case .settle(let settlement) = step { machine.settled(settlement) }
            if case .claim = step { machine.foundNothing() }
        }
        machine.woke()
        var sent = false
        while let step = machine.next(at: start + .seconds(60)) {
            if case .send = step { sent = true }
            if case .claimDue = step { machine.claimedDue(.init()) }
        }
        #expect(sent)
    }

    @Test func `cuts a batch that makes the vendor fail with 500, so that one event cannot hold up the rest`() throws {
        var machine = makeMachine(batch: 4, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        var delivered: Set<Int64> = []
        var retrying: Set<Int64> = []
        while let step = machine.next(at: start) {
            switch step {
            case .send(let batch):
                let verdict: Verdict =
                    batch.numbers.contains(2) ? .all(.ambiguous(fault)) : .all(.delivered(deduplicated: true))
                machine.called(batch, verdict, facts(batch.numbers.contains(2) ? 500 : 200), at: start)
            case .settle(let settlement):
                for exception in settlement.exceptions {
                    if exception.status == .delivered { delivered.insert(exception.sequence.rawValue) }
                    if exception.status == .retrying { retrying.insert(exception.sequence.rawValue) }
                }
                machine.settled(settlement)
            case .claim: machine.foundNothing()
            case .watch, .wake: break
            case .claimDue, .intend, .save, .bringForward, .finish, .admitRead: Issue.record("unexpected \(step)")
            }
        }
        #expect(delivered == [1, 3, 4])
        #expect(retrying == [2])
    }

    @Test func `rejects a lone event that makes the vendor fail again and again while others pass`() throws {
        var machine = makeMachine(batch: 1, concurrency: 1, retry: RetrySchedule(loneFailures: 3))
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2, attemptsBefore: 2)]), at: start)
        guard case .send(let good)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(good, .all(.delivered(deduplicated: false)), facts(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        machine.settled(settlement)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), facts(500), at: start)
        #expect(exceptions(of: machine.next(at: start)).map(\.status) == [.rejected])
    }

    @Test func `does not count what never reached the vendor against an event`() throws {
        var machine = makeMachine(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2, attemptsBefore: 50)]), at: start)
        guard case .send(let good)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(good, .all(.delivered(deduplicated: false)), facts(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        machine.settled(settlement)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), facts(500), at: start)
        #expect(exceptions(of: machine.next(at: start)).map(\.status) == [.retrying])
    }

    @Test func `blames no event for a vendor that fails on everything`() throws {
        var machine = makeMachine(batch: 1, retry: RetrySchedule(loneFailures: 3))
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1, attemptsBefore: 50)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), facts(500), at: start)
        #expect(exceptions(of: machine.next(at: start)).map(\.status) == [.retrying])
    }

    @Test func `obeys the wait that an unavailable vendor asks for`() throws {
        var machine = makeMachine(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault, after: .delay(.seconds(120)))), facts(503), at: start)
        let due = try #require(exceptions(of: machine.next(at: start)).first?.nextAttemptAt)
        #expect(due >= start.wall + .seconds(120))
        #expect(machine.snapshot(at: start).heldUntil == start.wall + .seconds(120))
    }

    @Test func `writes a long wait down, and after a restart sends nothing before its end`() throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = makeMachine(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(3600)))), facts(429), at: start)
        var holds: [ProviderHold?] = []
        while let step = machine.next(at: start) {
            if case .save(let hold) = step {
                holds.append(hold)
                machine.saved()
            }
        }
        let hold = ProviderHold(until: start.wall + .seconds(3600), fault: limited, isParked: false)
        #expect(holds == [hold])

        var restarted = makeMachine(batch: 1, hold: hold)
        _ = restarted.next(at: start)
        restarted.claimed(.init(items: [.sample(2)]), at: start)
        #expect(!sends(&restarted, at: start + .seconds(3599)))
        restarted.woke()
        #expect(sends(&restarted, at: start + .seconds(3600)))
    }

    @Test func `does not write a short wait down`() throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = makeMachine(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(5)))), facts(429), at: start)
        while let step = machine.next(at: start) {
            if case .save = step { Issue.record("wrote down a wait of seconds") }
        }
    }

    @Test func `stays parked over a restart until a probe passes, and then says that on disk`() throws {
        let unauthorized = DeliveryFault(code: .unauthorized, message: "the key is wrong")
        let hold = ProviderHold(until: start.wall + .seconds(30), fault: unauthorized, isParked: true)
        var machine = makeMachine(batch: 1, hold: hold)
        #expect(machine.snapshot(at: start).parked == unauthorized)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        #expect(!sends(&machine, at: start + .seconds(29)))
        machine.woke()
        let later = start + .seconds(30)
        guard case .send(let probe)? = machine.next(at: later) else { throw Unexpected.step }
        machine.called(probe, .all(.delivered(deduplicated: false)), facts(200), at: later)
        var saved: [ProviderHold?] = []
        while let step = machine.next(at: later) {
            if case .save(let hold) = step { saved.append(hold) }
            if case .claim = step { machine.foundNothing() }
        }
        #expect(saved == [nil])
        #expect(machine.snapshot(at: later).parked == nil)
    }

    @Test func `claims what the ledger says is due, whatever happened before`() throws {
        var machine = makeMachine()
        _ = machine.next(at: start)
        machine.foundNothing()
        while machine.next(at: start) != nil {}
        guard case .claimDue? = machine.next(at: start, due: start.wall) else { throw Unexpected.step }
        machine.claimedDue(.init())
        // While the claim ran, a settlement made another one due: nothing of the claim hides it.
        guard case .claimDue? = machine.next(at: start, due: start.wall) else { throw Unexpected.step }
    }

    @Test func `leaves the journal alone for a second after it could not be read`() throws {
        var machine = makeMachine()
        _ = machine.next(at: start, due: start.wall)
        machine.claimFailed(at: start)
        #expect(machine.next(at: start, due: start.wall) == .wake(at: start.instant + .seconds(1)))
        #expect(machine.next(at: start, due: start.wall) == nil)
        machine.woke()
        let later = start + .seconds(1)
        var claims = 0
        while let step = machine.next(at: later, due: start.wall) {
            if case .claim = step {
                claims += 1
                machine.foundNothing()
            }
            if case .claimDue = step {
                claims += 10
                break
            }
        }
        #expect(claims == 11)
    }

    @Test(arguments: [Duration.seconds(-7200), .seconds(7200)])
    func `a clock that is set neither shortens nor lengthens a vendor's wait`(step: Duration) throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = makeMachine(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(60)))), facts(429), at: start)
        func moment(_ seconds: Int) -> Moment {
            Moment(instant: start.instant + .seconds(seconds), wall: start.wall + .seconds(seconds) + step)
        }
        #expect(!sends(&machine, at: moment(59)))
        machine.woke()
        #expect(sends(&machine, at: moment(60)))
    }

    @Test func `looks for due retries once a minute, so that a clock set forward is noticed`() throws {
        var machine = makeMachine(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(fault, after: .delay(.seconds(3600)))), facts(409), at: start)
        var wake: ContinuousClock.Instant?
        var due: Timestamp?
        while let step = machine.next(at: start, due: due) {
            if case .claim = step { machine.foundNothing() }
            if case .settle(let settlement) = step {
                machine.settled(settlement)
                due = settlement.exceptions.first?.nextAttemptAt
            }
            if case .save = step { machine.saved() }
            if case .wake(let instant) = step { wake = instant }
        }
        #expect(wake == start.instant + .seconds(60))
        machine.woke()
        let minute = Moment(instant: start.instant + .seconds(60), wall: start.wall + .seconds(2 * 3600))
        var claimsDue = false
        while let step = machine.next(at: minute, due: due) {
            if case .claimDue = step {
                claimsDue = true
                due = nil
                machine.claimedDue(.init())
            }
            if case .claim = step { machine.foundNothing() }
        }
        // The vendor's hour is not over by the clock that nobody sets, so nothing is sent; but the retry is at hand.
        #expect(claimsDue)
    }

    /// Whether the machine sends anything at a moment; claims find nothing more.
    private func sends(_ machine: inout PipelineMachine, at now: Moment) -> Bool {
        while let step = machine.next(at: now) {
            if case .send = step { return true }
            if case .claim = step { machine.foundNothing() }
            if case .claimDue = step { machine.claimedDue(.init()) }
        }
        return false
    }

    @Test func `keeps a first attempt that the vendor says it had already, for a look`() throws {
        var machine = makeMachine(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.delivered(deduplicated: true)), facts(422), at: start)
        let exception = try #require(exceptions(of: machine.next(at: start)).first)
        #expect(exception.status == .delivered)
        #expect(exception.newAttempts.map(\.deduplicated) == [true])
    }

    @Test func `when closing, waits for what is under way, settles it, and gives the rest back`() throws {
        var machine = makeMachine(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.close()
        #expect(machine.next(at: start) == nil)
        machine.called(batch, .all(.delivered(deduplicated: false)), facts(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(machine.next(at: start) == nil)
        machine.settled(settlement)
        #expect(machine.next(at: start) == .finish(releasing: [SequenceNumber(2), SequenceNumber(3)]))
        #expect(machine.next(at: start) == nil)
    }

    @Test func `gives back what was not sent when the grace time is over`() throws {
        var machine = makeMachine(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        guard case .send? = machine.next(at: start) else { throw Unexpected.step }
        machine.close()
        #expect(machine.abandon() == [SequenceNumber(2), SequenceNumber(3)])
        #expect(machine.next(at: start) == nil)
    }

    @Test func `breaks a run where the journal's order has a gap`() throws {
        var machine = makeMachine(batch: 4)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        let fine = Outcome.delivered(deduplicated: false)
        machine.called(batch, .each([fine, fine, .reject(fault), fine]), facts(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(settlement.delivered.map { $0.sequences.map(\.rawValue) } == [[1, 2], [4]])
    }

    @Test func `keeps to a rate limit and wakes for the next token`() throws {
        var machine = makeMachine(batch: 1, concurrency: 8, rateLimit: RateLimit(requests: 1, per: .seconds(1)))
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send? = machine.next(at: start) else { throw Unexpected.step }
        var wake: ContinuousClock.Instant?
        while let step = machine.next(at: start) {
            if case .send = step { Issue.record("sent faster than the limit") }
            if case .claim = step { machine.foundNothing() }
            if case .wake(let instant) = step { wake = instant }
        }
        #expect(wake == start.instant + .seconds(1))
    }
}

/// The machine took another step than the transcript says.
enum Unexpected: Error {
    case step
}
