import Foundation
import TestSupport
import Testing

@testable import Client

/// Files that are put together at random, beside what they were made of.
@Suite struct EventFilePropertyTests {
    /// Events by their IDs, faults by their lines; at the end why the file cannot be read further.
    private func read(_ content: [UInt8], largestValue: Int = 256 << 20) async throws -> [String] {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data(content).write(to: file)
            let maker = FileEventMaker(source: "s", requiresIDs: true, largestBytes: 1 << 20)
            let bytes = FileBytes(try FileHandle(forReadingFrom: file))
            var reader = EventFileReader(bytes, values: maker, largestValueBytes: largestValue)
            var found: [String] = []
            do throws(FileFailure) {
                while let item = try reader.next() {
                    switch item {
                    case .event(let event): found.append(Self.id(event.json))
                    case .fault(let fault): found.append("line \(fault.position.line)")
                    }
                }
            } catch {
                found.append("\(error)")
            }
            return found
        }
    }

    /// `{"id":"17",…}`
    private static func id(_ json: [UInt8]) -> String {
        String(String(decoding: json, as: UTF8.self).split(separator: "\"")[3])
    }

    private static func event(_ id: Int, _ random: inout SeededRandom) -> String {
        let text = ["ä", "}", "]", "\\n", "\\\"", ",", "😀"].randomElement(using: &random) ?? ""
        let size = Int.random(in: 0...40, using: &random)
        let properties = Bool.random(using: &random) ? "" : #","properties":{"a":[1,{"b":"\#(text)"}],"n":-1.50}"#
        return #"{"id" : "\#(id)", "name":"\#(String(repeating: text, count: size))"\#(properties)}"#
    }

    /// Events wrapped in one of the ways that people have.
    private static func part(_ ids: [Int], _ random: inout SeededRandom) -> String {
        let events = ids.map { event($0, &random) }
        let spaced = events.map { $0.replacing("{", with: "{\n  ", maxReplacements: 1) }
        switch Int.random(in: 0...6, using: &random) {
        case 0: return events.joined(separator: "\n") + "\n"
        case 1: return "[" + events.joined(separator: ",") + "]"
        case 2: return "[\n" + spaced.joined(separator: " ,\r\n") + "\n]\n"
        case 3: return #"{"events": ["# + events.joined(separator: ", ") + #"], "has_more": false}"#
        case 4: return events.joined() + "\r\n\r\n"
        case 5: return spaced.joined(separator: "\n,")
        default: return events.joined(separator: ",\n")
        }
    }

    @Test(arguments: 0..<12)
    func `gives every event of a file once, in its order, whatever wraps it`(round: Int) async throws {
        var random = SeededRandom()
        for _ in 0..<round { _ = random.next() }
        var (text, ids) = (round.isMultiple(of: 3) ? "\u{FEFF}" : "", [Int]())
        // More than a piece of the file, so that events lie across its ends.
        while text.utf8.count < 100_000 {
            let next = (0..<Int.random(in: 1...20, using: &random)).map { ids.count + $0 }
            text += Self.part(next, &random) + ["", " ", "\n"].randomElement(using: &random)!
            ids += next
        }
        let found = try await read(Array(text.utf8))
        #expect(found == ids.map { "\($0)" }, "seed \(SeededRandom.seed), round \(round)")
    }

    /// A log of which some lines are damaged: each is a fault with its line, and costs no other.
    @Test(arguments: 0..<12)
    func `names each damaged line, and reads all others`(round: Int) async throws {
        var random = SeededRandom()
        for _ in 0..<round { _ = random.next() }
        let damages = [
            "x", "{", "{\"id\":", "{\"id\":\"a\",", "nonsense", "\"text\"", "12", "null", "{\"id\":NaN}",
            "{\"name\":\"no id\"}",
            "\u{1}", "{'id':'1'}", "{\"id\":\"\t\"}",
        ]
        // The first line is whole: of a file that begins with a table, nothing is read.
        var lines = [Self.event(0, &random)]
        var expected = ["0"]
        for number in 1..<200 {
            // Two of them in a row could be one value.
            if !(expected.last ?? "").hasPrefix("line"), Int.random(in: 0..<3, using: &random) == 0 {
                lines.append(damages.randomElement(using: &random) ?? "x")
                expected.append("line \(number + 1)")
            } else {
                lines.append(Self.event(number, &random))
                expected.append("\(number)")
            }
        }
        let found = try await read(Array(lines.joined(separator: "\n").utf8))
        #expect(found == expected, "seed \(SeededRandom.seed), round \(round)")
    }

    @Test(
        arguments: [[0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0x00], [0x1B], [0xF4, 0x90, 0x80, 0x80]] as [[UInt8]]
    )
    func `names a line with bytes that are no text, and reads the next one`(bytes: [UInt8]) async throws {
        let good = Array("{\"id\":\"1\"}\n".utf8)
        let bad = Array("{\"id\":\"".utf8) + bytes + Array("\"}\n".utf8)
        #expect(try await read(good + bad + good) == ["1", "line 2", "1"])
    }

    @Test(arguments: [65, 256, 257, 10_000])
    func `names a value that is nested too deep, and reads the next line`(depth: Int) async throws {
        let deep = String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth)
        #expect(try await read(Array("{\"id\":\"1\"}\n\(deep)\n{\"id\":\"3\"}\n".utf8)) == ["1", "line 2", "3"])
    }

    @Test func `reads arrays within arrays to any depth, as a stream`() async throws {
        let (open, close) = (String(repeating: "[", count: 100_000), String(repeating: "]", count: 100_000))
        #expect(try await read(Array("\(open){\"id\":\"1\"}\(close)".utf8)) == ["1"])
        #expect(try await read(Array("\(open){\"id\":\"1\"}".utf8)) == ["1", "line 1"])
    }

    @Test func `names a value that is larger than the limit, and reads the next line`() async throws {
        let long = "{\n\"id\": \"2\", \"name\": \"\(String(repeating: "x", count: 70_000))\"}"
        let found = try await read(Array("{\"id\":\"1\"}\n\(long)\n{\"id\":\"3\"}\n".utf8), largestValue: 1000)
        #expect(found.first == "1" && found.last == "3" && found.dropFirst().first == "line 2", "\(found)")
    }

    @Test(arguments: ["", "\n\n", " \t\r\n", "\u{FEFF}", "[]", "[\n]\n", ",,,", "]", "[[],[]]", "{\"events\":[]}"])
    func `finds nothing in a file without events`(text: String) async throws {
        #expect(try await read(Array(text.utf8)) == [])
    }

    @Test func `counts the lines within values that span several`() async throws {
        let text = "{\"id\":\"1\",\n\n\"name\":\"a\"}\n\n[{\"id\":\"2\"},\n\nnonsense,\n{\"id\":\"3\"}]\n{oops\n"
        #expect(try await read(Array(text.utf8)) == ["1", "2", "line 7", "3", "line 9"])
    }
}
