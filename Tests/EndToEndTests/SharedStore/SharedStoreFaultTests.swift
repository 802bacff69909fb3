import Foundation
import PostgresServer
import TestSupport
import Testing

/// Whatever happens to one gateway of several, and to their database, every event is billed once, or a person sees why not.
///
/// The seed of a failure is printed; `TOLLGATE_NODE_SEED` repeats it, `TOLLGATE_NODE_ROUNDS` draws as many others.
@Suite(.serialized) struct SharedStoreFaultTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let seed = environment["TOLLGATE_NODE_SEED"].flatMap { UInt64($0) }
    private static let rounds = environment["TOLLGATE_NODE_ROUNDS"].flatMap { Int($0) }
    private static let usual: [UInt64] = [3, 2_718_281_828, 14_142_135_623]

    @Test(arguments: seed.map { [$0] } ?? usual)
    func `bills every event once, whatever happens to a gateway and to the database`(seed: UInt64) async throws {
        try await NodeFaultRound.run(seed: seed, steps: 4, isVerbose: Self.seed != nil)
    }

    @Test(.enabled(if: rounds != nil)) func `goes on doing so for as many rounds as it is told to`() async throws {
        var dice = SeededDice(state: Self.seed ?? .random(in: 1 ... .max))
        for round in 1...max(1, Self.rounds ?? 1) {
            let seed = dice.next()
            print("round \(round), seed \(seed)")
            try await NodeFaultRound.run(seed: seed, steps: 8, nodes: 2 + round % 2, isVerbose: true)
        }
    }

    @Test func `a paused gateway is refused what it has sent, and nobody repeats what could be billed twice`()
        async throws
    {
        let server = try await PostgresServer.shared()
        let store = StageStore.shared(address: server.address, lease: "3s")
        try await Stage.set(over: store) { (stage) async throws in
            for vendor in BillCheck.vendors { try await stage.setFaults(vendor, #"{"latency_ms":[1000,1000]}"#) }
            let paused = try await stage.startGateway()
            #expect(
                try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#).status == 202
            )
            try await waitUntil("the vendors have the requests, and have not answered") {
                for vendor in BillCheck.vendors where try await stage.received(vendor) < 1 { return false }
                return true
            }
            kill(paused.identifier, SIGSTOP)
            defer { kill(paused.identifier, SIGCONT) }
            let other = try stage.another("other")
            try await other.withGateway { _ async throws in
                try await waitUntil("the other gateway has every account") {
                    let holders = try await TwoGateways.holders(in: stage.store, of: server)
                    return holders.count == 4 && Set(holders.values) == ["other"]
                }
                try await waitUntil("every delivery is settled there") {
                    let statuses = try await other.statuses(of: "e")
                    return statuses.count == 4 && !statuses.values.contains { ["pending", "retrying"].contains($0) }
                }
                kill(paused.identifier, SIGCONT)
                _ = try await paused.waitForLine("the paused gateway learns that it has lost its leases") {
                    $0.contains("lost its leases") ? true : nil
                }
                try await waitUntil("it is back in the list") {
                    try await server.run("SELECT count(*) FROM nodes", schema: stage.store.schema) == ["2"]
                }
                let statuses = try await other.statuses(of: "e")
                for vendor in ["lago", "polar", "flexprice"] { #expect(statuses[vendor] == "delivered") }
                // The paused one may know that the vendor has it.
                #expect(["uncertain", "delivered"].contains(statuses["knetik"]))
                for vendor in BillCheck.vendors { #expect(try await other.billed(vendor) == ["e"], "\(vendor)") }
            }
            try await paused.stop()
        }
    }

    /// Events that it has claimed and not sent are in its memory still, and their vendors are a moment away.
    @Test func `a paused gateway sends nothing of what others have sent meanwhile`() async throws {
        let server = try await PostgresServer.shared()
        let store = StageStore.shared(address: server.address, lease: "3s")
        try await Stage.set(over: store) { (stage) async throws in
            for vendor in BillCheck.vendors { try await stage.setFaults(vendor, #"{"latency_ms":[300,300]}"#) }
            let paused = try await stage.startGateway()
            let ids = (0..<200).map { "e\($0)" }
            let events = ids.map { #"{"id":"\#($0)","name":"n","customer_id":"c"}"# }.joined(separator: ",")
            #expect(try await stage.client.postPatiently("/v1/events", "[\(events)]").status == 202)
            try await waitUntil("every vendor has requests") {
                for vendor in BillCheck.vendors where try await stage.received(vendor) < 1 { return false }
                return true
            }
            kill(paused.identifier, SIGSTOP)
            defer { kill(paused.identifier, SIGCONT) }
            for vendor in BillCheck.vendors { try await stage.setFaults(vendor, "{}") }
            let other = try stage.another("other")
            try await other.withGateway { _ async throws in
                try await waitUntil("the other gateway has settled every delivery") {
                    for vendor in BillCheck.vendors {
                        for status in ["pending", "retrying"] {
                            guard try await other.deliveries(vendor, status).isEmpty else { return false }
                        }
                    }
                    return true
                }
                kill(paused.identifier, SIGCONT)
                _ = try await paused.waitForLine("the paused gateway learns that it has lost its leases") {
                    $0.contains("lost its leases") ? true : nil
                }
                // What it still has in flight ends before it does.
                try await paused.stop()
                for vendor in BillCheck.vendors {
                    let billed = try await other.billed(vendor)
                    #expect(Set(billed).count == billed.count, "\(vendor) has billed an event twice")
                    let open = try await other.deliveries(vendor, "uncertain")
                    #expect(Set(billed).union(open) == Set(ids), "\(vendor)")
                    #expect(open.isEmpty || vendor == "knetik")
                }
            }
        }
    }
}
