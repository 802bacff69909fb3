import Access
import Events
import Foundation
import JSON
import Logging
import NIOCore
import Observability
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// One line of the access log for each request.
@Suite struct RequestLogTests {
    private func entry(
        _ method: String = "POST",
        _ path: String = "/v1/events",
        requestID: String? = "req-1",
        traceParent: String? = nil
    ) -> RequestLogEntry {
        RequestLogEntry(
            IncomingRequest(method: method, path: path, requestID: requestID, traceParent: traceParent, address: nil),
            countedAs: .write
        )
    }

    /// The members of the lines that these entries are written as, without the time.
    private func written(_ entries: [RequestLogEntry], level: Logger.Level = .info) async throws -> [[String: String]] {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "log")
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
            let handle = try FileHandle(forWritingTo: file)
            let output = LogOutput(format: .json, level: level, writingTo: handle.fileDescriptor)
            let log = RequestLog(output: output)
            #expect(log.isOn == (level <= .info))
            for entry in entries { log.write(entry) }
            output.flush(within: .seconds(300))
            let lines = String(decoding: try Data(contentsOf: file), as: UTF8.self).split(separator: "\n")
            try handle.close()
            return try lines.map { line in
                let members = try JSONDocument(parsing: Array(line.utf8)).root.members.map {
                    ($0.name, $0.value.string ?? "")
                }
                #expect(members.first?.0 == "time")
                return Dictionary(members.dropFirst()) { first, _ in first }
            }
        }
    }

    @Test func `says who asked for what, and how it ended`() async throws {
        var entry = entry(traceParent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
        (entry.status, entry.accepted, entry.duration) = (202, 2, .microseconds(1999))
        entry.ids = ["a", "b"]
        entry.caller = try MigrationStage.caller(MigrationStage.boss)
        #expect(
            try await written([entry]) == [
                [
                    "level": "info", "logger": "tollgate.http", "message": "request", "request_id": "req-1",
                    "method": "POST", "path": "/v1/events", "status": "202", "client": "boss", "tenant": "house",
                    "key_id": "k-boss", "accepted": "2", "ms": "1", "ids": "a,b",
                    "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736", "parent_id": "00f067aa0ba902b7",
                ]
            ]
        )
    }

    @Test func `has dashes for a caller who is not known, and no member for what there is none of`() async throws {
        let line = try #require(try await written([entry("GET", "/healthz")]).first)
        #expect(line["client"] == "-" && line["tenant"] == "-" && line["key_id"] == "-")
        #expect(line["ids"] == nil && line["trace_id"] == nil && line["parent_id"] == nil)
        #expect(line["status"] == "0" && line["accepted"] == "0" && line["ms"] == "0")
    }

    @Test func `is one line, whatever the path and the IDs have in them`() async throws {
        let text = "/\u{1B}[2J\n\"},{\"forged\":\"\u{202E}\r\n"
        var hostile = entry("GET\n", text)
        hostile.ids = [EventID("a\nb")]
        let lines = try await written([hostile, entry()])
        #expect(lines.count == 2)
        #expect(lines.first?["path"] == text && lines.first?["ids"] == "a\nb" && lines.first?["method"] == "GET\n")
        #expect(lines.first?["forged"] == nil && lines.last?["path"] == "/v1/events")
    }

    @Test func `is not written above its level`() async throws {
        #expect(try await written([entry()], level: .warning).isEmpty)
    }

    @Test func `takes a duration of any length`() async throws {
        var long = entry()
        long.duration = .seconds(Int64.max)
        #expect(try await written([long]).first?["ms"] == "\(Int64.max)")
    }
}
