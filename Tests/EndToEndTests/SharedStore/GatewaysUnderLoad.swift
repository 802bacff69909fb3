import Foundation
import NIOCore
import PostgresServer
import TestSupport
import Testing

/// Several gateways over one database that take events without pause while something happens to them; then every bill is counted.
struct GatewaysUnderLoad {
    let nodes: [Stage]
    /// The processes, in the order of ``nodes``; whoever ends one starts it again.
    var gateways: [ChildProcess]
    let load: Load
    /// Repeats what a failure has shown; 0: nothing is random.
    let seed: UInt64
    private static let workers = 4

    /// Retries that follow soon, so that an outage of a vendor holds up no test.
    static let retry = #"{"base":"100ms","cap":"400ms","max_retry_after":"2s"}"#

    /// Starts the gateways and the load, runs `body`, lets the vendors recover, and checks every bill.
    static func run(
        _ nodes: [Stage],
        seed: UInt64 = 0,
        _ body: (inout GatewaysUnderLoad) async throws -> Void
    ) async throws {
        let clients = nodes.map { node in
            var client = node.client
            // A gateway that is paused does not answer.
            client.patience = .seconds(8)
            return client
        }
        var system = GatewaysUnderLoad(
            nodes: nodes,
            gateways: [],
            load: Load(clients: clients, prefix: "r"),
            seed: seed
        )
        for node in nodes { system.gateways.append(try await node.startGateway()) }
        do {
            try await system.runLoad(body)
            try await BillCheck(stage: nodes[0], seed: seed).check(system.load)
        } catch {
            throw try await system.failure(error)
        }
        for gateway in system.gateways { #expect(try await gateway.stop() == 0) }
    }

    private mutating func runLoad(_ body: (inout GatewaysUnderLoad) async throws -> Void) async throws {
        let load = load
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<Self.workers { group.addTask { await load.run(worker) } }
            defer { load.stop() }
            try await body(&self)
            for vendor in BillCheck.vendors { try await nodes[0].setFaults(vendor, "{}") }
            try await letThrough(20)
            load.stop()
            try await group.waitForAll()
        }
    }

    /// Ends the gateways, and says what they said.
    private func failure(_ error: any Error) async throws -> ProcessFailure {
        var lines: [String] = []
        for (node, gateway) in zip(nodes, gateways) {
            let important = gateway.lines.filter { !$0.contains("\"level\":\"info\"") }.suffix(15)
            lines += ["\(node.node) \(gateway.isRunning ? "runs" : "has ended"):"] + important
            try await gateway.stop(by: SIGKILL)
        }
        return ProcessFailure(what: "\(error) (seed \(seed))", lines: lines)
    }

    /// Waits until so many more events are acknowledged.
    func letThrough(_ events: Int) async throws {
        let wanted = load.acknowledged.count + events
        try await waitUntil("the load gets through (seed \(seed))", within: .seconds(300)) {
            load.acknowledged.count >= wanted
        }
    }

    /// Waits until the other gateways have every account.
    /// - Returns: how long that took.
    @discardableResult
    func waitForTakeOver(from victim: Int, in server: PostgresServer) async throws -> Duration {
        let (name, begun) = (nodes[victim].node, ContinuousClock.now)
        try await waitUntil("the others have the accounts of \(name) (seed \(seed))", within: .seconds(300)) {
            let holders = try await TwoGateways.holders(in: nodes[0].store, of: server)
            return holders.count == BillCheck.vendors.count && !holders.values.contains(name)
        }
        return .now - begun
    }

    /// Waits until a gateway has accounts.
    func waitForAccounts(of node: Int, in server: PostgresServer) async throws {
        let name = nodes[node].node
        try await waitUntil("\(name) has accounts (seed \(seed))", within: .seconds(300)) {
            try await TwoGateways.holders(in: nodes[0].store, of: server).values.contains(name)
        }
    }

    /// Waits until the gateway reports that it is ready, or that it is not.
    func waitForReadiness(_ isReady: Bool, of node: Int) async throws {
        let client = nodes[node].client
        try await waitUntil("\(nodes[node].node) is \(isReady ? "" : "not ")ready (seed \(seed))") {
            try await client.get("/readyz").status == (isReady ? 200 : 503)
        }
    }
}
