import Foundation
import PostgresServer
import TestSupport
import Testing

/// The network between one gateway and the database carries nothing for longer than the lease.
@Suite(.serialized) struct SharedStoreCutTests {
    @Test(arguments: NetworkCut.Fate.allCases)
    func `the others take over from a gateway that is cut off, which returns and can do no harm`(
        fate: NetworkCut.Fate
    ) async throws {
        let server = try await PostgresServer.shared()
        let network = try NetworkCut(to: server.port, fate: fate)
        defer { network.close() }
        try await Stage.set(over: .shared(address: server.address, lease: "3s")) { (stage) async throws in
            let schema = try #require(stage.store.schema)
            // A busy server needs longer than usual to let a gateway in.
            let address = server.address(port: network.port) + "&connect_timeout=30"
            let cut = try stage.another("cut", over: .shared(address: address, schema: schema, lease: "3s"))
            try stage.writeRoutes(retry: GatewaysUnderLoad.retry)
            try await GatewaysUnderLoad.run([stage, cut]) { (system) async throws in
                // So that requests are in flight, and appends and outcomes on their way, when the network is cut.
                for vendor in BillCheck.vendors { try await stage.setFaults(vendor, #"{"latency_ms":[50,400]}"#) }
                try await system.waitForAccounts(of: 1, in: server)
                try await system.letThrough(50)
                network.cut()
                try await system.waitForTakeOver(from: 1, in: server)
                try await system.letThrough(50)
                try await system.waitForReadiness(false, of: 1)
                network.restore()
                _ = try await system.gateways[1].waitForLine("it learns that it has lost its leases") {
                    $0.contains("lost its leases") ? true : nil
                }
                try await system.waitForReadiness(true, of: 1)
                try await system.waitForAccounts(of: 1, in: server)
                try await system.letThrough(50)
                #expect(system.load.hintless.isEmpty, "\(system.load.hintless.prefix(3))")
            }
        }
    }
}
