import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// A wall clock that is set back delays no retry, wherever the retry is at that time: in the journal, or on its way there.
@Suite struct ClockStepTests {
    let start = ClockReading.sample
    private let fault = DeliveryFault(code: .vendorError, message: "it failed")

    /// A second later, by a clock that was set back by an hour.
    private var setBack: ClockReading {
        ClockReading(instant: start.instant + .seconds(1), wall: start.wall + .seconds(-3599))
    }

    /// A machine with two requests in flight.
    private func makeMachine() throws -> (machine: PipelineMachine, batches: [DeliveryBatch]) {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 2)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...2).map { .sample($0) }), at: start)
        var batches: [DeliveryBatch] = []
        while case .send(let batch)? = machine.next(at: start) { batches.append(batch) }
        try #require(batches.count == 2)
        return (machine, batches)
    }

    private func fail(_ batch: DeliveryBatch, in machine: inout PipelineMachine, at now: ClockReading) {
        machine.called(batch, .all(.retry(fault, after: nil)), AttemptFacts.sample(503), at: now)
    }

    /// The next settlement, and what the journal is asked for before it.
    private func settlement(of machine: inout PipelineMachine, due: Timestamp?) throws
        -> (Settlement, corrections: [Duration])
    {
        var corrections: [Duration] = []
        for _ in 0..<20 {
            switch machine.next(at: setBack, due: due) {
            case .settle(let settlement)?: return (settlement, corrections)
            case .bringForward(let step)?:
                corrections.append(step)
                machine.broughtForward(true, at: setBack)
            case .claim?: machine.foundNothing()
            case .save?: machine.saved()
            case nil: throw Unexpected.step
            default: break
            }
        }
        throw Unexpected.step
    }

    @Test func `brings a first retry forward that is not in the journal yet`() throws {
        var (machine, batches) = try makeMachine()
        fail(batches[0], in: &machine, at: start)
        let (settlement, corrections) = try settlement(of: &machine, due: nil)
        #expect(corrections == [.seconds(3600)])
        let next = try #require(settlement.exceptions.first?.nextAttemptAt)
        #expect(next <= setBack.wall + machine.settings.longestRetry)
    }

    @Test func `waits for the settlement that was decided by the clock from before, and corrects it in the journal`()
        throws
    {
        var (machine, batches) = try makeMachine()
        fail(batches[0], in: &machine, at: start)
        guard case .settle(let first)? = machine.next(at: start) else { throw Unexpected.step }
        fail(batches[1], in: &machine, at: start)
        while let step = machine.next(at: setBack) {
            if case .bringForward = step { Issue.record("the first retry is not in the journal yet") }
            if case .claim = step { machine.foundNothing() }
        }
        machine.settled(first)
        let due = first.exceptions.first?.nextAttemptAt
        let (second, corrections) = try settlement(of: &machine, due: due)
        #expect(corrections == [.seconds(3600)])
        let next = try #require(second.exceptions.first?.nextAttemptAt)
        #expect(next <= setBack.wall + machine.settings.longestRetry)
    }

    @Test func `settles what has no time while nothing waits, whatever the clock does`() throws {
        var (machine, batches) = try makeMachine()
        machine.called(batches[0], .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: start)
        let (settlement, corrections) = try settlement(of: &machine, due: nil)
        #expect(settlement.delivered.count == 1 && corrections.isEmpty)
    }

    @Test func `holds up no settlement while it closes`() throws {
        var (machine, batches) = try makeMachine()
        fail(batches[0], in: &machine, at: start)
        machine.close()
        let (settlement, corrections) = try settlement(of: &machine, due: start.wall)
        #expect(settlement.exceptions.count == 1 && corrections.isEmpty)
    }
}
