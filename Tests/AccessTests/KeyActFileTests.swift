import Events
import Foundation
import Randomness
import TestSupport
import Testing

@testable import Access

@Suite struct KeyActFileTests {
    private static func act(_ number: Int, user: String = "root", details: [String: String] = [:]) -> KeyAct {
        KeyAct(
            at: Timestamp(milliseconds: 1_790_000_000_000 + Int64(number)),
            by: user,
            "keys: create",
            ["key": "k\(number)"].merging(details) { $1 }
        )
    }

    private static func append(_ acts: [KeyAct], in folder: URL) throws {
        for act in acts { try KeyActFile(in: folder).append(act) { _ in } }
    }

    private static func file(in folder: URL) -> URL { folder.appending(path: "keys.audit") }

    @Test func `keeps every text as it is, one act per line`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let texts = [
                "", "a\nb", "\r", "\u{0}", "\"}\n{\"", "e\u{301}", "\u{301}", "\u{202E}", "😀", "\\u0041", "\u{2028}",
            ]
            let acts = texts.enumerated().map { Self.act($0, user: $1, details: ["client": $1, $1: "value"]) }
            try Self.append(acts, in: folder)
            let content = try Data(contentsOf: Self.file(in: folder))
            #expect(content.count { $0 == UInt8(ascii: "\n") } == acts.count)
            #expect(try KeyActFile(in: folder).take() == acts)
        }
    }

    /// A crash or a full disk can end a line anywhere.
    @Test(arguments: 1...40)
    func `loses the act that was cut off, and none after it`(seed: UInt64) async throws {
        try await withTemporaryFolder { (folder) async throws in
            var random = SplitMix(seed: seed)
            try Self.append([Self.act(1), Self.act(2)], in: folder)
            let whole = try Data(contentsOf: Self.file(in: folder))
            let firstEnd = try #require(whole.firstIndex(of: UInt8(ascii: "\n")))
            let end = Int.random(in: (firstEnd + 1)..<whole.count, using: &random)
            try whole.prefix(end).write(to: Self.file(in: folder))
            try Self.append([Self.act(3), Self.act(4)], in: folder)
            // Only the end of the line is missing if all of its object is there.
            let kept = end == whole.count - 1 ? [1, 2, 3, 4] : [1, 3, 4]
            #expect(try KeyActFile(in: folder).take() == kept.map { Self.act($0) }, "cut at \(end) of \(whole.count)")
        }
    }

    @Test func `skips lines that are no acts`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            try Self.append([Self.act(1)], in: folder)
            let lines = [
                "", "{", "null", "[]", "{}", #"{"at":"2026-01-01T00:00:00Z","user":"u"}"#,
                #"{"at":"yesterday","user":"u","action":"a"}"#, #"{"at":1,"user":"u","action":"a"}"#,
                #"{"at":"2026-01-01T00:00:00Z","user":7,"action":"a"}"#, String(repeating: "[", count: 100_000),
            ]
            var content = try Data(contentsOf: Self.file(in: folder))
            content += Data(lines.map { $0 + "\n" }.joined().utf8) + Data([0xFF, 0x00, 0xC3, 0x0A])
            try content.write(to: Self.file(in: folder))
            try Self.append([Self.act(2)], in: folder)
            #expect(try KeyActFile(in: folder).take() == [Self.act(1), Self.act(2)])
        }
    }

    @Test func `an act without details, or with values that are no texts, is still an act`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let text = """
                {"at":"2026-01-01T00:00:00Z","user":"u","action":"a"}
                {"at":"2026-01-01T00:00:00Z","user":"u","action":"a","details":7}
                {"at":"2026-01-01T00:00:00Z","user":"u","action":"a","details":{"key":"k","n":7}}

                """
            try Data(text.utf8).write(to: Self.file(in: folder))
            let start = try #require(Timestamp(rfc3339: "2026-01-01T00:00:00Z"))
            let plain = KeyAct(at: start, by: "u", "a", [:])
            #expect(try KeyActFile(in: folder).take() == [plain, plain, KeyAct(at: start, by: "u", "a", ["key": "k"])])
        }
    }

    @Test func `adds nothing beyond four megabytes until a gateway has taken what there is`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            try Data(repeating: UInt8(ascii: "\n"), count: 4 << 20).write(to: Self.file(in: folder))
            try Self.append([Self.act(1)], in: folder)
            #expect(try KeyActFile(in: folder).take() == [])
            try Self.append([Self.act(2)], in: folder)
            #expect(try KeyActFile(in: folder).take() == [], "what was taken comes first until it is forgotten")
            try KeyActFile(in: folder).forget()
            #expect(try KeyActFile(in: folder).take() == [Self.act(2)])
        }
    }

    @Test func `writes through no link, and nothing if the owner cannot be set`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let other = folder.appending(path: "other")
            try Data("safe".utf8).write(to: other)
            try FileManager.default.createSymbolicLink(at: Self.file(in: folder), withDestinationURL: other)
            #expect(throws: POSIXError.self) { try Self.append([Self.act(1)], in: folder) }
            #expect(try Data(contentsOf: other) == Data("safe".utf8))
            try FileManager.default.removeItem(at: Self.file(in: folder))
            struct NoOwner: Error {}
            #expect(throws: NoOwner.self) { try KeyActFile(in: folder).append(Self.act(1)) { _ in throw NoOwner() } }
            #expect(try KeyActFile(in: folder).take() == [])
        }
    }
}
