import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// What an operator and a vendor may hold up, and for how long.
@Suite struct OperatorHoldTests {
    let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))
    let limited = DeliveryFault(code: .rateLimited, message: "too many")

    private func makeMachine(hold: ProviderHold? = nil, longestWait: Duration = .seconds(3600)) -> PipelineMachine {
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: 1, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil),
            retry: RetrySchedule(longestWait: longestWait),
            breaker: BreakerSettings(failures: 1, pause: .seconds(60), longestPause: .seconds(60)),
            concurrency: 1
        )
        return PipelineMachine(settings: settings, hold: hold, seed: 1, at: start)
    }

    private func operatorHold(_ duration: Duration) -> OperatorHold {
        OperatorHold(until: start.wall + duration, by: "ops", at: start.wall)
    }

    /// Whether the machine sends something, with an event to be sent.
    private func sends(_ machine: inout PipelineMachine, at now: ClockReading) -> Bool {
        machine.woke()
        while let step = machine.next(at: now, due: now.wall) {
            switch step {
            case .send: return true
            case .claim: machine.claimed(.init(items: [.sample(1)]), at: now)
            case .claimDue: machine.claimedDue(.init(items: [.sample(2)]))
            case .settle(let settlement): machine.settled(settlement)
            case .save: machine.saved()
            case .bringForward: machine.broughtForward(true, at: now)
            case .intend, .watch, .wake, .finish, .admitRead, .admitBackfill, .askTurn, .endTurn: break
            }
        }
        return false
    }

    /// Answers the machine's first request.
    private func answered(_ outcome: Outcome, longestWait: Duration = .seconds(3600)) throws -> PipelineMachine {
        var machine = makeMachine(longestWait: longestWait)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        let facts = AttemptFacts(at: start.wall, latency: .milliseconds(1), httpStatus: 429)
        machine.called(batch, .all(outcome), facts, at: start)
        return machine
    }

    @Test func `sends nothing while an operator holds it, and goes on at the end of the hold`() {
        var machine = makeMachine()
        machine.held(by: operatorHold(.seconds(600)), at: start)
        #expect(!sends(&machine, at: start + .seconds(599)))
        #expect(machine.snapshot(at: start + .seconds(599)).operatorHold == operatorHold(.seconds(600)))
        #expect(machine.snapshot(at: start).heldUntil == nil && machine.snapshot(at: start).parked == nil)
        #expect(sends(&machine, at: start + .seconds(600)))
        #expect(machine.snapshot(at: start + .seconds(600)).operatorHold == nil)
    }

    @Test func `the later of two holds replaces the earlier, also by a shorter one`() {
        var machine = makeMachine()
        machine.held(by: operatorHold(.seconds(600)), at: start)
        machine.held(by: operatorHold(.seconds(10)), at: start)
        #expect(!sends(&machine, at: start + .seconds(9)))
        #expect(sends(&machine, at: start + .seconds(10)))
    }

    @Test func `resume ends an operator's hold at once`() {
        var machine = makeMachine()
        machine.held(by: operatorHold(.seconds(600)), at: start)
        #expect(!sends(&machine, at: start))
        machine.resumed(at: start)
        #expect(sends(&machine, at: start))
    }

    @Test func `resume ends a vendor's wait, also on disk`() throws {
        var machine = try answered(.retry(limited, after: .delay(.seconds(1800))))
        #expect(!sends(&machine, at: start + .seconds(1)))
        machine.resumed(at: start + .seconds(1))
        var saved: [ProviderHold?] = []
        var sent = false
        while let step = machine.next(at: start + .seconds(1), due: sent ? nil : start.wall) {
            if case .save(let hold) = step { saved.append(hold) }
            if case .send = step { sent = true }
            if case .claimDue = step { machine.claimedDue(.init(items: [.sample(2)])) }
            if case .claim = step { machine.foundNothing() }
        }
        #expect(sent)
        #expect(saved == [nil])
        #expect(machine.snapshot(at: start + .seconds(1)).heldUntil == nil)
    }

    @Test func `resume lets the probe of an open circuit and of a parked provider leave at once`() throws {
        let fault = DeliveryFault(code: .vendorUnavailable, message: "away")
        for outcome in [Outcome.ambiguous(fault), .park(fault)] {
            var machine = try answered(outcome)
            #expect(!sends(&machine, at: start + .seconds(1)))
            machine.resumed(at: start + .seconds(1))
            #expect(sends(&machine, at: start + .seconds(1)), "\(outcome)")
        }
    }

    @Test(arguments: [
        RetryAfter.delay(.seconds(7 * 86_400)), .at(Timestamp(milliseconds: 1_700_000_000_000 + 604_800_000)),
        .at(Timestamp(milliseconds: .max)),
    ])
    func `a vendor's wait is cut at the provider's limit, in every place that obeys it`(after: RetryAfter) throws {
        for longest in [Duration.seconds(3600), .seconds(60)] {
            var machine = try answered(.retry(limited, after: after), longestWait: longest)
            #expect(machine.snapshot(at: start).heldUntil == start.wall + longest)
            guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
            let next = try #require(settlement.exceptions.first?.nextAttemptAt)
            #expect(next <= start.wall + longest + .seconds(2))
            machine.settled(settlement)
            #expect(sends(&machine, at: start + longest + .seconds(2)))
        }
    }

    @Test func `a wait of an earlier run is cut at the limit too`() {
        let week = ProviderHold(until: start.wall + .seconds(7 * 86_400), fault: limited, isParked: false)
        var machine = makeMachine(hold: week)
        #expect(!sends(&machine, at: start + .seconds(3599)))
        #expect(sends(&machine, at: start + .seconds(3600)))
    }

    @Test(arguments: [RetryAfter.at(Timestamp(milliseconds: 1_699_999_000_000)), .delay(.zero)])
    func `a rate limit whose time is over by our clock still rests for a second`(after: RetryAfter) throws {
        var machine = try answered(.retry(limited, after: after))
        #expect(!sends(&machine, at: start + .milliseconds(999)))
        #expect(sends(&machine, at: start + .seconds(1)))
    }
}
