import TestSupport
import Testing

@testable import Client

@Suite struct EventStreamReaderTests {
    @Test func `reads messages out of pieces of any size`() throws {
        let text =
            ": connected\n\nid: 7\nevent: accepted\ndata: {\"id\":\"ä\"}\n\n: \n\nevent: settled\r\ndata:{}\r\n\r\ndata: a\ndata: b\n\n"
        let expected = [
            StreamMessage(id: "7", kind: "accepted", data: #"{"id":"ä"}"#),
            StreamMessage(id: nil, kind: "settled", data: "{}"),
            StreamMessage(id: nil, kind: "message", data: "a\nb"),
        ]
        for size in [1, 2, 7, 1000] {
            var reader = EventStreamReader()
            var found: [StreamMessage] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                found += try reader.read(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(found == expected, "pieces of \(size)")
        }
    }

    /// Something that is no stream must not fill the memory: a line without an end, or a message.
    @Test(arguments: ["data: \(String(repeating: "x", count: 95))", String(repeating: "data:\n", count: 101)])
    func `refuses a message that is larger than its limit`(text: String) {
        for size in [1, 7, 1000] {
            let refused = #expect(throws: StreamRefused.self, "pieces of \(size)") {
                var reader = EventStreamReader(limitBytes: 100)
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    _ = try reader.read(rest.prefix(size))
                    rest = rest.dropFirst(size)
                }
            }
            #expect(refused?.problem.contains("a message of more than 100 bytes") == true)
        }
    }

    @Test func `reads any number of messages within its limit`() throws {
        var reader = EventStreamReader(limitBytes: 100)
        let one = "data: \(String(repeating: "x", count: 90))\n\n"
        #expect(try reader.read(Array(String(repeating: one, count: 20).utf8)).count == 20)
        #expect(try reader.read(Array(one.utf8)).count == 1)
    }

    private func messages(_ text: String) throws -> [StreamMessage] {
        var reader = EventStreamReader()
        return try reader.read(Array(text.utf8))
    }

    @Test(arguments: [
        ("data\n\n", ["message||"]), ("data:\n\n", ["message||"]), ("data: \n\n", ["message||"]),
        ("data:  a\n\n", ["message|| a"]), ("data:a:b\n\n", ["message||a:b"]), ("data\ndata\n\n", ["message||\n"]),
        ("event: x\n\ndata: a\n\n", ["message||a"]),
        ("id: 1\nid: 2\ndata: a\n\n", ["message|2|a"]),
        ("event: x\nevent: y\ndata: a\n\n", ["y||a"]), ("Data: a\n\n", []), (" data: a\n\n", []),
        ("retry: 5\ndata: a\n\n", ["message||a"]), (":data: a\n\n", []), ("\n\n\n", []), ("data: a\n", []),
        ("data: a", []), ("data: a\n\n\n\ndata: b\n\n", ["message||a", "message||b"]),
        ("data: a\r\n\r\n", ["message||a"]),
    ])
    func `takes fields by their names, and ends a message at an empty line`(text: String, found: [String]) throws {
        #expect(try messages(text).map { "\($0.kind)|\($0.id ?? "")|\($0.data)" } == found)
    }

    @Test func `replaces bytes that are no text, and reads on`() throws {
        var reader = EventStreamReader()
        let found = try reader.read(Array("data: a".utf8) + [0xFF] + Array("b\n\ndata: c\n\n".utf8))
        #expect(found.map(\.data) == ["a\u{FFFD}b", "c"])
        #expect(found.map { $0.json == nil } == [true, true])
    }

    /// An event of many megabytes comes in thousands of pieces, and each must not search what came before.
    @Test func `reads a long line out of pieces, with what stands around it`() throws {
        var random = SeededRandom()
        for _ in 0..<20 {
            let lengths = (0..<5).map { _ in Int.random(in: 0...3000, using: &random) }
            let text = lengths.map { "data: \(String(repeating: "x", count: $0))\n\n" }.joined()
            var (reader, found, rest) = (EventStreamReader(), [Int](), Array(text.utf8)[...])
            while !rest.isEmpty {
                let size = Int.random(in: 1...500, using: &random)
                found += try reader.read(rest.prefix(size)).map(\.data.utf8.count)
                rest = rest.dropFirst(size)
            }
            #expect(found == lengths, "seed \(SeededRandom.seed)")
        }
    }

    @Test(arguments: [(10, true), (11, false)])
    func `counts the lines of a message to its limit and not beyond`(count: Int, isTaken: Bool) throws {
        var reader = EventStreamReader(limitBytes: 10)
        // Each line counts with its end.
        let text = Array("data: \(String(repeating: "x", count: count - 1))\n".utf8)
        if isTaken {
            #expect(try reader.read(text + [0x0A]).count == 1)
        } else {
            #expect(throws: StreamRefused.self) { try reader.read(text + [0x0A]) }
        }
    }
}
