import NIOCore
import Testing

@testable import DeliveryEngine

/// Every state of a connection against everything that can happen to it.
@Suite struct ConnectionMachineTests {
    static let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    enum State: CaseIterable {
        case greeting, free, busy, answered, freeAgain, ended
    }

    private func machine(_ state: State) -> ConnectionMachine {
        var machine = ConnectionMachine(due: Self.start + .seconds(10))
        guard state != .greeting else { return machine }
        _ = machine.greeted(at: Self.start)
        guard state != .free else { return machine }
        machine.began(1, until: Self.start + .seconds(60))
        guard state != .busy else { return machine }
        machine.answerEnded(at: Self.start + .seconds(5))
        guard state != .answered else { return machine }
        _ = machine.readCompleted()
        if state == .ended { _ = machine.end(byVendor: true) }
        return machine
    }

    @Test(arguments: [
        (State.greeting, ConnectionMachine.End.greetingFails), (.free, .wasFree(byVendor: true)),
        (.busy, .exchangeFails), (.answered, .wasFree(byVendor: true)), (.freeAgain, .wasFree(byVendor: true)),
        (.ended, .known),
    ])
    func `an end means something else in each state, and counts once`(state: State, end: ConnectionMachine.End) {
        var machine = machine(state)
        #expect(machine.end(byVendor: true) == end)
        #expect(machine.state == .ended)
        #expect(machine.end(byVendor: false) == .known)
    }

    @Test(arguments: State.allCases) func `is free by a completed read only after an answer, and says so once`(
        state: State
    ) {
        var machine = machine(state)
        #expect(machine.readCompleted() == (state == .answered))
        #expect(machine.readCompleted() == false)
    }

    @Test(arguments: State.allCases) func `is greeted once`(state: State) {
        var machine = machine(state)
        #expect(machine.greeted(at: Self.start) == (state == .greeting))
        #expect(machine.greeted(at: Self.start) == false)
    }

    @Test(arguments: State.allCases) func `an answer ends an exchange in flight and nothing else`(state: State) {
        var machine = machine(state)
        let before = machine.state
        machine.answerEnded(at: Self.start)
        #expect(machine.state == (state == .busy ? .answered : before))
    }

    @Test(arguments: [
        (State.greeting, Int64(10)), (.free, 30), (.busy, 60), (.answered, 35), (.freeAgain, 35),
    ])
    func `each state lasts for its time and no longer`(state: State, seconds: Int64) {
        let machine = machine(state)
        #expect(!machine.isOverdue(at: Self.start + .seconds(seconds) - .nanoseconds(1)))
        #expect(machine.isOverdue(at: Self.start + .seconds(seconds)))
    }

    @Test func `a connection that has ended is never overdue`() {
        #expect(!machine(.ended).isOverdue(at: .distantFuture))
    }
}
