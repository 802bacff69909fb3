import Foundation
import TestSupport
import Testing

/// `tollgate migrate`: customers move from one vendor to another, and return.
@Suite struct MigrateTests {
    private static let customers = (0..<7).map { "c\($0)" }

    /// Adds the migration `to-flexprice` to the routes.
    /// - Parameter anchor: when a billing period of all customers begins.
    private func write(_ migration: Migration, anchor: Date? = nil, window: String = "1h", autoHold: Bool = false)
        throws
    {
        try migration.writeRoutes(["lago", "flexprice"])
        let data = try Data(contentsOf: migration.stage.routesFile)
        var routes = try JSONSerialization.jsonObject(with: data) as? [String: Any] ?? [:]
        var boundary: [String: Any] = ["otherwise": "month"]
        if let anchor {
            let rows = Self.customers.map { "\($0),\(anchor.ISO8601Format()),week" }
            let file = migration.stage.folder.appending(path: "anchors.csv")
            try Data((["customer_id,anchor,interval"] + rows).joined(separator: "\n").utf8).write(to: file)
            boundary["anchors"] = "anchors.csv"
        }
        routes["migrations"] = [
            "to-flexprice": [
                "route": "all", "from": "lago", "to": "flexprice", "keep": "late", "auto_hold": autoHold,
                "boundary": boundary, "gates": ["window": window, "min_events": 1, "rejected": "100%"],
            ] as [String: Any]
        ]
        try JSONSerialization.data(withJSONObject: routes).write(to: migration.stage.routesFile, options: .atomic)
    }

    private func status(_ stage: Stage) async throws -> [String: Any] {
        try await stage.client.get("/v1/migrations/to-flexprice").object()
    }

    /// Sends one event of now for each customer.
    /// - Returns: to which vendors each customer's event goes.
    private func recipients(_ stage: Stage) async throws -> [String: Set<String>] {
        let round = UUID().uuidString
        let events = Self.customers.map { #"{"id":"\#(round)-\#($0)","name":"api","customer_id":"\#($0)"}"# }
        let answer = try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]")
        guard answer.status == 202 else { throw UnexpectedAnswer(answer: answer) }
        var found: [String: Set<String>] = [:]
        for customer in Self.customers {
            found[customer] = Set(try await stage.statuses(of: "\(round)-\(customer)").keys)
        }
        return found
    }

