import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// A vendor that recognizes repeats for an hour gets no repeat after it, however the event has waited since the first request.
@Suite struct ForgottenRepeatTests {
    let start = ClockReading.sample

    /// Minutes since the first request. The next one takes up to a minute, so that it must leave a minute before the memory ends.
    static let times: [(minutes: Int, isForgotten: Bool)] = [
        (2, false), (58, false), (59, true), (60, true), (10_080, true),
    ]

    /// How an event that the vendor may have waits for its next request.
    enum Wait: CaseIterable {
        /// As a retry in the journal, also over a restart.
        case inTheJournal
        /// Claimed, while an operator holds the provider.
        case forAnOperator
        /// Claimed, while the account is refused.
        case parked
        /// As half of a batch that failed.
        case asHalf
        /// After the vendor refused its batch for other events.
        case resent
    }

    typealias Memory = OutcomeRulesTests.Memory

    /// What a machine does with its events at a time.
    private struct End {
        var sent: [SequenceNumber] = []
        var settled: [SettledDelivery] = []
    }

    /// Follows the machine until it waits.
    private func follow(_ machine: inout PipelineMachine, at now: ClockReading, due: [DeliveryItem] = []) -> End {
        var end = End()
        var due = due
        machine.woke()
        while let step = machine.next(at: now, due: due.isEmpty ? nil : now.wall) {
            switch step {
            case .send(let batch): end.sent += batch.items.map(\.sequence)
            case .claim: machine.foundNothing()
            case .claimDue:
                machine.claimedDue(.init(items: due))
                due = []
            case .intend: machine.intended(true)
            case .settle(let settlement):
                end.settled += settlement.exceptions
                machine.settled(settlement)
            case .save: machine.saved()
            case .bringForward: machine.broughtForward(true, at: now)
            case .watch, .wake, .finish, .admitRead, .admitBackfill, .askTurn, .endTurn: break
            }
        }
        return end
    }

    /// A machine whose two events were in one request at the start, and have waited since.
    private func after(_ wait: Wait, _ memory: Memory, _ now: ClockReading) throws -> End {
        let parking = ProviderHold(
            until: start.wall + .seconds(60),
            fault: DeliveryFault(code: .unauthorized, message: "the key is wrong"),
            isParked: true
        )
        var machine = PipelineMachine.sample(
            batch: 2,
            deduplication: memory.deduplication,
            hold: wait == .parked ? parking : nil
        )
        let retries = [1, 2].map { DeliveryItem.sample($0, attemptsBefore: 1, reachedAt: start.wall) }
        switch wait {
        case .inTheJournal: return follow(&machine, at: now, due: retries)
        case .forAnOperator, .parked:
            if wait == .forAnOperator {
                machine.held(by: OperatorHold(until: now.wall, by: "ops", at: start.wall), at: start)
            }
            let before = follow(&machine, at: start, due: retries)
            #expect(before.sent.isEmpty && before.settled.isEmpty)
        case .asHalf, .resent:
            _ = machine.next(at: start)
            machine.claimed(.init(items: [.sample(1), .sample(2)]), at: start)
            guard let batch = firstBatch(&machine) else { throw Unexpected.step }
            let fault = DeliveryFault(code: .vendorError, message: "it failed")
            let outcome: Outcome = wait == .asHalf ? .ambiguous(fault) : .resend
            machine.called(batch, .all(outcome), AttemptFacts.sample(500), at: start)
        }
        return follow(&machine, at: now)
    }

    private func firstBatch(_ machine: inout PipelineMachine) -> DeliveryBatch? {
        while let step = machine.next(at: start) {
            if case .send(let batch) = step { return batch }
            if case .claim = step { machine.foundNothing() }
            if case .intend = step { machine.intended(true) }
        }
        return nil
    }

    @Test(arguments: Wait.allCases, times)
    func `a repeat that it would not recognize is uncertain and not sent`(
        wait: Wait,
        time: (minutes: Int, isForgotten: Bool)
    ) throws {
        let end = try after(wait, .forAnHour, start + .seconds(60 * time.minutes))
        #expect(end.sent.isEmpty == time.isForgotten)
        guard time.isForgotten else {
            #expect(end.settled.isEmpty)
            return
        }
        #expect(end.settled.map(\.sequence).sorted() == [1, 2])
        for settled in end.settled {
            #expect(settled.status == .uncertain && settled.reachedAt == start.wall && settled.nextAttemptAt == nil)
            #expect(settled.fault?.message.contains("recognize") == true)
            #expect(settled.newAttempts.count == (wait == .asHalf || wait == .resent ? 1 : 0))
        }
    }

