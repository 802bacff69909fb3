import Foundation
import TestSupport
import Testing

/// Reads of vendors and deliveries share the vendors' limits: reads take only what deliveries leave.
@Suite struct ReadBudgetTests {
    @Test func `comparisons cause no 429 at vendors that count reads and writes together`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            // The vendors' limits in small: the gateway is told them, and the vendors enforce them.
            let limits = ["lago": "other", "polar": "all", "flexprice": "other"]
            for (vendor, name) in limits {
                let limit = #"{"rate_limits":{"\#(name)":{"requests":120,"window_ms":2000}}}"#
                try await migration.setSettings(vendor, limit)
            }
            let provider = #""rate_limit": "60/s", "reads": {"share": 30, "lag": "300ms"}"#
            try migration.writeRoutes(Array(limits.keys).sorted(), settings: limits.mapValues { _ in provider })
            try await stage.withGateway { _ async throws in
                let vendors = limits.keys.sorted()
                try await migration.send(0..<Migration.events(3000))
                try await migration.waitForDeliveries(vendors)
                let load = Load(client: stage.client)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await load.run(0) }
                    load.slowDown()
                    defer { load.stop() }
                    let before = try await migration.calls("lago")["reads"] ?? 0
                    // The live events are behind the window, so that the prediction knows all that is in it.
                    let end = Date().addingTimeInterval(-300)
                    let (_, run) = try await migration.compare(vendors, level: "digest", until: end)
                    #expect(run["verdict"] as? String == "equal")
                    load.stop()
                    try await group.waitForAll()
                    for report in run["providers"] as? [[String: Any]] ?? [] {
                        let name = report["provider"] as? String ?? ""
                        let calls = report["calls"] as? [String: Int] ?? [:]
                        let made = calls["made"] ?? -1
                        let seen = try await migration.calls(name)
                        #expect(seen["refused_reads"] == 0, "\(name): \(seen)")
                        if name == "lago" { #expect((seen["reads"] ?? 0) - before >= made, "\(seen) \(calls)") }
                        #expect(made > 0 && made <= calls["most"] ?? 0, "\(report)")
                    }
                }
                for vendor in vendors { #expect(try await migration.calls(vendor)["refused_writes"] == 0, "\(vendor)") }
            }
        }
    }
}