    @Test func `moves customers at their boundaries, and returns them at once with a list of what to void`()
        async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration)
            try await stage.withGateway { _ async throws in
                let first = try await migration.run(["migrate", "status", "to-flexprice"])
                #expect(
                    first.code == 0 && first.text.contains("to-flexprice: all, from lago to flexprice"),
                    "\(first.text)"
                )
                #expect(
                    first.text.contains("no customer moves") && first.text.contains("next: tollgate backfill start")
                )

                let shadow = try await migration.run(["migrate", "start", "to-flexprice", "--stage", "shadow"])
                #expect(shadow.code == 0, "\(shadow.text)")
                #expect(try await status(stage)["delivery"] as? String == "shadow")
                let early = try await migration.run(["migrate", "ramp", "to-flexprice", "--share", "100"])
                #expect(
                    early.code == 1 && early.text.contains("the new provider does not get all events"),
                    "\(early.text)"
                )
                #expect(try await migration.run(["migrate", "stage", "to-flexprice", "mirror"]).code == 0)

                let closed = try await migration.run(["migrate", "ramp", "to-flexprice", "--share", "100"])
                #expect(
                    closed.code == 1 && closed.text.contains("unexplained is unknown: not measured yet"),
                    "\(closed.text)"
                )
                let despite = [
                    "--share", "100", "--despite", "unexplained,rejected,uncertain,backlog_age", "--reason", "a test",
                ]
                let dry = try await migration.run(["migrate", "ramp", "to-flexprice", "--dry-run"] + despite)
                #expect(dry.code == 0 && dry.text.contains("would record: ramp 100% by demo"), "\(dry.text)")
                #expect(try await status(stage)["stage"] as? String == "mirror")
                let ramp = try await migration.run(["migrate", "ramp", "to-flexprice"] + despite)
                #expect(ramp.code == 0 && ramp.text.contains("recorded: ramp 100% by demo"), "\(ramp.text)")

                // Their periods begin a moment after the order.
                try write(migration, anchor: Date().addingTimeInterval(3))
                try await migration.reload()
                try await waitUntil("all customers have moved") {
                    try await recipients(stage).values.allSatisfy { $0 == ["flexprice"] }
                }
                let moved = try await recipients(stage)
                #expect(Set(moved.keys) == Set(Self.customers))

                let back = try await migration.run(["migrate", "return", "to-flexprice", "--json"])
                #expect(back.code == 0, "\(back.text)")
                let outcome = try JSONSerialization.jsonObject(with: Data(back.text.utf8)) as? [String: Any]
                let toVoid = try #require(outcome?["to_void"] as? [String: Any])
                let listed = try #require(toVoid["customers"] as? [[String: Any]])
                #expect(Set(listed.compactMap { $0["customer_id"] as? String }) == Set(Self.customers))
                #expect(listed.allSatisfy { ($0["events"] as? Int ?? 0) >= 1 })
                // The order says from when it holds: a tenth of a second after it was given.
                let entry = try #require(outcome?["entry"] as? [String: Any])
                let from = try #require((entry["effective_from"] as? String).flatMap(Self.date))
                try await waitUntil("the return holds") { Date() > from }
                #expect(try await recipients(stage).values.allSatisfy { $0.contains("lago") })
                #expect(try await status(stage)["share_percent"] as? Int == 0)
            }
        }
    }

    private static func date(_ text: String) -> Date? {
        try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    @Test func `keeps orders over a restart, shows them everywhere, and audits them with who, when and plan`()
        async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration)
            var gateway = try await stage.startGateway(arguments: ["--open-metrics"])
            try await migration.send(0..<20)
            let made = try await migration.run(["plan", stage.routesFile.path, "--json"])
            let plan = try #require(
                (try JSONSerialization.jsonObject(with: Data(made.text.utf8)) as? [String: Any])?["id"] as? String,
                "\(made.text)"
            )
            let hold = try await migration.run(["migrate", "hold", "to-flexprice", "--plan", plan, "--reason", "lunch"])
            #expect(hold.code == 0, "\(hold.text)")
            let stale = try await migration.run(
                [
                    "migrate", "resume", "to-flexprice", "--plan", plan, "--despite",
                    "unexplained,rejected,uncertain,backlog_age",
                ]
            )
            #expect(stale.code == 1 && stale.text.contains("since the plan \(plan) was made"), "\(stale.text)")
            #expect(try await gateway.stop() == 0)

            gateway = try await stage.startGateway(arguments: ["--open-metrics"])
            #expect((try await status(stage)["hold"] as? [String: Any])?["reason"] as? String == "lunch")
            let ready = try await stage.client.get("/readyz").text
            #expect(ready.contains("migration to-flexprice") && ready.contains("held by demo since"), "\(ready)")
            let overrides = try await stage.client.get("/v1/config").object()["overrides"] as? [[String: Any]]
            #expect(overrides?.map { $0["migration"] as? String } == ["to-flexprice"])
            #expect(overrides?.first?["held"] as? Bool == true && overrides?.first?["client"] as? String == "demo")
            try await waitUntil("the metrics have it") {
                try await stage.client.get("/metrics").text
                    .contains(#"tollgate_migration_held{migration="to-flexprice"} 1"#)
            }
            let log = try await migration.run(["log", "--json"])
            #expect(
                log.text.contains("migrations: hold") && log.text.contains(plan) && log.text.contains("lunch"),
                "\(log.text)"
            )
            #expect(try await migration.run(["migrate", "hold", "to-flexprice"]).code == 1)
            #expect(try await migration.run(["migrate", "status"], key: "rival-key").code == 1)
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `holds by itself when the new vendor loses events, says why, and stays held over a restart`()
        async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, autoHold: true)
            var gateway = try await stage.startGateway()
            try await migration.send(0..<200)
            try await migration.waitForDeliveries(["lago", "flexprice"])
            _ = try await migration.compare(["lago", "flexprice"])
            let ramp = try await migration.run(["migrate", "ramp", "to-flexprice", "--share", "5"])
            #expect(ramp.code == 0, "\(ramp.text)")
            try await migration.setSettings("flexprice", #"{"lose":1}"#)
            try await migration.send(200..<210)
            try await migration.waitForDeliveries(["lago", "flexprice"])
            #expect(try await status(stage)["hold"] is NSNull)
            _ = try await migration.compare(["lago", "flexprice"])
            try await waitUntil("the gate holds it") { try await status(stage)["hold"] is [String: Any] }
            let hold = try #require(try await status(stage)["hold"] as? [String: Any])
            #expect(hold["actor"] as? String == "gateway")
            #expect(hold["reason"] as? String == "unexplained is red: 10, at most 0", "\(hold)")
            let refused = try await migration.run(["migrate", "resume", "to-flexprice"])
            #expect(refused.code == 1 && refused.text.contains("unexplained is red: 10, at most 0"), "\(refused.text)")
            #expect(try await gateway.stop() == 0)
            gateway = try await stage.startGateway()
            #expect(try await status(stage)["hold"] is [String: Any])
            #expect(
                try await migration.run(["migrate", "resume", "to-flexprice", "--despite", "unexplained"]).code == 0
            )
            #expect(try await status(stage)["hold"] is NSNull)
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test func `holds by itself when nothing is compared any more`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try write(migration, window: "10s", autoHold: true)
            try await stage.withGateway { _ async throws in
                var sent = 0
                // The comparison must be young when the ramp is ordered.
                try await waitUntil("a ramp follows a comparison in time", within: .seconds(600)) {
                    try await migration.send(sent..<sent + 20)
                    sent += 20
                    try await migration.waitForDeliveries(["lago", "flexprice"])
                    _ = try await migration.compare(["lago", "flexprice"])
                    return try await migration.run(["migrate", "ramp", "to-flexprice", "--share", "5"]).code == 0
                }
                try await waitUntil("the gate holds it") { try await status(stage)["hold"] is [String: Any] }
                let hold = try #require(try await status(stage)["hold"] as? [String: Any])
                #expect(
                    (hold["reason"] as? String)?.hasPrefix("unexplained is unknown: last measured for") == true,
                    "\(hold)"
                )
            }
        }
    }
}
