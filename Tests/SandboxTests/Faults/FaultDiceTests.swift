import Testing

@testable import Sandbox

/// What goes wrong with a request, drawn in the order of the faults.
@Suite struct FaultDiceTests {
    private func rolls(_ count: Int, seed: UInt64 = 1, _ change: (inout Faults) -> Void) -> [FaultDice.Roll] {
        let dice = FaultDice(seed: seed)
        var faults = Faults()
        change(&faults)
        dice.set(faults)
        return (0..<count).map { _ in dice.roll() }
    }

    @Test func `nothing goes wrong unless it is set`() {
        for roll in rolls(100, { _ in }) { #expect(roll.mishap == .none && roll.latencyMilliseconds == 0) }
    }

    /// Each fault alone, at probability 1; what the request has become when it happens.
    @Test func `each fault makes its mishap`() {
        let cases: [(change: (inout Faults) -> Void, mishap: Mishap, isApplied: Bool)] = [
            ({ $0.hang = 1 }, .hang(applied: false), false), ({ $0.hangAfter = 1 }, .hang(applied: true), true),
            ({ $0.status = [503: 1] }, .status(503, applied: false), false),
            ({ $0.statusAfter = [500: 1] }, .status(500, applied: true), true), ({ $0.garbage = 1 }, .garbage, true),
            ({ $0.noise = 1 }, .noise, true), ({ $0.truncate = 1 }, .truncate, true), ({ $0.stall = 1 }, .stall, true),
            ({ $0.wrongType = 1 }, .wrongType, true),
        ]
        for (change, mishap, isApplied) in cases {
            for roll in rolls(5, change) { #expect(roll.mishap == mishap && roll.mishap.isApplied == isApplied) }
        }
        #expect(Mishap.none.isApplied)
    }

    @Test func `a cut is abrupt in half of all cases`() {
        for isAfter in [false, true] {
            let rolls = rolls(400) { if isAfter { $0.resetAfter = 1 } else { $0.resetBefore = 1 } }
            let abrupt = rolls.count { $0.mishap == .cut(applied: isAfter, abruptly: true) }
            #expect((120...280).contains(abrupt))
            #expect(abrupt + rolls.count { $0.mishap == .cut(applied: isAfter, abruptly: false) } == 400)
        }
    }

    /// At most one mishap happens to a request: the first of the list that hits.
    @Test func `earlier faults come before later ones`() {
        let order: [(inout Faults) -> Void] = [
            { $0.hang = 1 }, { $0.hangAfter = 1 }, { $0.status = [503: 1] }, { $0.statusAfter = [500: 1] },
            { $0.garbage = 1 }, { $0.noise = 1 }, { $0.truncate = 1 }, { $0.stall = 1 }, { $0.wrongType = 1 },
        ]
        let alone = order.map { change in rolls(1, change)[0].mishap }
        for first in order.indices {
            let mishap = rolls(1) { faults in for change in order[first...] { change(&faults) } }[0].mishap
            #expect(mishap == alone[first])
        }
    }

    @Test func `statuses come as often as they are set to`() {
        let mishaps = rolls(2000) { $0.status = [500: 0.1, 429: 0.3] }.map(\.mishap)
        let counts = [500, 429].map { status in mishaps.count { $0 == .status(status, applied: false) } }
        #expect((140...260).contains(counts[0]) && (500...700).contains(counts[1]))
        #expect(mishaps.count { $0 == .none } == 2000 - counts[0] - counts[1])
    }

    @Test func `a number of mishaps is counted down, and those that did not happen are not`() {
        let dice = FaultDice(seed: 3)
        var faults = Faults()
        (faults.status, faults.times) = ([503: 0.5], 4)
        dice.set(faults)
        let mishaps = (0..<200).map { _ in dice.roll().mishap }
        #expect(mishaps.count { $0 != .none } == 4 && dice.faults.times == 0)
        // Latency stays.
        faults.latency = 7...7
        faults.times = 0
        dice.set(faults)
        #expect(dice.roll().latencyMilliseconds == 7 && dice.roll().mishap == .none)
    }

    @Test func `the same seed draws the same again, whatever was drawn before`() {
        let dice = FaultDice(seed: 9)
        var faults = Faults()
        (faults.status, faults.latency, faults.seed) = ([503: 0.5], 0...1000, 42)
        func run() -> [String] {
            dice.set(faults)
            return (0..<50).map { _ in "\(dice.roll())" }
        }
        let first = run()
        #expect(run() == first && Set(first).count > 10)
        faults.seed = 43
        #expect(run() != first)
    }

    @Test(arguments: Behaviour.allCases)
    func `a behaviour is known by its faults alone`(behaviour: Behaviour) {
        #expect(Behaviour(behaviour.faults) == behaviour)
        var other = behaviour.faults
        other.poison = ["a"]
        #expect(Behaviour(other) == nil)
    }
}
