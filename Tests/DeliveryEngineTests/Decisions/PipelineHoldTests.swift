import Events
import Journal
import Testing

@testable import DeliveryEngine

/// What keeps the machine from sending: the breaker, parking, rate limits and waits, also over a restart.
@Suite struct PipelineHoldTests {
    let start = ClockReading.sample
    let fault = DeliveryFault(code: .vendorError, message: "it failed")

    @Test func `stops sending when the breaker opens, and probes with one event`() throws {
        var machine = PipelineMachine.sample(batch: 3, concurrency: 1, threshold: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...9).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(fault, after: nil)), AttemptFacts.sample(503), at: start)
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
        machine.called(try #require(probe), .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: later)
        #expect(machine.snapshot(at: start).circuit == "closed")
    }

    @Test func `parks at a refused credential: drops nothing and tells why`() throws {
        let unauthorized = DeliveryFault(code: .unauthorized, message: "the key is wrong")
        var machine = PipelineMachine.sample(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.park(unauthorized)), AttemptFacts.sample(401), at: start)
        #expect(PipelineMachine.exceptions(of: machine.next(at: start)).map(\.status) == [.retrying])
        #expect(machine.snapshot(at: start).parked == unauthorized)
        while let step = machine.next(at: start) {
            if case .send = step { Issue.record("sent to a parked provider") }
            if case .claim = step { machine.foundNothing() }
        }
    }

    @Test func `holds the whole provider for as long as a rate limit says`() throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(60)))), AttemptFacts.sample(429), at: start)
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

    @Test func `obeys the wait that an unavailable vendor asks for`() throws {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(
            batch,
            .all(.ambiguous(fault, after: .delay(.seconds(120)))),
            AttemptFacts.sample(503),
            at: start
        )
        let due = try #require(PipelineMachine.exceptions(of: machine.next(at: start)).first?.nextAttemptAt)
        #expect(due >= start.wall + .seconds(120))
        #expect(machine.snapshot(at: start).heldUntil == start.wall + .seconds(120))
    }

    @Test func `writes a long wait down, and after a restart sends nothing before its end`() throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(3600)))), AttemptFacts.sample(429), at: start)
        var holds: [ProviderHold?] = []
        while let step = machine.next(at: start) {
            if case .save(let hold) = step {
                holds.append(hold)
                machine.saved()
            }
        }
        let hold = ProviderHold(until: start.wall + .seconds(3600), fault: limited, isParked: false)
        #expect(holds == [hold])

        var restarted = PipelineMachine.sample(batch: 1, hold: hold)
        _ = restarted.next(at: start)
        restarted.claimed(.init(items: [.sample(2)]), at: start)
        #expect(!PipelineMachine.sends(&restarted, at: start + .seconds(3599)))
        restarted.woke()
        #expect(PipelineMachine.sends(&restarted, at: start + .seconds(3600)))
    }

    @Test func `does not write a short wait down`() throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = PipelineMachine.sample(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(5)))), AttemptFacts.sample(429), at: start)
        while let step = machine.next(at: start) {
            if case .save = step { Issue.record("wrote down a wait of seconds") }
        }
    }

    @Test func `stays parked over a restart until a probe passes, and then says that on disk`() throws {
        let unauthorized = DeliveryFault(code: .unauthorized, message: "the key is wrong")
        let hold = ProviderHold(until: start.wall + .seconds(30), fault: unauthorized, isParked: true)
        var machine = PipelineMachine.sample(batch: 1, hold: hold)
        #expect(machine.snapshot(at: start).parked == unauthorized)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        #expect(!PipelineMachine.sends(&machine, at: start + .seconds(29)))
        machine.woke()
        let later = start + .seconds(30)
        guard case .send(let probe)? = machine.next(at: later) else { throw Unexpected.step }
        machine.called(probe, .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: later)
        var saved: [ProviderHold?] = []
        while let step = machine.next(at: later) {
            if case .save(let hold) = step { saved.append(hold) }
            if case .claim = step { machine.foundNothing() }
        }
        #expect(saved == [nil])
        #expect(machine.snapshot(at: later).parked == nil)
    }

    @Test(arguments: [Duration.seconds(-7200), .seconds(7200)])
    func `a clock that is set neither shortens nor lengthens a vendor's wait`(step: Duration) throws {
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(60)))), AttemptFacts.sample(429), at: start)
        func moment(_ seconds: Int) -> ClockReading {
            ClockReading(instant: start.instant + .seconds(seconds), wall: start.wall + .seconds(seconds) + step)
        }
        #expect(!PipelineMachine.sends(&machine, at: moment(59)))
        machine.woke()
        #expect(PipelineMachine.sends(&machine, at: moment(60)))
    }

    @Test func `keeps to a rate limit and wakes for the next token`() throws {
        var machine = PipelineMachine.sample(
            batch: 1,
            concurrency: 8,
            rateLimit: RateLimit(requests: 1, per: .seconds(1))
        )
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
