import Foundation
import PostgresServer
import TestSupport
import Testing

/// A backfill, and two gateways over one journal: one has the provider's account, the other gets the orders.
@Suite(.serialized) struct SharedStoreBackfillTests {
    private static let slow = #""rate_limit": "40/s", "batch": 1, "reads": {"lag": "300ms"}"#
    private static let events = 400

    @Test func `a backfill is started, stopped and resumed at a gateway that does not have the provider's account`()
        async throws
    {
        let server = try await PostgresServer.shared()
        try await Stage.set(over: try await .database()) { (stage) async throws in
            let migrations = [Migration(stage: stage), Migration(stage: try stage.another("other"))]
            func write(_ vendors: [String]) throws {
                try migrations[0].writeRoutes(vendors, settings: ["polar": Self.slow])
            }
            try write(["lago"])
            try await migrations[0].stage.withGateway { _ async throws in
                try await migrations[1].stage.withGateway { _ async throws in
                    let ids = try await migrations[0].send(0..<Self.events)
                    try write(["lago", "polar"])
                    for migration in migrations { try await migration.reload() }
                    let far = try await gateway(without: "polar", of: migrations, in: server)

                    let backfill = try await far.startBackfill(to: "polar")
                    try await waitUntil("some events have arrived") { try await stage.received("polar") >= 5 }
                    try await far.change(backfill, "pause")
                    try await far.change(backfill, "resume")
                    try await far.waitForBackfill(backfill)
                    let billed = try await stage.billed("polar")
                    #expect(billed.count == Self.events && Set(billed) == Set(ids))
                }
            }
        }
    }

    @Test func `a backfill is cancelled at a gateway that does not have the provider's account`() async throws {
        let server = try await PostgresServer.shared()
        try await Stage.set(over: try await .database()) { (stage) async throws in
            let migrations = [Migration(stage: stage), Migration(stage: try stage.another("other"))]
            try migrations[0].writeRoutes(["lago"], settings: ["polar": Self.slow])
            try await migrations[0].stage.withGateway { _ async throws in
                try await migrations[1].stage.withGateway { _ async throws in
                    try await migrations[0].send(0..<Self.events)
                    try migrations[0].writeRoutes(["lago", "polar"], settings: ["polar": Self.slow])
                    for migration in migrations { try await migration.reload() }
                    // Each event waits for another attempt, so that nothing but the cancellation ends the backfill.
                    try await stage.setFaults("polar", #"{"status":{"503":1}}"#)
                    let far = try await gateway(without: "polar", of: migrations, in: server)
                    let backfill = try await far.startBackfill(to: "polar")
                    try await waitUntil("some events wait for a retry") {
                        let deliveries = try await far.backfill(backfill)["deliveries"] as? [String: Int]
                        return (deliveries?["retrying"] ?? 0) > 0
                    }
                    try await far.change(backfill, "cancel")
                    try await far.waitForBackfill(backfill, "cancelled")
                }
            }
        }
    }

    /// Waits until the accounts are spread over both gateways.
    private func gateway(
        without provider: String,
        of migrations: [Migration],
        in server: PostgresServer
    ) async throws -> Migration {
        var far: Migration?
        try await waitUntil("both gateways have accounts, one of them \(provider)'s") {
            let holders = try await TwoGateways.holders(in: migrations[0].stage.store, of: server)
            guard let holder = holders[provider], Set(holders.values).count == 2 else { return false }
            far = migrations.first { $0.stage.node != holder }
            return true
        }
        return try #require(far)
    }
}
