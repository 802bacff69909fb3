import Foundation
import PostgresServer
import TestSupport
import Testing

/// The database's disk is full.
@Suite(
    .serialized,
    .enabled(if: ServerDisk.canBeMounted, "these tests mount a small disk, which this user may not do here")
)
struct SharedStoreDiskTests {
    @Test(arguments: ServerDisk.allCases)
    func `refuses events while the database has no space, loses none, and continues when it has`(
        disk: ServerDisk
    ) async throws {
        let server = try await PostgresServer.make(withDiskFor: disk)
        try await Stage.set(over: .shared(address: server.address, lease: "3s")) { (stage) async throws in
            try stage.writeRoutes(retry: GatewaysUnderLoad.retry)
            try await GatewaysUnderLoad.run([stage, try stage.another("other")]) { (system) async throws in
                try await system.letThrough(50)
                try await server.fillDisk()
                if disk == .log {
                    // Somebody else uses up what the log had in reserve.
                    await #expect(throws: PostgresServerFailure.self) {
                        try await server.run(
                            "SELECT pg_logical_emit_message(false, 'n', repeat('x', 900000)) FROM generate_series(1, 100)"
                        )
                    }
                }
                // The last pages take some more.
                try await waitUntil("events are refused") {
                    system.load.refusals[disk == .tables ? "store-full" : "store-unreachable", default: 0] >= 20
                }
                try await server.emptyDisk()
                // Without space for its log, the server has given up.
                if disk == .log { try await server.crashAndRestart() }
                for node in system.nodes.indices { try await system.waitForReadiness(true, of: node) }
                try await system.letThrough(50)
                #expect(system.load.hintless.isEmpty, "\(system.load.hintless.prefix(3))")
            }
        }
    }
}
