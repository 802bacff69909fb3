import Events
import Journal
import Testing

@testable import DeliveryEngine

/// What is settled, in which settlement, and as a run or as a row.
@Suite struct PipelineSettlementTests {
    let start = ClockReading.sample
    let fault = DeliveryFault(code: .vendorError, message: "it failed")

    @Test func `keeps the outcomes of requests that end during a settlement for the next one`() throws {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 3)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        var batches: [DeliveryBatch] = []
        while case .send(let batch)? = machine.next(at: start) { batches.append(batch) }
        try #require(batches.count == 3)
        for batch in batches.prefix(1) {
            machine.called(batch, .all(.delivered(deduplicated: false)), AttemptFacts.sample(202), at: start)
        }
        guard case .settle(let first)? = machine.next(at: start) else { throw Unexpected.step }
        for batch in batches.dropFirst() {
            machine.called(batch, .all(.delivered(deduplicated: false)), AttemptFacts.sample(202), at: start)
        }
        if case .settle? = machine.next(at: start) { Issue.record("two settlements at once") }
        machine.settled(first)
        guard case .settle(let second)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(second.delivered.count == 2)
    }

    @Test func `keeps a first attempt that the vendor says it had already, for a look`() throws {
        var machine = PipelineMachine.sample(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.delivered(deduplicated: true)), AttemptFacts.sample(422), at: start)
        let exception = try #require(PipelineMachine.exceptions(of: machine.next(at: start)).first)
        #expect(exception.status == .delivered)
        #expect(exception.newAttempts.map(\.deduplicated) == [true])
    }

    @Test func `breaks a run where the journal's order has a gap`() throws {
        var machine = PipelineMachine.sample(batch: 4)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        let fine = Outcome.delivered(deduplicated: false)
        machine.called(batch, .each([fine, fine, .reject(fault), fine]), AttemptFacts.sample(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(settlement.delivered.map { $0.sequences.map(\.rawValue) } == [[1, 2], [4]])
    }

    @Test func `schedules a retry for what was not applied, and claims it when it is due`() throws {
        var machine = PipelineMachine.sample(batch: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.retry(fault, after: .delay(.seconds(60)))), AttemptFacts.sample(503), at: start)
        let step = machine.next(at: start)
        let exception = try #require(PipelineMachine.exceptions(of: step).first)
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
}
