import Foundation
import TestSupport
import Testing

/// `tollgate journal backup` and `restore`, as an operator uses them.
@Suite struct BackupTests {
    @Test func `backs up a running gateway, and restores its events, deliveries and duplicate window`() async throws {
        try await Stage.set { (stage) async throws in
            let journal = JournalStage(stage: stage)
            try await stage.withGateway { _ async throws in
                try await journal.send(50, named: "e")
                try await waitUntil("they are delivered") {
                    try await stage.statuses(of: "e-50").allSatisfy { $0.value == "delivered" }
                }
                let outcome = try await journal.run(["backup", journal.backup.path])
                #expect(outcome.status == 0 && outcome.text.contains("has 50 events"), "\(outcome.text)")
                let refused = try await journal.run(["restore", journal.backup.path])
                #expect(refused.status == 1 && refused.text.contains("in use by process"), "\(refused.text)")
            }
            let full = try await journal.run(["restore", journal.backup.path])
            #expect(full.status == 1 && full.text.contains("is not empty"), "\(full.text)")

            let restored = stage.folder.appending(path: "restored")
            let outcome = try await journal.run(["restore", journal.backup.path], on: restored)
            #expect(outcome.status == 0, "\(outcome.text)")
            // Knetik would bill a repeat.
            #expect(outcome.text.contains("provider knetik is held"), "\(outcome.text)")
            let check = try await journal.run(["check"], on: restored)
            #expect(check.status == 0 && check.text.contains("50 events"), "\(check.text)")
            let billed = try await stage.billed("lago").count
            try await journal.withGateway(on: "restored") { (other) async throws in
                #expect(try await other.statuses(of: "e-50") == stage.allDelivered)
                let again = #"{"id":"e-50","name":"api_request","customer_id":"c1","properties":{"units":50}}"#
                let answer = try await other.client.post("/v1/events", again)
                #expect(answer.status == 202 && answer.text.contains("duplicate"), "\(answer.text)")
                let providers = try await other.client.get("/readyz").text
                #expect(providers.contains("held by restore"), "\(providers)")
            }
            #expect(try await stage.billed("lago").count == billed)
        }
    }

    @Test func `continues a backup that was killed`() async throws {
        try await Stage.set { (stage) async throws in
            let journal = JournalStage(stage: stage)
            try await stage.withGateway { _ async throws in
                // Several pieces of 4 MiB, at one megabyte per second.
                try await journal.send(2000, named: "e", noiseBytes: 5000)
                let file = journal.backup.appending(path: "journal.sqlite")
                // On a busy machine one may be over before it is killed.
                try await waitUntil("a backup is killed in the middle") {
                    try? FileManager.default.removeItem(at: journal.backup)
                    let copy = try ChildProcess(
                        "tollgate",
                        ["journal", "backup", journal.backup.path, "--data", stage.dataFolder.path, "--rate", "1"]
                    )
                    try await waitUntil("a piece is copied") {
                        let size = try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int
                        return size ?? 0 > 4 << 20 || !copy.isRunning
                    }
                    return try await copy.stop(by: SIGKILL) == SIGKILL
                }
                let unfinished = try await journal.run(
                    ["restore", journal.backup.path],
                    on: stage.folder.appending(path: "restored")
                )
                #expect(unfinished.status == 1 && unfinished.text.contains("no complete backup"), "\(unfinished.text)")
                let outcome = try await journal.run(["backup", journal.backup.path, "--rate", "1000"])
                #expect(outcome.status == 0 && outcome.text.contains("has 2000 events"), "\(outcome.text)")
            }
            let restored = stage.folder.appending(path: "restored")
            #expect(try await journal.run(["restore", journal.backup.path], on: restored).status == 0)
            #expect(try await journal.run(["check"], on: restored).text.contains("2000 events"))
        }
    }

    @Test func `says that the target's disk is full, and continues when there is room`() async throws {
        try await SmallDisk.with(megabytes: 4) { (disk) async throws in
            try await Stage.set { (stage) async throws in
                let journal = JournalStage(stage: stage)
                try await stage.withGateway { _ async throws in
                    try await journal.send(2000, named: "e", noiseBytes: 5000)
                    let target = disk.appending(path: "backup")
                    let full = try await journal.run(["backup", target.path])
                    #expect(full.status == 1 && full.text.contains("is full"), "\(full.text)")
                    #expect(try await stage.client.get("/readyz").status == 200)
                    try await SmallDisk.enlarge(disk, toMegabytes: 64)
                    let outcome = try await journal.run(["backup", target.path])
                    #expect(outcome.status == 0 && outcome.text.contains("has 2000 events"), "\(outcome.text)")
                }
            }
        }
    }

    @Test(arguments: [
        ("backup", ["there"], "pg_basebackup"), ("restore", ["there"], "pg_restore"), ("check", [], "pg_amcheck"),
        ("repair", [], "REINDEX"), ("export", [], "GET /v1/events"),
    ])
    func `names PostgreSQL's own tools for a journal in PostgreSQL`(
        command: String,
        arguments: [String],
        tool: String
    ) async throws {
        let process = try ChildProcess(
            "tollgate",
            ["journal", command] + arguments + ["--store", "postgresql://db.invalid/billing"]
        )
        #expect(try await process.waitForExit() == 1)
        let text = process.lines.joined(separator: "\n")
        #expect(text.contains(tool) && text.contains("db.invalid"), "\(text)")
    }
}

extension Stage {
    /// What an event's deliveries are when all vendors have it.
    fileprivate var allDelivered: [String: String] {
        ["lago": "delivered", "flexprice": "delivered", "polar": "delivered", "knetik": "delivered"]
    }
}
