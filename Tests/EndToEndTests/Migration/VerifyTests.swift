import Foundation
import TestSupport
import Testing

/// `verify`: delivered events are read back, and those that a vendor has lost raise alarms and stop a migration.
@Suite struct VerifyTests {
    private static func reads(_ sample: String, lag: String = "300ms") -> String {
        #""rate_limit": "10000/s", "reads": {"lag": "\#(lag)"}, "verify": {"sample": "\#(sample)"}"#
    }

    /// Lago and Flexprice, which is read back, with the migration `to-flexprice` if settings of it are given.
    private func write(
        _ migration: Migration,
        sample: String,
        lag: String = "300ms",
        migrating settings: [String: Any]? = nil,
        window: String = "1h"
    ) throws {
        try migration.writeRoutes(["lago", "flexprice"], settings: ["flexprice": Self.reads(sample, lag: lag)])
        guard let settings else { return }
        let data = try Data(contentsOf: migration.stage.routesFile)
        var routes = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        let fixed: [String: Any] = [
            "route": "all", "from": "lago", "to": "flexprice",
            "gates": ["window": window, "min_events": 1, "rejected": "100%"],
        ]
        routes["migrations"] = ["to-flexprice": fixed.merging(settings) { $1 }]
        try JSONSerialization.data(withJSONObject: routes).write(to: migration.stage.routesFile, options: .atomic)
    }

    /// What `GET /v1/providers` says of reading Flexprice back.
    private func verify(_ stage: Stage) async throws -> [String: Any] {
        let list = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        return list.first { $0["name"] as? String == "flexprice" }?["verify"] as? [String: Any] ?? [:]
    }

    private func lost(_ stage: Stage) async throws -> Set<String> {
        Set((try await verify(stage)["lost"] as? [[String: Any]] ?? []).compactMap { $0["event_id"] as? String })
    }

    private func log(_ stage: Stage) async throws -> [[String: Any]] {
        try await stage.client.get("/v1/migrations/to-flexprice").object()["log"] as? [[String: Any]] ?? []
    }

