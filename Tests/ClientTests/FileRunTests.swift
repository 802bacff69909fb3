import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Client

/// Runs over a file: from where the last one to the same journal and tenant ended.
@Suite struct FileRunTests {
    /// What one run came to.
    private struct Outcome {
        var summary = EventFileSender.Summary()
        var progress: [FileRun.Progress] = []
        var messages: [String] = []
        var failure: String?
    }

    private func run(
        _ path: String,
        at gateway: ScriptedGateway,
        source: String? = nil,
        requiresIDs: Bool = false
    ) async -> Outcome {
        var outcome = Outcome()
        let progress = Mutex<[FileRun.Progress]>([])
        let messages = Mutex<[String]>([])
        let run = FileRun(
            path: path,
            source: source,
            requiresIDs: requiresIDs,
            onProgress: { step in progress.withLock { $0.append(step) } },
            onMessage: { text in messages.withLock { $0.append(text) } }
        )
        do throws(SendFailure) {
            try await run.send(by: GatewayClient(address: gateway.address, key: "key"), into: &outcome.summary)
        } catch {
            outcome.failure = "\(error)"
        }
        outcome.progress = progress.withLock { $0 }
        outcome.messages = messages.withLock { $0 }
        return outcome
    }

    /// Runs a test with a folder and a gateway that accepts all events as `status` says.
    private func withGateway(
        identity: String = RunGateway.identity(),
        status: String = "accepted",
        _ body: (URL, ScriptedGateway) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            try await ScriptedGateway.with(
                answering: { RunGateway.answer(to: $1, identity: identity, status: status) }
            ) { gateway in
                try await body(folder, gateway)
            }
        }
    }

    private func write(_ text: String, to file: URL) throws { try Data(text.utf8).write(to: file) }

    private func stored(beside file: URL) throws -> SendProgress? {
        let bytes = try Data(contentsOf: URL(filePath: file.path + ".tollgate-progress"))
        return SendProgress([UInt8](bytes), name: "name")
    }

    private static let first = #"{"id":"1","name":"n"}"# + "\n"
    private static let second = #"{"id":"2","name":"n"}"# + "\n"

    @Test func `asks who it is, sends the file, and keeps how far it is`() async throws {
        try await withGateway { (folder, gateway) async throws in
            let file = folder.appending(path: "events.ndjson")
            try write(Self.first + Self.second, to: file)
            let outcome = await run(file.path, at: gateway)
            #expect(outcome.failure == nil && outcome.messages == [])
            #expect(outcome.summary.accepted == 2 && outcome.summary.skipped == 0)
            #expect(gateway.bodies == ["", #"[{"id":"1","name":"n"},{"id":"2","name":"n"}]"#])
            let size = (Self.first + Self.second).utf8.count
            #expect(outcome.progress == [FileRun.Progress(events: 2, bytesRead: size, fileBytes: size)])
            let progress = try #require(try stored(beside: file))
            #expect(progress.source == file.resolvingSymlinksInPath().path)
            let sent = progress.sent(to: SendProgress.Destination(journal: "j", tenant: "t"))
            #expect(sent?.events == 2)
        }
    }

    @Test func `sends only what was added`() async throws {
        try await withGateway { (folder, gateway) async throws in
            let file = folder.appending(path: "events.ndjson")
            try write(Self.first, to: file)
            _ = await run(file.path, at: gateway)
            let idle = await run(file.path, at: gateway)
            #expect(idle.summary.skipped == 1 && idle.summary.accepted == 0)
            try write(Self.first + Self.second, to: file)
            let more = await run(file.path, at: gateway)
            #expect(more.summary.skipped == 1 && more.summary.accepted == 1)
            #expect(gateway.bodies.last == #"[{"id":"2","name":"n"}]"#)
        }
    }

    @Test(arguments: [RunGateway.identity(journal: "other"), RunGateway.identity(tenant: "other")])
    func `sends the whole file to another journal, and for another tenant`(other: String) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "events.ndjson")
            try write(Self.first, to: file)
            let first = RunGateway.identity()
            for (identity, isAgain) in [(first, false), (other, false), (first, true), (other, true)] {
                try await ScriptedGateway.with(answering: { RunGateway.answer(to: $1, identity: identity) }) {
                    (gateway) async throws in
                    let outcome = await run(file.path, at: gateway)
                    #expect(outcome.summary.accepted == (isAgain ? 0 : 1))
                    #expect(outcome.summary.skipped == (isAgain ? 1 : 0))
                }
            }
        }
    }

    @Test func `sends the whole file where it no longer begins as it did`() async throws {
        try await withGateway { (folder, gateway) async throws in
            let file = folder.appending(path: "events.ndjson")
            try write(Self.first + Self.second, to: file)
            _ = await run(file.path, at: gateway)
            // In place, so that it is the same file.
            for text in [Self.second + Self.first, Self.first] {
                let handle = try FileHandle(forWritingTo: file)
                try handle.truncate(atOffset: 0)
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
                let outcome = await run(file.path, at: gateway)
                #expect(outcome.summary.skipped == 0)
                #expect(outcome.summary.accepted == text.split(separator: "\n").count)
            }
        }
    }

    /// Without an identity the journal is unknown, so that what it has is unknown too.
    @Test func `skips nothing at a gateway that does not say who the caller is`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "events.ndjson")
            try write(Self.first, to: file)
            try await ScriptedGateway.with(
                answering: { _, body in
                    body.isEmpty
                        ? ScriptedGateway.Answer(status: 404) : RunGateway.answer(to: body, identity: "")
                }
            ) { (gateway) async throws in
                for _ in 1...2 {
                    let outcome = await run(file.path, at: gateway)
                    #expect(outcome.failure == nil)
                    #expect(outcome.summary.accepted == 1 && outcome.summary.skipped == 0)
                }
                #expect(try stored(beside: file)?.sent == [])
            }
        }
    }

    @Test func `asks no gateway for a file that is not there`() async throws {
        try await withGateway { (folder, gateway) async throws in
            let outcome = await run(folder.appending(path: "none").path, at: gateway)
            #expect(outcome.failure?.hasPrefix("cannot be read: ") == true)
            #expect(gateway.bodies == [])
        }
    }

    @Test func `sends nothing where the gateway refuses the key`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "events.ndjson")
            try write(Self.first, to: file)
            let refusal = ScriptedGateway.Answer(status: 401, body: #"{"detail":"the key is unknown"}"#)
            try await ScriptedGateway.with(answering: { _, _ in refusal }) { (gateway) async throws in
                let outcome = await run(file.path, at: gateway)
                #expect(outcome.failure == "the key is unknown")
                #expect(gateway.bodies == [""])
            }
        }
    }

    /// The two bytes are the brackets around a batch.
    @Test func `refuses what does not fit the gateway's limit with the brackets around it`() async throws {
        let size = Self.first.utf8.count - 1
        for (limit, accepted) in [(size + 2, 1), (size + 1, 0)] {
            try await withGateway(identity: RunGateway.identity(limit: "\(limit)")) { (folder, gateway) async throws in
                let file = folder.appending(path: "events.ndjson")
                try write(Self.first, to: file)
                let outcome = await run(file.path, at: gateway)
                #expect(outcome.summary.accepted == accepted && outcome.summary.refusedCount == 1 - accepted)
                if accepted == 0 {
                    let message = "the event has \(size) bytes, and the gateway accepts at most \(size - 1)"
                    #expect(outcome.summary.refused == [FileFault(FilePosition(line: 1), message)])
                }
            }
        }
    }

    @Test func `tells once that its progress cannot be kept, and sends the file`() async throws {
        try await withGateway { (folder, gateway) async throws in
            let file = folder.appending(path: "events.ndjson")
            // Three batches, each of which would be noted.
            let events = (0..<1200).map { #"{"id":"\#($0)"}"# }
            try write(events.joined(separator: "\n"), to: file)
            try FileManager.default.createDirectory(
                atPath: file.path + ".tollgate-progress",
                withIntermediateDirectories: false
            )
            let outcome = await run(file.path, at: gateway)
            #expect(outcome.failure == nil && outcome.summary.accepted == 1200)
            #expect(outcome.messages.count == 1)
            #expect(
                outcome.messages.first?.hasPrefix("the progress file cannot be written next to the file: ") == true
            )
        }
    }

    @Test func `gives equal lines of files with one source one ID, and of other files others`() async throws {
        try await withGateway { (folder, gateway) async throws in
            for name in ["a", "b"] { try write(#"{"name":"n"}"#, to: folder.appending(path: name)) }
            for (name, source) in [("a", nil), ("b", nil), ("a", "s"), ("b", "s")] {
                _ = await run(folder.appending(path: name).path, at: gateway, source: source)
            }
            let batches = gateway.bodies.filter { !$0.isEmpty }
            #expect(batches.count == 4 && batches[2] == batches[3])
            #expect(Set(batches).count == 3)
        }
    }

    @Test func `sends a file once, by whatever link it is named`() async throws {
        try await withGateway { (folder, gateway) async throws in
            let (file, link) = (folder.appending(path: "events"), folder.appending(path: "link"))
            try write(#"{"name":"n"}"#, to: file)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            _ = await run(link.path, at: gateway)
            #expect(try stored(beside: file)?.sent.count == 1)
            #expect(await run(file.path, at: gateway).summary.skipped == 1)
        }
    }

    @Test func `says that equal events of a new log count as those of the old one`() async throws {
        try await withTemporaryFolder { folder in
            let (file, rotated) = (folder.appending(path: "usage.log"), folder.appending(path: "usage.log.1"))
            for (round, status) in [(1, "accepted"), (2, "duplicate")] {
                try write(#"{"name":"n","round":\#(round)}"#, to: file)
                try await ScriptedGateway.with(
                    answering: { RunGateway.answer(to: $1, identity: RunGateway.identity(), status: status) }
                ) { (gateway) async throws in
                    let messages = await run(file.path, at: gateway).messages
                    #expect(messages.count == (round == 1 ? 0 : 1))
                    #expect(messages.allSatisfy { $0.contains("is not the file that was sent from this path before") })
                }
                if round == 1 { try FileManager.default.moveItem(at: file, to: rotated) }
            }
            #expect(try stored(beside: rotated)?.sent.count == 1, "the old log keeps its progress under its new name")
        }
    }

    @Test func `requires IDs where it is told to`() async throws {
        try await withGateway { (folder, gateway) async throws in
            let file = folder.appending(path: "events")
            try write(Self.first + #"{"name":"n"}"#, to: file)
            let outcome = await run(file.path, at: gateway, requiresIDs: true)
            #expect(outcome.summary.accepted == 1 && outcome.summary.refused.map(\.position.line) == [2])
        }
    }
}

/// The answers of a gateway to a run: who the caller is, and a result for each event.
private enum RunGateway {
    static func identity(journal: String = "j", tenant: String = "t", limit: String = "1000000") -> String {
        #"{"tenant":"\#(tenant)","journal":"\#(journal)","limits":{"body_bytes":\#(limit)}}"#
    }

    static func answer(to body: String, identity: String, status: String = "accepted") -> ScriptedGateway.Answer {
        guard !body.isEmpty else { return ScriptedGateway.Answer(body: identity) }
        let count = body.matches(of: #/"id":/#).count
        let results = (0..<count).map { #"{"index":\#($0),"status":"\#(status)"}"# }
        return ScriptedGateway.Answer(status: 202, body: #"{"events":[\#(results.joined(separator: ","))]}"#)
    }
}
