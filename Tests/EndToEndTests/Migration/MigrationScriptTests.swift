import Foundation
import TestSupport
import Testing

/// Migrations in pipelines: exit codes, scopes, and nothing secret in logs.
@Suite struct MigrationScriptTests {
    @Test func `a pipeline stops at a comparison that finds a difference`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                try await migration.send(0..<50)
                try await migration.waitForDeliveries(["lago", "polar"])
                #expect(try await pipeline(migration).contains("shipped"))
                try await migration.setSettings("polar", #"{"lose":1}"#)
                try await migration.send(50..<60)
                try await migration.waitForDeliveries(["lago", "polar"])
                let text = try await pipeline(migration)
                #expect(!text.contains("shipped") && text.contains("stopped with 1"), "\(text)")
            }
        }
    }

    /// Ships only what is equal.
    private func pipeline(_ migration: Migration) async throws -> String {
        let (from, until) = migration.window
        let program = ChildProcess.programs.appending(path: "tollgate").path
        let file = migration.stage.folder.appending(path: "parity.json").path
        let script = """
            "\(program)" parity run --from \(from) --until \(until) --providers lago,polar --json \
            --url \(migration.stage.client.base) > "\(file)" && echo shipped || echo "stopped with $?"
            """
        let shell = try ChildProcess(path: "sh", ["-c", script], environment: ["TOLLGATE_KEY": Stage.key])
        try await shell.waitForExit()
        try await waitUntil("the script has said something") { !shell.lines.isEmpty }
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file))) as? [String: Any]
        #expect(object?["state"] as? String == "finished")
        return shell.lines.joined(separator: "\n")
    }

    @Test func `each endpoint is documented, and closed to keys without its scope`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago", "polar"])
            try await migration.stage.withGateway { _ async throws in
                let document = try await migration.stage.client.get("/openapi.json").object()
                let paths = document["paths"] as? [String: [String: Any]] ?? [:]
                var checked = 0
                for (path, operations) in paths {
                    guard ["/v1/backfills", "/v1/parity", "/v1/plans"].contains(where: path.hasPrefix) else { continue }
                    for method in operations.keys where ["get", "post", "patch"].contains(method) {
                        let address = path.replacing("{id}", with: "1")
                        let rival = WebClient(base: migration.stage.client.base, key: "rival-key")
                        let body = method == "get" ? nil : Array("{}".utf8)
                        let answer = try await rival.send(method.uppercased(), address, body)
                        #expect(answer.status == 403, "\(method) \(path): \(answer.text)")
                        checked += 1
                    }
                }
                #expect(checked >= 12, "\(paths.keys.sorted())")
            }
        }
    }

    @Test func `logs hold no secret and no value of a property`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeRoutes(["lago"])
            try await migration.stage.withGateway { (gateway) async throws in
                let secret = "a-value-that-nobody-may-log"
                let event = #"{"id":"e","name":"n","customer_id":"c","properties":{"note":"\#(secret)"}}"#
                #expect(try await migration.stage.client.post("/v1/events", event).status == 202)
                try migration.writeRoutes(["lago", "polar"])
                try await migration.reload()
                try await migration.setSettings("polar", #"{"alter":1}"#)
                try await migration.waitForBackfill(try await migration.startBackfill(to: "polar"))
                try await migration.waitForDeliveries(["lago", "polar"])
                let (_, run) = try await migration.compare(["lago", "polar"])
                #expect(run["verdict"] as? String == "different")
                for text in [secret] + Stage.credentials.values + [Stage.key] {
                    #expect(!gateway.lines.contains { $0.contains(text) }, "a line has \(text)")
                }
            }
        }
    }
}
