import Foundation
import TestSupport
import Testing

/// A backfill goes on through changes of `routes.json`, whatever they take away and give back.
@Suite struct BackfillReloadTests {
    @Test func `repeats and misses nothing while routes.json is reloaded again and again under load`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago"])
            try await stage.withGateway { _ async throws in
                let history = try await migration.send(0..<Migration.events(2000))
                let load = Load(client: stage.client)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<2 { group.addTask { await load.run(worker) } }
                    defer { load.stop() }
                    try write(migration, round: 0)
                    try await migration.reload()
                    let backfill = try await migration.startBackfill(to: "polar")
                    for round in 1...Migration.rounds(8, soak: 200) {
                        let wanted = load.acknowledged.count + 5
                        try await waitUntil("load gets through") { load.acknowledged.count >= wanted }
                        try write(migration, round: round)
                        try await migration.reload()
                    }
                    try write(migration, round: 0)
                    try await migration.reload()
                    try await migration.waitForBackfill(backfill)
                    load.stop()
                    try await group.waitForAll()
                }
                // What was accepted behind the backfill's end while the routes lacked the vendor.
                try await migration.waitForBackfill(try await migration.startBackfill(to: "polar"))
                try await migration.waitForDeliveries(["lago", "polar"])
                let billed = try await stage.billed("polar")
                #expect(Set(billed).count == billed.count, "an event is billed twice")
                let missing = load.acknowledged.union(history).subtracting(billed)
                #expect(missing.isEmpty, "lacks \(missing.sorted().prefix(5))")
            }
        }
    }

    /// The vendor joins, leaves, and has other settings, so that its pipelines end and begin.
    private func write(_ migration: Migration, round: Int) throws {
        let settings = #""rate_limit": "\#(round % 3 == 0 ? 10_000 : 40)/s", "batch": \#(round % 3 == 2 ? 7 : 50)"#
        try migration.writeRoutes(
            round % 2 == 0 ? ["lago", "polar"] : ["lago"],
            settings: ["polar": settings + #", "reads": {"lag": "300ms"}"#]
        )
    }
}
