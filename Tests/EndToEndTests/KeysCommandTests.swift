import Foundation
import TestSupport
import Testing

/// Keys that are made, followed and ended while the gateway runs.
@Suite struct KeysCommandTests {
    private static let imported = "5a4db0c5-vendors-own-key-1234567890"

    /// Runs `tollgate keys`, gives its lines, and expects this exit code.
    private func keys(_ arguments: [String], _ stage: Stage, exit: Int32 = 0, input: String = "") async throws
        -> [String]
    {
        let output = stage.folder.appending(path: UUID().uuidString)
        let program = ChildProcess.programs.appending(path: "tollgate").path
        let process = try ChildProcess(
            path: "/bin/sh",
            [
                "-c", #"input=$1; output=$2; shift 2; printf '%s' "$input" | "$@" > "$output" 2>&1"#, "sh", input,
                output.path, program, "keys",
            ] + arguments,
            environment: ["TOLLGATE_DATA": stage.dataFolder.path, "TOLLGATE_ROUTES": stage.routesFile.path]
        )
        let status = try await process.waitForExit()
        let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(status == exit, "\(lines)")
        return lines
    }

    /// The one line that is a key.
    private func key(in lines: [String]) throws -> String {
        try #require(lines.first { $0.wholeMatch(of: #/tg_[0-9A-Za-z]{49}/#) != nil }, "\(lines)")
    }

    /// The id in `key 3f9a0c12 of demo`.
    private func id(in lines: [String]) throws -> String {
        let match = lines.lazy.compactMap { $0.firstMatch(of: #/^key (\S+) of/#) }.first
        return try String(#require(match, "\(lines)").1)
    }

    private func status(_ key: String, _ stage: Stage) async throws -> Int {
        try await WebClient(base: stage.client.base, key: key).get("/v1/events").status
    }

    private func waitFor(_ status: Int, _ key: String, _ stage: Stage, _ what: String) async throws {
        try await waitUntil(what) { try await self.status(key, stage) == status }
    }

    @Test func `makes a key, follows it without a gap, and takes it out of use, all while the gateway runs`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            let before = try key(in: try await keys(["create", "demo", "--id", "first"], stage))
            try await stage.withGateway { (gateway) async throws in
                #expect(try await status(before, stage) == 200)

                let rotated = try await keys(["rotate", "first", "--overlap", "1h"], stage)
                let after = try key(in: rotated)
                try await waitFor(200, after, stage, "the new key opens")
                #expect(try await status(before, stage) == 200)

                _ = try await keys(["revoke", "first"], stage)
                try await waitFor(401, before, stage, "the revoked key is refused")
                #expect(try await status(after, stage) == 200)
                _ = try await gateway.waitForLine("the log says so") {
                    $0.contains("demo first: revoked") && $0.contains("tollgate.audit") ? true : nil
                }

                let last = try key(in: try await keys(["rotate", try id(in: rotated), "--overlap", "0"], stage))
                try await waitFor(401, after, stage, "a key without overlap is refused")
                #expect(try await status(last, stage) == 200)
                for secret in [before, after, last] {
                    #expect(!gateway.lines.contains { $0.contains(secret) })
                    #expect(
                        !(try String(contentsOf: stage.dataFolder.appending(path: "keys.json"), encoding: .utf8))
                            .contains(secret)
                    )
                    #expect(!(try await keys(["list"], stage)).contains { $0.contains(secret) })
                }
            }
            _ = try await keys(["create", "demo", "--id", "meanwhile"], stage)
            try await expectInAuditLog(stage)
            try await stage.withGateway { (gateway) async throws in
                #expect(try await status(before, stage) == 401, "a revoked key stays so over a restart")
                _ = try await gateway.waitForLine("what was done while no gateway ran is in the log too") { line in
                    line.contains("tollgate.keys") && line.contains("demo first: ") && line.contains(", revoked ")
                        && line.contains("demo meanwhile: generated ")
                        ? true : nil
                }
            }
        }
    }

