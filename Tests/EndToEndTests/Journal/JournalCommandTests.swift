import Foundation
import TestSupport
import Testing

/// `tollgate journal check`, `repair`, `export` and `status`, as an operator uses them.
@Suite struct JournalCommandTests {
    /// Changes a byte of the first chunk of a stopped gateway's journal, in the file.
    private func flipByte(in folder: URL) throws {
        let file = folder.appending(path: "journal.sqlite")
        var bytes = try Data(contentsOf: file)
        let place = try #require(bytes.range(of: Data("TGch".utf8))?.lowerBound)
        bytes[place + 40] ^= 1
        try bytes.write(to: file)
    }

    @Test func `names the chunk in which a byte has changed, and takes it from a backup`() async throws {
        try await Stage.set { (stage) async throws in
            let journal = JournalStage(stage: stage)
            try await stage.withGateway { _ async throws in
                try await journal.send(3, named: "e")
                let well = try await journal.run(["check"])
                #expect(well.status == 0 && well.text.contains("nothing is damaged"), "\(well.text)")
            }
            #expect(try await journal.run(["backup", journal.backup.path]).status == 0)
            try flipByte(in: stage.dataFolder)

            let check = try await journal.run(["check"])
            #expect(check.status == 1 && check.text.contains("chunk 1-3: the checksum does not match"), "\(check.text)")
            let json = try await journal.run(["check", "--json"])
            #expect(json.status == 1 && json.text.contains(#""location":"chunk 1-3""#), "\(json.text)")
            let doctor = try await journal.run(["status"])
            #expect(doctor.status == 0, "\(doctor.text)")
            let left = try await journal.run(["repair"])
            #expect(left.status == 1 && left.text.contains("damaged still: chunk 1-3"), "\(left.text)")
            let repaired = try await journal.run(["repair", "--from", journal.backup.path])
            #expect(
                repaired.status == 0 && repaired.text.contains("taken from the backup: chunk 1-3"),
                "\(repaired.text)"
            )
            #expect(try await journal.run(["check"]).status == 0)
            try await stage.withGateway { _ async throws in
                #expect(try await stage.client.get("/v1/events/e-2").status == 200)
                let refused = try await journal.run(["repair"])
                #expect(refused.status == 1 && refused.text.contains("in use by process"), "\(refused.text)")
            }
        }
    }

    @Test func `exports events that another gateway accepts as the same`() async throws {
        try await Stage.set { (stage) async throws in
            let journal = JournalStage(stage: stage)
            let file = stage.folder.appending(path: "events.ndjson")
            try await stage.withGateway { _ async throws in
                try await journal.send(20, named: "e")
                let old =
                    #"{"id":"old","name":"n","customer_id":"c","timestamp":"2024-01-01T00:00:00Z","source":"api"}"#
                #expect(try await stage.client.post("/v1/events", old).status == 202)
                try await waitUntil("it is delivered") { try await stage.statuses(of: "old")["lago"] == "delivered" }
                let outcome = try await journal.run(["export"])
                #expect(outcome.status == 0 && outcome.lines.count == 21, "\(outcome.text)")
                try Data((outcome.text + "\n").utf8).write(to: file)
                let events = try outcome.lines.map { try event($0) }
                let exported = try #require(events.first { $0["id"] as? String == "old" })
                #expect(
                    exported["specversion"] as? String == "1.0"
                        && exported["time"] as? String == "2024-01-01T00:00:00.000Z"
                )
                let deliveries = try #require(exported["deliveries"] as? String)
                #expect(
                    deliveries.contains(#""provider":"lago","adapter":"lago","mode":"primary","status":"delivered""#)
                )

                let window = try await journal.run([
                    "export", "--from", "2024-01-01T00:00:00Z", "--until", "2025-01-01T00:00:00Z",
                ])
                #expect(window.lines.count == 1 && window.text.contains(#""id":"old""#), "\(window.text)")
                let wrong = try await journal.run(["export", "--from", "yesterday"])
                #expect(wrong.status == 64 && wrong.text.contains("--from must be a time"), "\(wrong.text)")
            }
            try await journal.withGateway(on: "other") { (other) async throws in
                let send = try ChildProcess(
                    "tollgate",
                    ["send", file.path, "--url", other.client.base],
                    environment: ["TOLLGATE_KEY": Stage.key]
                )
                let status = try await send.waitForExit()
                #expect(status == 0, "\(send.lines)")
                let one = try await other.client.get("/v1/events/e-7").object()
                #expect(one["name"] as? String == "api_request" && one["customer_id"] as? String == "c0")
                #expect((one["properties"] as? [String: Any])?["units"] as? Int == 7)
                let old = try await other.client.get("/v1/events/old").object()
                #expect(old["timestamp"] as? String == "2024-01-01T00:00:00.000Z" && old["source"] as? String == "api")
                // The same lines once more are recognized.
                let copy = stage.folder.appending(path: "again.ndjson")
                try FileManager.default.copyItem(at: file, to: copy)
                let again = try ChildProcess(
                    "tollgate",
                    ["send", copy.path, "--url", other.client.base],
                    environment: ["TOLLGATE_KEY": Stage.key]
                )
                #expect(try await again.waitForExit() == 0)
                let names = try await other.client.get("/v1/events/names").text
                #expect(names.contains(#""count":20"#), "\(names)")
            }
        }
    }

    private func event(_ line: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func `shows the state of a running and of a stopped gateway's journal`() async throws {
        try await Stage.set { (stage) async throws in
            let journal = JournalStage(stage: stage)
            try await stage.withGateway { (gateway) async throws in
                try await journal.send(5, named: "e")
                let running = try await journal.run(["status"])
                #expect(
                    running.status == 0 && running.text.contains("running, process \(gateway.identifier)"),
                    "\(running.text)"
                )
                #expect(running.text.contains("no forecast yet"))
            }
            let stopped = try await journal.run(["status", "--json"])
            let status = try event(stopped.text)
            #expect(
                status["running"] as? Bool == false && status["events"] as? Int == 5 && status["layout"] as? Int == 10
            )
        }
    }
}
