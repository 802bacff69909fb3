import Events
import Journal
import Testing

@testable import DeliveryEngine

/// When the machine claims from the journal, and what it does with what a claim brings.
@Suite struct PipelineClaimTests {
    let start = ClockReading.sample
    let fault = DeliveryFault(code: .vendorError, message: "it failed")

    @Test func `claims, fills batches, and settles what was delivered as a run`() throws {
        var machine = PipelineMachine.sample()
        #expect(machine.next(at: start) == .claim(BlockLimit(events: 64, bytes: 8 << 20)))
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(batch.numbers == [1, 2, 3])
        guard case .claim? = machine.next(at: start) else { throw Unexpected.step }
        machine.foundNothing()
        guard case .send(let rest)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(rest.numbers == [4])
        #expect(machine.next(at: start) == .watch)
        machine.called(batch, .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(settlement.delivered.map { $0.sequences.map(\.rawValue) } == [[1, 2, 3]])
        #expect(settlement.exceptions.isEmpty)
    }

    @Test func `a claim to the newest event leaves nothing to look for`() throws {
        var machine = PipelineMachine.sample()
        guard case .claim? = machine.next(at: start) else { throw Unexpected.step }
        machine.claimed(.init(items: [.sample(1)]), toTheEnd: true, at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(batch.numbers == [1])
        #expect(machine.next(at: start) == .watch)
    }

    @Test func `where events come fast, what fills no batch waits a moment for the next ones, and no longer`() throws {
        var machine = PipelineMachine.sample()
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
        machine.called(first, .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: last)
        guard case .settle? = machine.next(at: last), case .claim? = machine.next(at: last) else {
            throw Unexpected.step
        }
        machine.foundNothing()
        guard case .send(let rest)? = machine.next(at: last) else { throw Unexpected.step }
        #expect(rest.numbers == [7])
        #expect(machine.next(at: last) == .watch)
    }

    @Test func `gives new events a moment to gather before it claims them`() throws {
        var machine = PipelineMachine.sample()
        _ = machine.next(at: start)
        machine.foundNothing()
        #expect(machine.next(at: start) == .watch)
        machine.eventsArrived(at: start)
        #expect(machine.next(at: start) == .wake(at: start.instant + .milliseconds(5)))
        machine.woke()
        guard case .claim? = machine.next(at: start + .milliseconds(5)) else { throw Unexpected.step }
    }

    @Test func `claims what the ledger says is due, whatever happened before`() throws {
        var machine = PipelineMachine.sample()
        _ = machine.next(at: start)
        machine.foundNothing()
        while machine.next(at: start) != nil {}
        guard case .claimDue? = machine.next(at: start, due: start.wall) else { throw Unexpected.step }
        machine.claimedDue(.init())
        // While the claim ran, a settlement made another one due: nothing of the claim hides it.
        guard case .claimDue? = machine.next(at: start, due: start.wall) else { throw Unexpected.step }
    }

    @Test func `leaves the journal alone for a second after it could not be read`() throws {
        var machine = PipelineMachine.sample()
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

    @Test func `looks for due retries once a minute, so that a clock set forward is noticed`() throws {
        var machine = PipelineMachine.sample(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(fault, after: .delay(.seconds(3600)))), AttemptFacts.sample(409), at: start)
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
        let minute = ClockReading(instant: start.instant + .seconds(60), wall: start.wall + .seconds(2 * 3600))
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
}