    @Test func `registers a key that an application has already`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                _ = try await keys(["import", "demo", "--expires", "30d"], stage, input: Self.imported + "\n")
                try await waitFor(200, Self.imported, stage, "the vendor's key opens")
                let again = try await keys(["import", "demo"], stage, exit: 1, input: Self.imported)
                #expect(again.contains { $0.contains("this key already exists") })
                let list = try await keys(["list", "--json"], stage).joined()
                let listed = try JSONSerialization.jsonObject(with: Data(list.utf8)) as? [String: [[String: Any]]]
                #expect(listed?["keys"]?.map { $0["from"] as? String } == ["routes.json", "imported"])
                #expect(listed?["keys"]?.map { $0["state"] as? String } == ["usable", "usable"])
            }
        }
    }

    @Test func `says that a key is mistyped`() async throws {
        try await Stage.set { (stage) async throws in
            let key = try key(in: try await keys(["create", "demo"], stage))
            try await stage.withGateway { _ async throws in
                let answer = try await WebClient(base: stage.client.base, key: String(key.dropLast())).get("/v1/events")
                #expect(answer.status == 401 && answer.text.contains("mistyped"))
                #expect(!answer.text.contains(key.dropLast(2)))
            }
        }
    }

    @Test func `says what to do where a key cannot be made`() async throws {
        try await Stage.set { (stage) async throws in
            let stranger = try await keys(["create", "demi"], stage, exit: 1)
            #expect(stranger.contains { $0.contains(#"no client "demi" (did you mean "demo"?)"#) })
            #expect(
                try await keys(["revoke", "97f523f4"], stage, exit: 1).contains { $0.contains("is in routes.json") }
            )
            #expect(
                try await keys(["revoke", "nobody"], stage, exit: 1).contains { $0.contains("tollgate keys list") }
            )
            #expect(try await keys(["create", "demo", "--expires", "soon"], stage, exit: 64).isEmpty == false)
            let first = try await keys(["rotate", "demo"], stage)
            #expect(first.contains { $0.contains("The key 97f523f4 of demo is in routes.json") })
        }
    }

    @Test func `does not start with keys that it cannot read, and keeps those in force when the file breaks`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            let file = stage.dataFolder.appending(path: "keys.json")
            let made = try key(in: try await keys(["create", "demo"], stage))
            let good = try Data(contentsOf: file)
            try await stage.withGateway { (gateway) async throws in
                try Data("{".utf8).write(to: file, options: .atomic)
                _ = try await gateway.waitForLine("the file is refused") {
                    $0.contains("keys.json is invalid") && $0.contains("tollgate.audit") ? true : nil
                }
                #expect(try await status(made, stage) == 200)
            }
            let gateway = try stage.launch()
            #expect(try await gateway.waitForExit() == 1)
            #expect(gateway.lines.contains { $0.contains("keys.json:1:") })
            try good.write(to: file, options: .atomic)
        }
    }

    /// Acts at keys are in the audit log with the operating system's user, also those of a time when no gateway ran, each once.
    private func expectInAuditLog(_ stage: Stage) async throws {
        let key = try key(in: try await keys(["create", "demo", "--id", "admin"], stage))
        try stage.writeRoutes(scopes: ["admin"])
        let client = WebClient(base: stage.client.base, key: key)
        for _ in 1...2 {
            try await stage.withGateway { _ async throws in
                var acts: [[String: Any]] = []
                try await waitUntil("the acts are in the audit log") {
                    let path = "/v1/log?category=administration&limit=1000"
                    let entries = try await client.get(path).object()["entries"] as? [[String: Any]] ?? []
                    acts = entries.filter { ($0["action"] as? String)?.hasPrefix("keys: ") == true }
                    return acts.contains { ($0["details"] as? [String: String])?["key"] == "admin" }
                }
                let names = acts.map { "\($0["action"] ?? "") \(($0["details"] as? [String: String])?["key"] ?? "")" }
                for name in [
                    "keys: create first", "keys: revoke first", "keys: create meanwhile", "keys: create admin",
                ] {
                    #expect(names.count { $0 == name } == 1, "\(names)")
                }
                #expect(acts.allSatisfy { $0["actor"] as? String == NSUserName() })
            }
        }
    }
}
