import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// What becomes of batches and events that the vendor refuses or fails on.
@Suite struct PipelineFailureTests {
    let start = ClockReading.sample
    let fault = DeliveryFault(code: .vendorError, message: "it failed")

    @Test func `halves a batch whose refusal names nobody until the culprit stands alone`() throws {
        var machine = PipelineMachine.sample(batch: 4, concurrency: 1)
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
                machine.called(batch, verdict, AttemptFacts.sample(400), at: start)
            case .settle(let settlement):
                for exception in settlement.exceptions {
                    if exception.status == .rejected { rejected.append(exception.sequence.rawValue) }
                    if exception.status == .delivered { delivered.append(exception.sequence.rawValue) }
                }
                delivered += settlement.delivered.flatMap(\.sequences).map(\.rawValue)
                machine.settled(settlement)
            case .claim: machine.foundNothing()
            case .watch: watched = true
            case .claimDue, .intend, .save, .bringForward, .wake, .finish, .admitRead, .admitBackfill, .askTurn,
                .endTurn:
                Issue.record("unexpected \(step)")
            }
        }
        #expect(watched)
        #expect(sent == [[1, 2, 3, 4], [1, 2], [3, 4], [3], [4]])
        #expect(rejected == [3])
        #expect(delivered.sorted() == [1, 2, 4])
    }

    @Test func `sends the innocent of a refused batch again at once, together`() throws {
        var machine = PipelineMachine.sample(batch: 3, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...3).map { .sample($0) }), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .each([.resend, .reject(fault), .resend]), AttemptFacts.sample(422), at: start)
        let step = machine.next(at: start)
        #expect(PipelineMachine.exceptions(of: step).map(\.status) == [.rejected])
        guard case .send(let again)? = machine.next(at: start) else { throw Unexpected.step }
        #expect(again.numbers == [1, 3])
        #expect(again.items.allSatisfy { $0.attempts == 1 })
    }

    @Test func `cuts a batch that makes the vendor fail with 500, so that one event cannot hold up the rest`() throws {
        var machine = PipelineMachine.sample(batch: 4, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        var delivered: Set<Int64> = []
        var retrying: Set<Int64> = []
        while let step = machine.next(at: start) {
            switch step {
            case .send(let batch):
                let verdict: Verdict =
                    batch.numbers.contains(2) ? .all(.ambiguous(fault)) : .all(.delivered(deduplicated: true))
                machine.called(batch, verdict, AttemptFacts.sample(batch.numbers.contains(2) ? 500 : 200), at: start)
            case .settle(let settlement):
                for exception in settlement.exceptions {
                    if exception.status == .delivered { delivered.insert(exception.sequence.rawValue) }
                    if exception.status == .retrying { retrying.insert(exception.sequence.rawValue) }
                }
                machine.settled(settlement)
            case .claim: machine.foundNothing()
            case .watch, .wake: break
            case .claimDue, .intend, .save, .bringForward, .finish, .admitRead, .admitBackfill, .askTurn, .endTurn:
                Issue.record("unexpected \(step)")
            }
        }
        #expect(delivered == [1, 3, 4])
        #expect(retrying == [2])
    }

    @Test func `rejects a lone event that makes the vendor fail again and again while others pass`() throws {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1, retry: RetrySchedule(loneFailures: 3))
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2, attemptsBefore: 2)]), at: start)
        guard case .send(let good)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(good, .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        machine.settled(settlement)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), AttemptFacts.sample(500), at: start)
        #expect(PipelineMachine.exceptions(of: machine.next(at: start)).map(\.status) == [.rejected])
    }

    @Test func `does not count what never reached the vendor against an event`() throws {
        var machine = PipelineMachine.sample(batch: 1, concurrency: 1)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2, attemptsBefore: 50)]), at: start)
        guard case .send(let good)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(good, .all(.delivered(deduplicated: false)), AttemptFacts.sample(200), at: start)
        guard case .settle(let settlement)? = machine.next(at: start) else { throw Unexpected.step }
        machine.settled(settlement)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), AttemptFacts.sample(500), at: start)
        #expect(PipelineMachine.exceptions(of: machine.next(at: start)).map(\.status) == [.retrying])
    }

    @Test func `blames no event for a vendor that fails on everything`() throws {
        var machine = PipelineMachine.sample(batch: 1, retry: RetrySchedule(loneFailures: 3))
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1, attemptsBefore: 50)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        machine.called(batch, .all(.ambiguous(fault)), AttemptFacts.sample(500), at: start)
        #expect(PipelineMachine.exceptions(of: machine.next(at: start)).map(\.status) == [.retrying])
    }
}