    @Test func `finds every event that a vendor has lost, says so everywhere, and continues after a kill`() async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, sample: "1/1")
            let gateway = try await stage.startGateway(arguments: ["--open-metrics"])
            try await migration.send(0..<30, prefix: "well")
            try await waitUntil("the events are read back") { try await verify(stage)["verified_24h"] as? Int == 30 }
            #expect(try await lost(stage).isEmpty)
            #expect(try await stage.client.get("/readyz").text.contains("30 events were read back in a day"))

            try await migration.setSettings("flexprice", #"{"lose":1}"#)
            let ids = Set(try await migration.send(0..<4, prefix: "lost"))
            try await waitUntil("all lost events are found") { try await lost(stage) == ids }
            let metrics = try PrometheusReader(try await stage.client.get("/metrics").text)
            let provider = ["provider": "flexprice"]
            #expect(metrics.value("tollgate_verify_lost_total", provider) == 4)
            #expect(metrics.value("tollgate_verify_missing", provider) == 4)
            #expect(metrics.value("tollgate_verify_events_total", provider.merging(["outcome": "found"]) { $1 }) == 30)
            let ready = try await stage.client.get("/readyz").text
            #expect(ready.contains("flexprice has lost 4 events of the sample of 1/1 that it had accepted"), "\(ready)")
            _ = try await gateway.waitForLine("the log says so") {
                $0.contains("a vendor has lost an event that it had accepted") ? true : nil
            }
            let shown = try await migration.run(["providers", "watched"])
            #expect(shown.text.contains("lost at flexprice: lost3 (api_0)"), "\(shown.text)")
            try await gateway.stop(by: SIGKILL)

            try await stage.withGateway { _ async throws in
                try await waitUntil("what was found is known") { try await lost(stage) == ids }
                try await migration.setSettings("flexprice", #"{"lose":0}"#)
                try await migration.send(100..<110, prefix: "after")
                try await waitUntil("later events are read back") {
                    try await verify(stage)["verified_24h"] as? Int == 44
                }
                #expect(try await lost(stage) == ids)

                // A loss that somebody accepts is no alarm any more.
                let run = try await migration.compare(["flexprice"]).id
                let until = Date().addingTimeInterval(86_400).ISO8601Format()
                let accept =
                    #"{"action":"accept","cause":"lost_after_accept","provider":"flexprice","reason":"a test","#
                    + #""until":"\#(until)"}"#
                let answer = try await stage.client.post("/v1/parity/runs/\(run)/resolve", accept)
                #expect(answer.status == 200, "\(answer.text)")
                try await waitUntil("the losses are accepted") {
                    let verify = try await verify(stage)
                    return verify["missing"] as? Int == 0 && verify["accepted"] as? Int == 4
                }
            }
        }
    }

    @Test func `holds a ramp when the new vendor loses half a percent, and after a kill`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, sample: "1/2", migrating: ["auto_hold": true])
            let gateway = try await stage.startGateway()
            try await migration.send(0..<100)
            try await migration.waitForDeliveries(["lago", "flexprice"])
            _ = try await migration.compare(["lago", "flexprice"])
            try await waitUntil("the gates let a ramp through") {
                try await migration.run(["migrate", "ramp", "to-flexprice", "--share", "5"]).code == 0
            }
            try await migration.setSettings("flexprice", #"{"lose":0.005}"#)
            var sent = 1000
            try await waitUntil("a gate holds it", within: .seconds(600)) {
                try await migration.send(sent..<sent + 500)
                sent += 500
                return try await log(stage).last?["action"] as? String == "hold"
            }
            let hold = try #require(try await log(stage).last)
            #expect(hold["actor"] as? String == "gateway")
            let reason = try #require(hold["reason"] as? String)
            #expect(reason.contains(#/^lost is red: \d+ of \d+ read back, at most 0$/#), "\(reason)")
            let status = try await migration.run(["migrate", "status", "to-flexprice"])
            #expect(status.text.contains("held by gateway since") && status.text.contains(reason), "\(status.text)")
            try await gateway.stop(by: SIGKILL)

            try await stage.withGateway { _ async throws in
                let again = try await migration.run(["migrate", "status", "to-flexprice"])
                #expect(again.text.contains("held by gateway since") && again.text.contains(reason), "\(again.text)")
                let refused = try await migration.run(["migrate", "resume", "to-flexprice"])
                #expect(refused.code == 1 && refused.text.contains("lost is red"), "\(refused.text)")
                let despite = ["migrate", "resume", "to-flexprice", "--despite", "lost"]
                #expect(try await migration.run(despite).code == 0)
            }
        }
    }

    @Test func `holds a ramp when events are not read back any more`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, sample: "1/1", lag: "3s", migrating: ["auto_hold": true], window: "30s")
            try await stage.withGateway { _ async throws in
                // The comparison must be young when the ramp is ordered.
                var sent = 0
                try await waitUntil("a ramp follows a comparison in time", within: .seconds(600)) {
                    try await migration.send(sent..<sent + 20)
                    sent += 20
                    try await migration.waitForDeliveries(["lago", "flexprice"])
                    _ = try await migration.compare(["lago", "flexprice"])
                    return try await migration.run(["migrate", "ramp", "to-flexprice", "--share", "5"]).code == 0
                }
                var poisoned: [String] = []
                try await waitUntil("a gate holds it", within: .seconds(600)) {
                    // Its reads fail; lists, which do not name it, and deliveries of others go on. An event that was read back before that
                    // says nothing, so others follow.
                    let number = poisoned.count
                    try await migration.send(number..<number + 1, prefix: "unreadable")
                    try await migration.waitForDeliveries(["flexprice"])
                    poisoned.append("\"unreadable\(number)\"")
                    let ids = poisoned.joined(separator: ",")
                    try await stage.setFaults("flexprice", #"{"poison":[\#(ids)],"poison_status":503}"#)
                    _ = try await migration.compare(["lago", "flexprice"])
                    return try await isHeldSinceNothingIsReadBack(migration)
                }
                #expect(try await log(stage).contains { $0["action"] as? String == "hold" })
                #expect((try await verify(stage)["last_error"] as? String)?.isEmpty == false)
            }
        }
    }

    /// Whether a gate holds the ramp for what it waits for here. On a busy machine another one may have held it before, for a comparison that
    /// came too late; that one is overridden.
    private func isHeldSinceNothingIsReadBack(_ migration: Migration) async throws -> Bool {
        let reason = "lost is unknown: last measured for"
        let entries = try await log(migration.stage)
        if entries.contains(where: { ($0["reason"] as? String)?.contains(reason) ?? false }) { return true }
        guard entries.last?["action"] as? String == "hold" else { return false }
        let others = "unexplained,usage,rejected,uncertain,backlog_age"
        let resumed = try await migration.run(["migrate", "resume", "to-flexprice", "--despite", others])
        return resumed.text.contains(reason)
    }

    @Test func `returns the customers when the new vendor loses events, if the file says so`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, sample: "1/1", migrating: ["auto_hold": true, "auto_return": true])
            try await stage.withGateway { _ async throws in
                let despite = "unexplained,uncertain,backlog_age,rejected"
                try await migration.send(0..<20)
                try await waitUntil("events are read back, so that nothing need be overridden") {
                    let ramp = ["migrate", "ramp", "to-flexprice", "--share", "100", "--despite", despite]
                    return try await migration.run(ramp).code == 0
                }
                try await migration.setSettings("flexprice", #"{"lose":1}"#)
                try await migration.send(100..<103)
                try await waitUntil("the customers return") {
                    try await log(stage).last?["action"] as? String == "return"
                }
                let entry = try #require(try await log(stage).last)
                #expect(entry["actor"] as? String == "gateway" && entry["when"] as? String == "now")
                #expect((entry["reason"] as? String)?.hasPrefix("lost is red") == true)
                #expect(try await migration.run(["log", "--json"]).text.contains("migrations: return"))
            }
        }
    }
}
