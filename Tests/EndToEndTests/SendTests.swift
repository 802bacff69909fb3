import Foundation
import TestSupport
import Testing

/// `tollgate send` with real files and gateways.
@Suite struct SendTests {
    private static let other = "a-key-of-another-tenant-of-the-gateway"

    /// Runs `tollgate send` and gives its exit code and last line.
    @discardableResult
    private func send(
        _ arguments: String...,
        to stage: Stage,
        key: String = Stage.key
    ) async throws -> (code: Int32, lines: [String]) {
        let environment = ["TOLLGATE_URL": "http://127.0.0.1:\(stage.port)", "TOLLGATE_KEY": key]
        let process = try ChildProcess("tollgate", ["send"] + arguments, environment: environment)
        let code = try await process.waitForExit()
        return (code, process.lines)
    }

    private func file(_ name: String, _ content: String, in stage: Stage) throws -> URL {
        let file = stage.folder.appending(path: name)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(content.utf8).write(to: file)
        return file
    }

    private func expect(
        _ summary: String,
        _ result: (code: Int32, lines: [String]),
        code: Int32 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(result.code == code, "\(result.lines)", sourceLocation: sourceLocation)
        #expect(
            result.lines.contains { $0.hasPrefix(summary) },
            "expected \(summary) in \(result.lines)",
            sourceLocation: sourceLocation
        )
    }

    @Test func `sends a file once, however often it is told to`() async throws {
        try await Stage.set { (stage) async throws in
            let lines = (1...1200).map { #"{"name":"n","customer_id":"c","properties":{"n":\#($0)}}"# }
            let file = try file("events.ndjson", lines.joined(separator: "\n"), in: stage)
            try await stage.withGateway { _ async throws in
                expect("1200 accepted", try await send(file.path, to: stage))
                expect(
                    "0 accepted, 0 duplicates, 0 refused, 1200 sent by an earlier run",
                    try await send(file.path, to: stage)
                )
                // Without the memory of the first run the ids still keep the events apart.
                try FileManager.default.removeItem(atPath: file.path + ".tollgate-progress")
                expect("0 accepted, 1200 duplicates", try await send(file.path, to: stage))
                try await waitUntil("all arrive") { try await stage.billed("lago").count == 1200 }
            }
        }
    }

    @Test func `sends a file again to a new journal, and for another tenant`() async throws {
        try await Stage.set { (stage) async throws in
            let file = try file("usage.ndjson", #"{"id":"1","name":"n","customer_id":"c"}"#, in: stage)
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let clients = #""clients": [{"name": "rival", "key_sha256": "\#(Self.otherDigest)"}, "#
            try Data(text.replacing(#""clients": ["#, with: clients).utf8).write(to: stage.routesFile)
            try await stage.withGateway { _ async throws in
                expect("1 accepted", try await send(file.path, to: stage))
                expect("1 accepted", try await send(file.path, to: stage, key: Self.other))
                let again = "0 accepted, 0 duplicates, 0 refused, 1 sent by an earlier run"
                expect(again, try await send(file.path, to: stage))
                expect(again, try await send(file.path, to: stage, key: Self.other))
            }
            try FileManager.default.removeItem(at: stage.dataFolder)
            try await stage.withGateway { _ async throws in
                expect("1 accepted", try await send(file.path, to: stage))
            }
        }
    }

    /// The SHA-256 of ``other``.
    private static let otherDigest = "df1aebd66162aa0b394d0c4be67b1092b313f994c8332a747edd7631cc76ed5e"

    @Test func `takes equal lines of two files for two events, and a renamed file for the same one`() async throws {
        try await Stage.set { (stage) async throws in
            let line = #"{"name":"n","customer_id":"c"}"# + "\n"
            let first = try file("host-a/usage.ndjson", line, in: stage)
            let second = try file("host-b/usage.ndjson", line, in: stage)
            try await stage.withGateway { _ async throws in
                expect("1 accepted", try await send(first.path, to: stage))
                expect("1 accepted", try await send(second.path, to: stage))

                let renamed = stage.folder.appending(path: "host-a/old.ndjson")
                try FileManager.default.moveItem(at: first, to: renamed)
                expect("0 accepted, 0 duplicates, 0 refused, 1 sent", try await send(renamed.path, to: stage))

                expect("1 accepted", try await send(second.path, "--source", "x", to: stage))
                expect("0 accepted, 1 duplicates", try await send(renamed.path, "--source", "x", to: stage))
            }
        }
    }

    @Test func `goes on behind forbidden, oversized and broken lines, each named`() async throws {
        try await Stage.set { (stage) async throws in
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let clients = #""clients": [{"name": "narrow", "key_sha256": "\#(Self.otherDigest)", "names": ["api.*"]}, "#
            try Data(text.replacing(#""clients": ["#, with: clients).utf8).write(to: stage.routesFile)
            let forbidden = (0..<700).map { #"{"id":"f\#($0)","name":"internal","customer_id":"c"}"# }
            let good = (0..<100).map { #"{"id":"g\#($0)","name":"api.x","customer_id":"c"}"# }
            let broken = ["{oops", #"{"id":"deep","name":"api.x","customer_id":"c","properties":{"a":\#(Self.deep)}}"#]
            let large = #"{"id":"large","name":"api.x","customer_id":"c","source":"\#(Self.large)"}"#
            let lines = forbidden + broken + [large] + good
            let file = try file("events.ndjson", lines.joined(separator: "\n"), in: stage)
            try await stage.withGateway { _ async throws in
                let result = try await send(file.path, to: stage, key: Self.other)
                expect("100 accepted, 0 duplicates, 703 refused", result, code: 1)
                for line in [1, 20] { #expect(result.lines.contains { $0.hasPrefix("\(file.path):\(line): ") }) }
            }
        }
    }

    /// Deeper than an event may be.
    private static let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
    /// More than the gateway's body limit.
    private static let large = String(repeating: "x", count: 33 << 20)

    @Test func `sends CloudEvents and canonical events of one file, each as what it is`() async throws {
        try await Stage.set { (stage) async throws in
            let cloudEvent =
                #"{"specversion":"1.0","id":"ce","type":"n","source":"edge","subject":"c","time":"2026-11-20T08:00:01Z"}"#
            let canonical = #"{"id":"ca","name":"n","customer_id":"c"}"#
            let file = try file("mixed.ndjson", cloudEvent + "\n" + canonical + "\n" + cloudEvent, in: stage)
            try await stage.withGateway { _ async throws in
                expect("2 accepted, 1 duplicates", try await send(file.path, to: stage))
                #expect(try await stage.client.get("/v1/events/ce").status == 200)
            }
        }
    }

    @Test func `says within a few tries that no gateway is there`() async throws {
        try await Stage.set { (stage) async throws in
            let file = try file("usage.ndjson", #"{"id":"1","name":"n","customer_id":"c"}"#, in: stage)
            let result = try await send(file.path, to: stage)
            expect("\(file.path): the gateway at ", result, code: 1)
        }
    }
}
