import Foundation
import TestSupport
import Testing

/// A vendor that joins later gets what came before: each event once, whatever goes wrong on the way.
@Suite struct BackfillAcceptanceTests {
    private static let seed =
        ProcessInfo.processInfo.environment["TOLLGATE_SEED"].flatMap { UInt64($0) } ?? .random(in: 1 ... .max)

    private static let faults =
        #"{"latency_ms":[0,20],"status":{"503":0.05,"429":0.03},"status_after":{"502":0.05},"reset_before":0.03,"#
        + #""reset_after":0.03,"retry_after":1,"seed":\#(seed % 1000)}"#

    @Test(arguments: ["polar", "flexprice"])
    func `fills a vendor without loss or repeat while events go on, vendors fail, and the gateway is killed`(
        vendor: String
    ) async throws {
        var dice = SeededDice(state: Self.seed)
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago"])
            var gateway = try await stage.startGateway()
            let history = try await migration.send(0..<Migration.events(1500))
            let load = Load(client: stage.client)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<2 { group.addTask { await load.run(worker) } }
                defer { load.stop() }
                try migration.writeRoutes(["lago", vendor])
                try await migration.reload()
                for each in ["lago", vendor] { try await stage.setFaults(each, Self.faults) }
                let backfill = try await migration.startBackfill(to: vendor)
                for _ in 0..<Migration.rounds(4, soak: 20) {
                    let wanted = load.acknowledged.count + Int(dice.next() % 100) + 5
                    try await waitUntil("load gets through") { load.acknowledged.count >= wanted }
                    try await gateway.stop(by: SIGKILL)
                    gateway = try await stage.startGateway()
                }
                for each in ["lago", vendor] { try await stage.setFaults(each, "{}") }
                load.slowDown()
                try await migration.waitForBackfill(backfill)
                load.stop()
                try await group.waitForAll()
            }
            try await migration.waitForDeliveries(["lago", vendor])
            let sent = load.acknowledged.union(history)
            for each in ["lago", vendor] {
                let billed = try await stage.billed(each)
                let once = Set(billed)
                #expect(once.count == billed.count, "\(each) bills an event twice (seed \(Self.seed))")
                let missing = sent.subtracting(once)
                #expect(missing.isEmpty, "\(each) lacks \(missing.sorted().prefix(5)) (seed \(Self.seed))")
                #expect(once.isSubset(of: load.attempted.union(history)), "seed \(Self.seed)")
            }
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `stops while it is paused, goes on when it is resumed, and ends when it is cancelled`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago"])
            try await stage.withGateway { _ async throws in
                let count = Migration.events(3000)
                try await migration.send(0..<count)
                // Small requests, two a second, so that there is something left to pause however late this is.
                let slow = #""rate_limit": "2/s", "batch": 20, "reads": {"lag": "300ms"}"#
                try migration.writeRoutes(["lago", "polar"], settings: ["polar": slow])
                try await migration.reload()
                let backfill = try await migration.startBackfill(to: "polar")
                try await waitUntil("some events are there") { try await stage.received("polar") > 0 }
                try await migration.change(backfill, "pause")
                #expect(try await migration.backfill(backfill)["state"] as? String == "paused")
                var live = 0
                try await waitUntil("nothing but live events gets there") {
                    let before = try await stage.received("polar")
                    live += 1
                    let event = #"{"id":"live\#(live)","name":"live","customer_id":"c"}"#
                    _ = try await stage.client.post("/v1/events", event)
                    try await waitUntil("the live event is there") {
                        try await stage.statuses(of: "live\(live)")["polar"] == "delivered"
                    }
                    return try await stage.received("polar") == before + 1
                }
                let rate = try await stage.client.send(
                    "PATCH",
                    "/v1/backfills/\(backfill)",
                    Array(#"{"rate":20}"#.utf8)
                )
                #expect(try rate.object()["rate"] as? Int == 20)
                try await migration.change(backfill, "resume")
                let before = try await stage.received("polar")
                try await waitUntil("it goes on") { try await stage.received("polar") > before }
                try await migration.change(backfill, "cancel")
                try await migration.waitForBackfill(backfill, "cancelled")
                // What was cancelled can be begun again, and repeats nothing.
                try migration.writeRoutes(["lago", "polar"])
                try await migration.reload()
                try await migration.waitForBackfill(try await migration.startBackfill(to: "polar"))
                try await migration.waitForDeliveries(["polar"])
                let billed = try await stage.billed("polar")
                #expect(billed.count == count + live && Set(billed).count == billed.count)
            }
        }
    }

    @Test func `leaves no gap and repeats nothing where a vendor joins and leaves many times under load`() async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago"])
            try await stage.withGateway { _ async throws in
                let load = Load(client: stage.client)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for worker in 0..<2 { group.addTask { await load.run(worker) } }
                    defer { load.stop() }
                    for round in 0..<Migration.rounds(5, soak: 100) {
                        try await letThrough(load, 20)
                        try migration.writeRoutes(["lago", "polar"])
                        try await migration.reload()
                        if round.isMultiple(of: 2) { try await letThrough(load, 10) }
                        try await migration.waitForBackfill(try await migration.startBackfill(to: "polar"))
                        guard round + 1 < Migration.rounds(5, soak: 100) else { break }
                        try migration.writeRoutes(["lago"])
                        try await migration.reload()
                    }
                    load.stop()
                    try await group.waitForAll()
                }
                try await migration.waitForDeliveries(["lago", "polar"])
                let billed = try await stage.billed("polar")
                #expect(Set(billed).count == billed.count, "an event is billed twice")
                let missing = load.acknowledged.subtracting(billed)
                #expect(missing.isEmpty, "lacks \(missing.sorted().prefix(5))")
            }
        }
    }

    @Test func `is cancelled also after its vendor was removed from routes.json`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago"])
            try await stage.withGateway { _ async throws in
                try await migration.send(0..<500)
                let slow = #""rate_limit": "2/s", "batch": 3, "reads": {"lag": "300ms"}"#
                try migration.writeRoutes(["lago", "polar"], settings: ["polar": slow])
                try await migration.reload()
                let backfill = try await migration.startBackfill(to: "polar")
                try await waitUntil("some events are there") { try await stage.received("polar") > 0 }
                #expect(try await remaining(stage) ?? 0 > 0)
                try migration.writeRoutes(["lago"])
                try migration.removeProvider("polar")
                try await migration.reload()
                try await waitUntil("it waits for its vendor") {
                    try await migration.backfill(backfill)["held_by"] as? String == "provider_not_configured"
                }
                try await migration.change(backfill, "cancel")
                try await migration.waitForBackfill(backfill, "cancelled")
                #expect(try await remaining(stage) == 0)
                // Another one takes what it left, and repeats nothing.
                try migration.writeRoutes(["lago", "polar"])
                try await migration.reload()
                try await migration.waitForBackfill(try await migration.startBackfill(to: "polar"))
                let billed = try await stage.billed("polar")
                #expect(billed.count == 500 && Set(billed).count == 500)
            }
        }
    }

    private func remaining(_ stage: Stage) async throws -> Double? {
        try PrometheusReader(try await stage.client.get("/metrics").text)
            .value("tollgate_backfill_remaining", ["provider": "polar"])
    }

    private func letThrough(_ load: Load, _ events: Int) async throws {
        let wanted = load.acknowledged.count + events
        try await waitUntil("load gets through") { load.acknowledged.count >= wanted }
    }

    @Test(arguments: [
        (#"{"to":"polar","since":"1h","until":"2h"}"#, "later end"), (#"{"to":"nobody","since":"1h"}"#, "nobody"),
        (#"{"to":"polar","since":"1000d"}"#, "start"), (#"{"to":"polar"}"#, "since"),
        (#"{"to":"flexprice","since":"1h"}"#, "flexprice"),
    ])
    func `refuses what cannot be filled, in a sentence that says what to do`(body: String, word: String) async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                try await migration.send(0..<1)
                let answer = try await migration.stage.client.post("/v1/backfills", body)
                #expect((400..<500).contains(answer.status), "\(answer.text)")
                #expect((try answer.object()["detail"] as? String ?? "").contains(word), "\(answer.text)")
            }
        }
    }
}