    @Test(arguments: Wait.allCases)
    func `a vendor that remembers for ever gets every repeat`(wait: Wait) throws {
        let end = try after(wait, .forEver, start + .seconds(7 * 86_400))
        #expect(!end.sent.isEmpty && end.settled.isEmpty)
    }

    @Test(arguments: Memory.allCases)
    func `an event that never reached the vendor is sent, however long it waits`(memory: Memory) {
        var machine = PipelineMachine.sample(batch: 2, deduplication: memory.deduplication)
        let waiting = [DeliveryItem.sample(1), .sample(2, attemptsBefore: 1)]
        let end = follow(&machine, at: start + .seconds(7 * 86_400), due: waiting)
        #expect(!end.sent.isEmpty && end.settled.isEmpty)
    }

    @Test func `a batch leaves without the events that would not be recognized`() {
        var machine = PipelineMachine.sample(batch: 10, deduplication: Memory.forAnHour.deduplication)
        let now = start + .seconds(3600)
        let items = [
            DeliveryItem.sample(1, attemptsBefore: 1, reachedAt: start.wall),
            .sample(2, attemptsBefore: 1, reachedAt: now.wall), .sample(3, attemptsBefore: 1),
        ]
        let end = follow(&machine, at: now, due: items)
        #expect(Set(end.sent).isSubset(of: [2, 3]) && !end.sent.isEmpty)
        #expect(end.settled.map(\.sequence) == [1] && end.settled.map(\.status) == [.uncertain])
    }

    @Test(arguments: Memory.allCases, times)
    func `what a crash interrupted is repeated only while it is recognized`(
        memory: Memory,
        time: (minutes: Int, isForgotten: Bool)
    ) throws {
        var machine = PipelineMachine.sample(deduplication: memory.deduplication)
        let now = start + .seconds(60 * time.minutes)
        machine.interrupted([InterruptedDelivery(sequence: 7, earliestSend: start.wall)], at: now)
        let settled = try #require(PipelineMachine.exceptions(of: machine.next(at: now)).first)
        let isRepeated = memory == .forEver || (memory == .forAnHour && !time.isForgotten)
        #expect(settled.status == (isRepeated ? .retrying : .uncertain))
        // The memory is counted on from there.
        #expect(settled.reachedAt == (memory == .forAnHour ? start.wall : nil))
    }

    @Test(arguments: Memory.allCases)
    func `the intent is durable first where a repeat may not be recognized`(memory: Memory) throws {
        var machine = PipelineMachine.sample(deduplication: memory.deduplication)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2), .sample(3)]), at: start)
        switch machine.next(at: start) {
        case .intend: #expect(memory != .forEver)
        case .send: #expect(memory == .forEver)
        default: throw Unexpected.step
        }
    }

    /// The events that a machine that ends returns unsent.
    private func released(by machine: inout PipelineMachine) throws -> Set<SequenceNumber> {
        while let step = machine.next(at: start) {
            if case .finish(let sequences) = step { return Set(sequences) }
            if case .save = step { machine.saved() }
        }
        throw Unexpected.step
    }

    @Test(arguments: Memory.allCases)
    func `the events of a request that did not leave are returned unsent`(memory: Memory) throws {
        var machine = PipelineMachine.sample(batch: 2, deduplication: memory.deduplication)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2), .sample(3)]), at: start)
        guard let batch = firstBatch(&machine) else { throw Unexpected.step }
        machine.unsent(batch)
        let released = try released(by: &machine)
        #expect(released == [1, 2, 3])
    }

    @Test(arguments: [Memory.forAnHour, .forEver], [false, true])
    func `halves of a batch that failed are not returned as unsent where the vendor forgets them`(
        memory: Memory,
        isAbandoned: Bool
    ) throws {
        var machine = PipelineMachine.sample(batch: 2, deduplication: memory.deduplication)
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2), .sample(3)]), at: start)
        guard let batch = firstBatch(&machine) else { throw Unexpected.step }
        let fault = DeliveryFault(code: .vendorError, message: "it failed")
        machine.called(batch, .all(.ambiguous(fault)), AttemptFacts.sample(500), at: start)
        machine.close()
        let released = try isAbandoned ? Set(machine.abandon()) : released(by: &machine)
        #expect(released == (memory == .forAnHour ? [3] : [1, 2, 3]))
    }
}
