import Foundation
import PostgresServer
import TestSupport
import Testing

/// Several gateways over one database that are killed, stopped and paused for longer than their lease, and a database that crashes, under
/// load against failing vendors; and then every bill is counted.
struct NodeFaultRound: Sendable {
    private let server: PostgresServer
    private let isVerbose: Bool

    /// What happens in a step.
    private enum Fault: CaseIterable {
        case kill, pause, stop, crashDatabase, restartDatabase
    }

    /// - Parameters:
    ///   - seed: decides what goes wrong and when.
    ///   - isVerbose: whether each step is printed.
    static func run(seed: UInt64, steps: Int, nodes count: Int = 2, isVerbose: Bool) async throws {
        var dice = SeededDice(state: seed | 1)
        // A server of its own, since it is killed.
        let server = try await PostgresServer.make()
        try await Stage.set(over: .shared(address: server.address, lease: "3s")) { (stage) async throws in
            var nodes = [stage]
            for number in 1..<count { nodes.append(try stage.another("node\(number)")) }
            // Vendors hang.
            try stage.writeRoutes(retry: GatewaysUnderLoad.retry, timeout: "2s")
            let round = NodeFaultRound(server: server, isVerbose: isVerbose)
            try await GatewaysUnderLoad.run(nodes, seed: seed) { (system) async throws in
                for step in 1...steps { try await round.play(step, &system, &dice) }
            }
        }
    }

    private func play(_ step: Int, _ system: inout GatewaysUnderLoad, _ dice: inout SeededDice) async throws {
        let nodes = system.nodes
        for vendor in BillCheck.vendors {
            let faults = dice.pick([
                "", "\"latency_ms\":[0,200]", "\"status\":{\"503\":0.2}", "\"status_after\":{\"502\":0.2}",
                "\"reset_before\":0.1,\"reset_after\":0.1", "\"hang\":0.05,\"latency_ms\":[0,50]",
            ])
            let seed = "\"seed\":\(dice.next() % 1_000_000)"
            try await nodes[0].setFaults(vendor, "{\(faults.isEmpty ? seed : faults + "," + seed)}")
        }
        let victim = Int(dice.next() % UInt64(nodes.count))
        let fault = dice.pick(Fault.allCases)
        if isVerbose { print("step \(step): \(fault) of \(nodes[victim].node)") }
        try await system.letThrough(10 + Int(dice.next() % 100))
        switch fault {
        case .kill:
            try await system.gateways[victim].stop(by: SIGKILL)
            try await waitForOthers(besides: victim, system)
            system.gateways[victim] = try await nodes[victim].startGateway()
        case .stop:
            #expect(
                try await system.gateways[victim].stop() == 0,
                "a stop in order exits with 0 (seed \(system.seed))"
            )
            try await waitForOthers(besides: victim, system)
            system.gateways[victim] = try await nodes[victim].startGateway()
        case .pause:
            kill(system.gateways[victim].identifier, SIGSTOP)
            do {
                try await waitForOthers(besides: victim, system)
            } catch {
                kill(system.gateways[victim].identifier, SIGCONT)
                throw error
            }
            kill(system.gateways[victim].identifier, SIGCONT)
        case .crashDatabase: try await server.crashAndRestart()
        case .restartDatabase:
            try await server.crash()
            // Longer than a write waits.
            try await system.waitForReadiness(false, of: 0)
            try await server.start()
        }
        try await system.letThrough(20)
    }

    /// Waits until the other gateways have every account, and deliver.
    private func waitForOthers(besides victim: Int, _ system: GatewaysUnderLoad) async throws {
        let duration = try await system.waitForTakeOver(from: victim, in: server)
        if isVerbose { print("the others had its accounts after \(duration)") }
        try await system.letThrough(20)
    }
}
