import Foundation
import PostgresServer
import TestSupport
import Testing

/// The database moves to its standby under running gateways.
@Suite(.serialized) struct SharedStoreFailoverTests {
    @Test func `a synchronous standby takes over: nothing is lost, and nothing billed twice`() async throws {
        let primary = try await PostgresServer.make()
        let standby = try await PostgresServer.makeStandby(of: primary)
        try await primary.waitForStandby()
        // A busy server needs longer than usual to let a gateway in.
        let address = primary.address(orThatOf: standby) + "&connect_timeout=30"
        let store = StageStore.shared(address: address, lease: "3s")
        try await Stage.set(over: store) { (stage) async throws in
            try stage.writeRoutes(retry: GatewaysUnderLoad.retry)
            try await GatewaysUnderLoad.run([stage, try stage.another("other")]) { (system) async throws in
                try await stage.setFaults("lago", #"{"status_after":{"502":0.2},"latency_ms":[0,50]}"#)
                try await stage.setFaults("knetik", #"{"latency_ms":[0,100]}"#)
                try await system.letThrough(100)
                try await primary.crash()
                try await system.waitForReadiness(false, of: 0)
                try await standby.promote()
                for node in system.nodes.indices { try await system.waitForReadiness(true, of: node) }
                try await system.letThrough(100)
                try await waitUntil("the gateways deliver from the standby's tables") {
                    try await TwoGateways.holders(in: stage.store, of: standby).count == BillCheck.vendors.count
                }
                for gateway in system.gateways {
                    #expect(!gateway.lines.contains { $0.contains("has lost commits") }, "the standby had everything")
                }
                #expect(system.load.hintless.isEmpty, "\(system.load.hintless.prefix(3))")
            }
        }
    }
}
