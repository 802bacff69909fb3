import Foundation
import TestSupport
import Testing

/// Vendors that fail, a gateway that is stopped and killed, a clock that jumps and names that are slow, under load; and then every bill
/// is counted.
struct FaultRound: Sendable {
    private let stage: Stage
    private let system: FaultySystem
    private let load: Load
    private let seed: UInt64
    private let poisoned: [String: PoisonedEvents]
    private let isVerbose: Bool
    private static let workers = 4

    /// What becomes of the gateway in a step.
    private enum Event {
        case nothing, kill, stop
    }

    /// - Parameters:
    ///   - seed: decides what goes wrong and when.
    ///   - isVerbose: whether each step is printed.
    static func run(seed: UInt64, steps: Int, isVerbose: Bool) async throws {
        var dice = SeededDice(state: seed | 1)
        try await Stage.set { (stage) async throws in
            let poisoned = ["lago", "polar", "flexprice"].map { vendor in
                (vendor, PoisonedEvents.draw(prefix: "r", workers: workers, &dice))
            }
            let round = FaultRound(
                stage: stage,
                system: try FaultySystem(in: stage.folder),
                load: Load(client: stage.client, prefix: "r"),
                seed: seed,
                poisoned: Dictionary(poisoned) { first, _ in first },
                isVerbose: isVerbose
            )
            try stage.writeRoutes(
                retry: #"{"base":"100ms","cap":"400ms","max_retry_after":"2s"}"#,
                // Vendors hang.
                timeout: "2s",
                address: FaultySystem.address
            )
            try await round.run(steps: steps, &dice)
        }
    }

    private func run(steps: Int, _ dice: inout SeededDice) async throws {
        // Before the first event, so that no poisoned one slips through.
        for vendor in BillCheck.vendors { try await setFaults(vendor, []) }
        var gateway = try await start()
        var check = BillCheck(stage: stage, seed: seed, poisoned: poisoned)
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<Self.workers { group.addTask { await load.run(worker) } }
                defer { load.stop() }
                for step in 1...steps {
                    let clockAhead = try await play(step, &check, &dice)
                    switch dice.pick([Event.nothing, .kill, .stop]) {
                    case .nothing: continue
                    case .kill: try await gateway.stop(by: SIGKILL)
                    case .stop:
                        #expect(try await gateway.stop() == 0, "a stop in order exits with 0 (seed \(seed))")
                    }
                    // A start with a clock so far ahead is an operator's word that it is right.
                    if clockAhead > .seconds(86_400) { try system.setClock(ahead: .zero) }
                    gateway = try await start()
                }
                try await calm()
                try await check.waitForDeadLetters(load)
                load.stop()
                try await group.waitForAll()
            }
            try await check.check(load)
        } catch {
            let lines = gateway.lines.filter { !$0.contains("\"level\":\"info\"") }
            let state = gateway.isRunning ? "while the gateway ran" : "after the gateway had ended"
            try await gateway.stop(by: SIGKILL)
            throw ProcessFailure(what: "\(error) (seed \(seed), \(state))", lines: lines)
        }
        #expect(try await gateway.stop() == 0)
    }

    /// One step: faults at all vendors and around the gateway while so many events get through.
    /// - Returns: how far ahead the clock is now.
    private func play(_ step: Int, _ check: inout BillCheck, _ dice: inout SeededDice) async throws -> Duration {
        let around = FaultMenu.drawSystem(&dice)
        try system.setClock(ahead: around.clockAhead)
        try system.setNames(around.names)
        var drawn: [String: FaultMenu.VendorFaults] = [:]
        for vendor in BillCheck.vendors {
            let faults = FaultMenu.drawVendor(&dice)
            drawn[vendor] = faults
            if faults.refusesAtRandom { check.refusingAtRandom.insert(vendor) }
            try await setFaults(vendor, faults.members + ["\"seed\":\(dice.next() % 1_000_000)"])
        }
        if isVerbose {
            print("step \(step): clock \(around.clockAhead), \(around.names)")
            for (vendor, faults) in drawn.sorted(by: { $0.key < $1.key }) { print("  \(vendor): \(faults)") }
        }
        try await letThrough(20 + Int(dice.next() % 200))
        for (vendor, faults) in drawn {
            guard let atProbe = faults.atProbe else { continue }
            // Polar gets no event whose timestamp is ahead of the gateway's clock, so nothing fails there.
            if vendor == "polar", around.clockAhead < .zero { continue }
            try await waitUntil("\(vendor) is left alone (seed \(seed))") {
                try await circuit(of: vendor) != "closed"
            }
            try await setFaults(vendor, atProbe)
        }
        try await letThrough(20)
        return around.clockAhead
    }

    private func letThrough(_ events: Int) async throws {
        let wanted = load.acknowledged.count + events
        try await waitUntil("the load gets through (seed \(seed))") {
            load.acknowledged.count >= wanted
        }
    }

    private func setFaults(_ vendor: String, _ members: [String]) async throws {
        let all = members + (poisoned[vendor]?.members ?? [])
        try await stage.setFaults(vendor, "{\(all.joined(separator: ","))}")
    }

    private func start() async throws -> ChildProcess {
        try await stage.startGateway(environment: Stage.credentials.merging(system.environment) { $1 })
    }

    /// Nothing goes wrong any more, but for the poisoned events.
    private func calm() async throws {
        try system.setClock(ahead: .zero)
        try system.setNames(FaultySystem.Names())
        for vendor in BillCheck.vendors { try await setFaults(vendor, []) }
        load.slowDown()
    }

    private func circuit(of vendor: String) async throws -> String? {
        let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        return providers.first { $0["name"] as? String == vendor }?["circuit"] as? String
    }
}
