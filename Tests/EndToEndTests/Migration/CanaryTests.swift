import Foundation
import TestSupport
import Testing

/// `canary`: test events that measure how long a vendor takes to show one, and count nowhere.
@Suite struct CanaryTests {
    private static func settings(_ more: String = "") -> String {
        #""rate_limit": "10000/s", "reads": {"lag": "300ms"}, "canary": {"every": "1s"\#(more)}"#
    }

    private func canary(_ vendor: String, _ stage: Stage) async throws -> [String: Any] {
        let list = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        return list.first { $0["name"] as? String == vendor }?["canary"] as? [String: Any] ?? [:]
    }

    @Test func `measures how long each vendor takes to show an event, and counts nowhere`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            let vendors = ["lago", "polar", "flexprice"]
            try migration.writeRoutes(
                vendors,
                settings: Dictionary(uniqueKeysWithValues: vendors.map { ($0, Self.settings()) })
            )
            // From when it has come; the gateway measures from when it learns that, on a busy machine later.
            try await migration.setSettings("lago", #"{"visible_after_ms":[3000,3000]}"#)
            var gateway = try await stage.startGateway(arguments: ["--open-metrics"])
            try await migration.send(0..<50)
            for vendor in vendors {
                try await waitUntil("two canaries are visible at \(vendor)") {
                    try await canary(vendor, stage)["visible"] as? Int ?? 0 >= 2
                }
            }
            #expect(try await canary("lago", stage)["lag_ms_p50"] as? Int ?? 0 >= 1500)
            let metrics = try PrometheusReader(try await stage.client.get("/metrics").text)
            #expect(metrics.value("tollgate_visible_seconds_count", ["provider": "lago"]) ?? 0 >= 2)
            #expect(metrics.value("tollgate_visible_lag_seconds", ["provider": "lago"]) ?? 0 >= 1.5)
            #expect(metrics.value("tollgate_canary_overdue", ["provider": "lago"]) == 0)
            #expect(metrics.value("tollgate_events_total", ["result": "accepted"]) == 50)
            #expect(try await stage.client.get("/readyz").text.contains("the last canary was visible at"))
            let list = try await stage.sandbox.get("/sandbox/lago/events?ids=true").text
            #expect(list.contains("canary:lago:"))

            // Nobody's events, and in no comparison.
            let names = try await stage.client.get("/v1/events/names").text
            #expect(names.contains("api_0") && !names.contains("tollgate_canary"), "\(names)")
            for level in ["full", "digest", "ledger"] {
                let run = try await migration.compare(vendors, level: level).run
                #expect(run["verdict"] as? String == "equal", "\(level): \(run)")
                #expect(run["events"] as? Int == 50, "\(level): \(run)")
            }
            try await gateway.stop(by: SIGKILL)

            gateway = try await stage.startGateway()
            var before = 0
            try await waitUntil("what was measured is known after the kill") {
                before = try await canary("polar", stage)["visible"] as? Int ?? 0
                return before >= 2
            }
            try await waitUntil("canaries go on") { try await canary("polar", stage)["visible"] as? Int ?? 0 > before }
            #expect(try await gateway.stop() == 0)
            // The journal has one of a slot, and so has the vendor.
            let ids = try await stage.billed("polar").filter { $0.hasPrefix("canary:") }
            #expect(Set(ids).count == ids.count && ids.count >= 3, "\(ids)")
        }
    }

    @Test func `raises an alarm when the vendor refuses it, leaves no dead letter, and ends it when it is well`()
        async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["lago", "polar"], settings: ["polar": Self.settings()])
            try await stage.setFaults("polar", #"{"poison":["tollgate_canary"],"poison_status":422}"#)
            try await stage.withGateway { _ async throws in
                try await waitUntil("the alarm is raised") {
                    (try await canary("polar", stage)["alarm"] as? [String: Any])?["reason"] is String
                }
                let ready = try await stage.client.get("/readyz").text
                #expect(ready.contains("did not accept the canary"), "\(ready)")
                try await stage.setFaults("polar", "{}")
                try await waitUntil("the alarm is over") {
                    let canary = try await canary("polar", stage)
                    return canary["alarm"] is NSNull && canary["visible"] as? Int ?? 0 > 0
                }
                #expect(try await canary("polar", stage)["rejected"] as? Int ?? 0 >= 1)
                #expect(try await stage.deliveries("polar", "rejected").isEmpty)
            }
        }
    }
}
