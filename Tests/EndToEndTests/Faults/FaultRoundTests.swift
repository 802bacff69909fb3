import Foundation
import Testing

/// Whatever vendors, clocks and name servers do while the gateway is stopped and killed, every event is billed once, or a person sees
/// why not.
///
/// A seed decides what goes wrong and when. The one of a failure is printed; `TOLLGATE_SEED` repeats it, `SOAK_MINUTES` goes on for
/// longer.
@Suite struct FaultRoundTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seed = environment["TOLLGATE_SEED"].flatMap { UInt64($0) }
    private static let soak = environment["SOAK_MINUTES"].flatMap { Double($0) }

    /// Rounds that found faults once; `make soak` draws others.
    private static let usual: [UInt64] = [14_433_517_321_474_195_218, 4_902_966_649_528_594_342]

    @Test(arguments: seed.map { [$0] } ?? usual)
    func `bills every event once, or shows why not, whatever goes wrong`(seed: UInt64) async throws {
        try await FaultRound.run(seed: seed, steps: 5, isVerbose: Self.seed != nil)
    }

    @Test(.enabled(if: soak != nil)) func `goes on doing so for as long as it is told to`() async throws {
        let end = ContinuousClock.now + .seconds((Self.soak ?? 0) * 60)
        var dice = SeededDice(state: Self.seed ?? .random(in: 1 ... .max))
        var rounds = 0
        while ContinuousClock.now < end {
            let seed = dice.state
            print("round \(rounds + 1), seed \(seed)")
            try await FaultRound.run(seed: seed, steps: 12, isVerbose: true)
            rounds += 1
            _ = dice.next()
        }
        print("\(rounds) rounds passed")
    }
}
