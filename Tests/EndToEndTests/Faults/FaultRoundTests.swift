import Foundation
import TestSupport
import Testing

/// Vendors that are slow, hang, fail, lie, reset and limit, while the gateway is stopped and killed: and then every bill is counted.
///
/// A seed decides what goes wrong and when. The one of a failure is printed; `TOLLGATE_SEED` repeats it, `SOAK_MINUTES` goes on for
/// longer.
@Suite struct FaultRoundTests {
    private static let seed =
        ProcessInfo.processInfo.environment["TOLLGATE_SEED"].flatMap { UInt64($0) } ?? .random(in: 1 ... .max)
    private static let soak = ProcessInfo.processInfo.environment["SOAK_MINUTES"].flatMap { Double($0) }

    @Test func `bills every event once, or shows why not, whatever the vendors do`() async throws {
        try await Self.round(seed: Self.seed, steps: 6)
    }

    @Test(.enabled(if: soak != nil)) func `goes on doing so for as long as it is told to`() async throws {
        let end = ContinuousClock.now + .seconds((Self.soak ?? 0) * 60)
        var dice = SeededDice(state: Self.seed)
        var rounds = 0
        while ContinuousClock.now < end {
            let seed = dice.next()
            print("round \(rounds + 1), seed \(seed)")
            try await Self.round(seed: seed, steps: 12)
            rounds += 1
        }
        print("\(rounds) rounds passed")
    }

    /// What becomes of the gateway in a step.
    private enum Event {
        case nothing, kill, stop
    }

    private static func round(seed: UInt64, steps: Int) async throws {
        var dice = SeededDice(state: seed | 1)
        try await Stage.set { (stage) async throws in
            let load = Load(client: stage.client, prefix: "r")
            let poisoned = (vendor: dice.pick(["lago", "polar", "flexprice"]), id: "rw0-3")
            // Before the first event, so that the poisoned one does not slip through.
            try await stage.setFaults(poisoned.vendor, #"{"poison":["\#(poisoned.id)"]}"#)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 { group.addTask { await load.run(worker) } }
                var gateway = try await stage.startGateway()
                for _ in 0..<steps {
                    for vendor in BillCheck.vendors {
                        let poison = vendor == poisoned.vendor ? poisoned.id : nil
                        try await stage.setFaults(vendor, FaultMenu.draw(for: vendor, poison: poison, &dice))
                    }
                    let wanted = load.acknowledged.count + 20 + Int(dice.next() % 200)
                    try await waitUntil("the load gets through (seed \(seed))", within: .seconds(60)) {
                        load.acknowledged.count >= wanted
                    }
                    let event = dice.pick([Event.nothing, .kill, .stop])
                    if event == .nothing { continue }
                    let status = try await gateway.stop(by: event == .kill ? SIGKILL : SIGTERM)
                    if event == .stop { #expect(status == 0, "a stop in order exits with 0 (seed \(seed))") }
                    gateway = try await stage.startGateway()
                }
                load.stop()
                try await group.waitForAll()
                do {
                    try await BillCheck(stage: stage, seed: seed).check(load, poisoned: poisoned)
                } catch {
                    try await gateway.stop(by: SIGKILL)
                    throw error
                }
                #expect(try await gateway.stop() == 0)
            }
        }
    }
}

/// What can go wrong at a vendor.
enum FaultMenu {
    /// Statuses that say of a request that it was not applied, was perhaps applied, or that the account is the trouble.
    private static let statuses = [401, 403, 404, 408, 429, 500, 502, 503, 504, 520, 302]

    /// The body of `PUT /sandbox/{vendor}/faults`.
    static func draw(for vendor: String, poison: String?, _ dice: inout SeededDice) -> String {
        var members = ["\"seed\":\(dice.next() % 1_000_000)"]
        switch dice.next() % 7 {
        case 0: break
        case 1: members.append("\"latency_ms\":[0,\(dice.next() % 300)]")
        case 2:
            let first = dice.pick(statuses)
            members.append("\"status\":{\"\(first)\":0.3}")
            members.append("\"retry_after\":\(dice.next() % 3)")
        case 3:
            // Applied, and answered as if not. What means "certainly not applied" would be a vendor's lie that nobody can see through.
            let after = dice.pick([500, 502, 503, 504, 408])
            members.append("\"status_after\":{\"\(after)\":0.3}")
        case 4: members.append("\"reset_before\":0.2,\"reset_after\":0.2")
        case 5: members.append("\"garbage\":0.3")
        default: members.append("\"hang\":0.05,\"latency_ms\":[0,50]")
        }
        if let poison { members.append("\"poison\":[\"\(poison)\"]") }
        return "{\(members.joined(separator: ","))}"
    }
}
