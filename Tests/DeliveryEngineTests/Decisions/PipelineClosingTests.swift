import Events
import Journal
import Testing

@testable import DeliveryEngine

/// How the machine ends.
@Suite struct PipelineClosingTests {
    let start = ClockReading.sample

    @Test func `when closing, waits for what is in flight, settles it, and gives the rest back`() throws {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.close()
        #expect(machine.next(at: start) == nil)
        machine.called(batch, .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(machine.next(at: start) == nil)
        machine.settled(settlement)
        #expect(machine.next(at: start) == .finish(releasing: [SequenceNumber(2), SequenceNumber(3)]))
        #expect(machine.next(at: start) == nil)
    }

    @Test func `gives back what was not sent when the grace time is over`() throws {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        guard case .send? = machine.next(at: start) else { throw Unexpected.step }
        machine.close()
        #expect(machine.abandon() == [SequenceNumber(2), SequenceNumber(3)])
        #expect(machine.next(at: start) == nil)
    }
}
