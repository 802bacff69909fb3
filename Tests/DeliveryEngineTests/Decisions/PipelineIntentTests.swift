import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// Vendors without deduplication: the intent comes first, and an unknown outcome follows the policy.
@Suite struct PipelineIntentTests {
    let start = ClockReading.sample
    let fault = DeliveryFault(code: .vendorError, message: "it failed")

    @Test func `makes the intent durable before it sends to a vendor that does not deduplicate`() throws {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1, deduplication: .none)
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
        var machine = PipelineMachine.sample(batch: 1, deduplication: .none, onUncertain: policy)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        _ = machine.next(at: start)
        machine.intended(true)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), AttemptFacts.sample(nil), at: start)
        #expect(PipelineMachine.exceptions(of: machine.next(at: start)).map(\.status) == [status])
    }

    @Test(arguments: [
        (PipelineSettings.UncertainPolicy.hold, DeliveryStatus.uncertain), (.retry, .retrying), (.accept, .delivered),
    ])
    func `treats a delivery that a crash interrupted by the policy`(
        policy: PipelineSettings.UncertainPolicy,
        status: DeliveryStatus
    ) {
        var machine = PipelineMachine.sample(deduplication: .none, onUncertain: policy)
        machine.interrupted([InterruptedDelivery(sequence: 7, earliestSend: start.wall)], at: start)
        #expect(PipelineMachine.exceptions(of: machine.next(at: start)).map(\.status) == [status])
    }
}
