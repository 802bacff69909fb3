import Foundation
import TestSupport
import Testing

/// `tollgate migrate anchors load`, `write` and `metrics`: the files of a migration.
@Suite struct MigrationFileTests {
    @Test func `fills the anchors from Lago's subscriptions, and never changes a row unasked`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeMigration()
            let file = migration.stage.folder.appending(path: "anchors.csv")
            let load = ["migrate", "anchors", "load", "to-flexprice", file.path]
            try await migration.stage.withGateway { _ async throws in
                for (customer, day) in [("c0", 31), ("c1", 15), ("c2", 1)] {
                    let start = "2026-01-\(day < 10 ? "0" : "")\(day)T00:00:00Z"
                    try await migration.subscribe(
                        customer,
                        #","billing_time":"anniversary","subscription_at":"\#(start)""#
                    )
                }
                try await migration.subscribe("c3")
                let dry = try await migration.run(load + ["--dry-run"])
                #expect(dry.code == 0 && dry.text.contains("4 added, 0 different and kept"), "\(dry.text)")
                #expect(!FileManager.default.fileExists(atPath: file.path))

                #expect(try await migration.run(load).code == 0)
                let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                #expect(rows.first == "customer_id,anchor" && rows.count == 5, "\(rows)")
                #expect(rows.contains("c0,2026-01-31") && rows.contains("c1,2026-01-15"), "\(rows)")
                // The gateway takes the file.
                try migration.writeMigration(["boundary": ["anchors": "anchors.csv"]])
                try await migration.reload()

                try Data("customer_id,anchor\nc1,2026-01-20\nmine,2026-01-02\n".utf8).write(to: file)
                let kept = try await migration.run(load)
                #expect(kept.code == 1, "\(kept.text)")
                #expect(
                    kept.text.contains("3 added, 1 different and kept, 0 unchanged, 1 without a subscription"),
                    "\(kept.text)"
                )
                #expect(kept.text.contains("c1: 2026-01-20 in the file, 2026-01-15 at the vendor"), "\(kept.text)")
                #expect(try String(contentsOf: file, encoding: .utf8).contains("c1,2026-01-20\nmine,2026-01-02\n"))
                let changed = try await migration.run(load + ["--overwrite"])
                #expect(changed.code == 0 && changed.text.contains("0 added, 1 changed"), "\(changed.text)")
                #expect(try String(contentsOf: file, encoding: .utf8).contains("c1,2026-01-15\nmine,2026-01-02\n"))
            }
        }
    }

    @Test func `fills the anchors from Flexprice's subscriptions, by the application's ids of customers`() async throws
    {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            try migration.writeRoutes(["flexprice", "lago"])
            let away = #""migrations": {"to-lago": {"route": "all", "from": "flexprice", "to": "lago"}}, "clients": [{"#
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
                .replacing(#""clients": [{"#, with: away)
            try Data(text.utf8).write(to: stage.routesFile)
            let file = stage.folder.appending(path: "anchors.csv")
            try await stage.withGateway { _ async throws in
                for (customer, day) in [("c0", 31), ("c1", 15)] {
                    try await migration.makeFlexpriceCustomer(customer)
                    let subscription =
                        #"{"external_customer_id":"\#(customer)","plan_id":"plan_pro","currency":"usd","#
                        + #""billing_cycle":"anniversary","start_date":"2026-01-\#(day)T00:00:00Z"}"#
                    try await migration.post("flexprice", "/v1/subscriptions", subscription)
                }
                let loaded = try await migration.run(["migrate", "anchors", "load", "to-lago", file.path])
                #expect(loaded.code == 0 && loaded.text.contains("2 added"), "\(loaded.text)")
                let rows = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
                #expect(rows.first == "customer_id,anchor")
                #expect(Set(rows.dropFirst()) == ["c0,2026-01-31", "c1,2026-01-15"], "\(rows)")

                try await migration.send(0..<20)
                try await migration.waitForDeliveries(["flexprice"])
                let checked = try await migration.run(["migrate", "check", "to-lago"])
                #expect(checked.text.contains("note: 2 subscriptions at flexprice without an end"), "\(checked.text)")
            }
        }
    }

    @Test func `prints the file with the stage that was ordered, and shows no override once the file says it`()
        async throws
    {
        try await Migration.set { (migration) async throws in
            try migration.writeMigration()
            let stage = migration.stage
            func overrides() async throws -> [[String: Any]] {
                try await stage.client.get("/v1/config").object()["overrides"] as? [[String: Any]] ?? []
            }
            try await stage.withGateway { _ async throws in
                let write = ["migrate", "write", "to-flexprice", stage.routesFile.path]
                let same = try await migration.run(write)
                #expect(same.code == 0 && same.text.contains("the file says the same already"), "\(same.text)")
                #expect(try await migration.run(["migrate", "start", "to-flexprice", "--stage", "mirror"]).code == 0)
                #expect(try await overrides().count == 1)
                let written = try await migration.run(write)
                #expect(
                    written.code == 0 && written.text.contains("flexprice has the mode mirror on the route all"),
                    "\(written.text)"
                )
                let start = try #require(written.text.firstIndex(of: "{"))
                let end = try #require(written.text.lastIndex(of: "}"))
                try Data(written.text[start...end].utf8).write(to: stage.routesFile, options: .atomic)
                try await migration.reload()
                #expect(try await overrides().isEmpty)
                #expect(try await migration.run(["migrate", "hold", "to-flexprice"]).code == 0)
                #expect(try await overrides().count == 1)
            }
        }
    }

    @Test func `proposes metrics for the two providers of a migration`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeMigration()
            try await migration.stage.withGateway { _ async throws in
                let metric = #"{"billable_metric":{"name":"calls","code":"api_0","aggregation_type":"count_agg"}}"#
                try await migration.post("lago", "/api/v1/billable_metrics", metric)
                try await migration.makeFlexpriceCount(of: "api_0")
                let found = try await migration.run(["migrate", "metrics", "to-flexprice"])
                #expect(found.code == 0 && found.text.contains("api_0"), "\(found.text)")
                let other = try await migration.run(["metrics", "propose", "--providers", "lago,flexprice"])
                #expect(other.text == found.text)
            }
        }
    }
}
