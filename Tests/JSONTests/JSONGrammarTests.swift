import JSON
import TestSupport
import Testing

/// The scanner against a slow reader of RFC 8259 that is written after its grammar, rule by rule.
@Suite struct JSONGrammarTests {
    private static let samples = [
        #"{"id":"evt-1","n":-12.5e+3,"p":{"a":[1,{"b":null},true,false],"c":"\u00e9\n\ud83d\ude00"},"e":{}}"#,
        "[ ] ", "\t[1 ,\r\n2.0E-1,\"é😀\u{7FF}\u{FFFF}\",[[]],{\"\":{}}]", "0", "-0.0e0", "\"\"", "nullx",
    ].map { Array($0.utf8) }

    private func isJSON(_ bytes: [UInt8]) -> Bool { JSONDocument(ifValid: bytes) != nil }

    /// A valid text whose end is missing is none, but for numbers and for what only misses whitespace.
    @Test func `accepts no beginning of an object or an array`() throws {
        for sample in Self.samples where [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(sample.first) {
            let length = try #require(sample.lastIndex { $0 == UInt8(ascii: "}") || $0 == UInt8(ascii: "]") })
            for end in 0...length { #expect(!isJSON(Array(sample[..<end])), "cut at \(end)") }
            #expect(isJSON(Array(sample[...length])))
        }
    }

    @Test func `decides as the grammar does where any one byte is any other`() {
        for sample in Self.samples {
            for place in sample.indices {
                for byte in UInt8.min ... .max {
                    var bytes = sample
                    bytes[place] = byte
                    let expected = JSONGrammar.accepts(bytes)
                    if isJSON(bytes) != expected {
                        Issue.record("\(String(decoding: bytes, as: UTF8.self)): expected \(expected)")
                    }
                }
            }
        }
    }

    @Test func `decides as the grammar does on random texts of its own characters`() {
        var random = SeededRandom()
        let pieces = [
            "{", "}", "[", "]", ",", ":", "\"", "\\", "\"a\"", "\\u", "d800", "dc00", "\\ud83d\\ude00", "0", "1", "-",
            ".",
            "e", "+", "true", "false", "null", " ", "\n", "\u{1}", "é", "{}", "[]", "\"k\":", "00", "1.5e-2",
        ]
        var valid = 0
        for _ in 0..<60_000 {
            let text = (0..<Int.random(in: 1...7, using: &random)).map { _ in pieces.randomElement(using: &random)! }
                .joined()
            let expected = JSONGrammar.accepts(Array(text.utf8))
            if expected { valid += 1 }
            #expect(isJSON(Array(text.utf8)) == expected, "seed \(SeededRandom.seed): \(text)")
        }
        #expect(valid > 1000, "the texts must be of both kinds")
    }

    /// All pairs of bytes, and all third bytes behind the leads whose second bytes are restricted.
    @Test func `accepts those bytes in a string that the standard library accepts as UTF-8`() {
        func check(_ content: [UInt8]) {
            guard !content.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) else { return }
            let text = String(validating: content, as: UTF8.self)
            let value = JSONDocument(ifValid: [0x22] + content + [0x22])?.root.string
            if value.map({ Array($0.utf8) }) != text.map({ Array($0.utf8) }) { Issue.record("bytes \(content)") }
        }
        for first in UInt8.min ... .max {
            for second in UInt8.min ... .max { check([first, second]) }
        }
        let edges: [UInt8] = [0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0]
        for lead in UInt8(0xE0)...0xFF {
            for second in edges {
                for third in edges {
                    check([lead, second, third])
                    for fourth in edges { check([lead, second, third, fourth]) }
                }
            }
        }
    }

    @Test func `reads every escape of four digits as the standard library reads its code unit`() {
        for unit in UInt16.min ... .max {
            let digits = String(unit, radix: 16)
            let escape = "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + "\""
            let expected = Unicode.Scalar(UInt32(unit)).map { String(Character($0)) }
            let read = JSONDocument(ifValid: Array(escape.utf8))?.root.string
            if read.map({ Array($0.utf8) }) != expected.map({ Array($0.utf8) }) { Issue.record("\(escape)") }
        }
    }

    @Test func `writes and reads every scalar of Unicode`() throws {
        var writer = JSONWriter()
        writer.beginArray()
        let scalars = (0..<0x11_0000 as Range<UInt32>).compactMap { Unicode.Scalar($0) }
        for scalar in scalars { writer.string(String(Character(scalar))) }
        writer.endArray()
        var index = 0
        for element in try JSONDocument(parsing: writer.bytes).root.elements {
            let text = element.string ?? ""
            if !text.unicodeScalars.elementsEqual([scalars[index]]) { Issue.record("scalar \(scalars[index].value)") }
            index += 1
        }
        #expect(index == scalars.count)
    }

    @Test func `keeps every value of a text with more of them than its list starts with room for`() throws {
        let count = 200_000
        let text = "[" + (0..<count).map { "{\"\($0)\":\($0)}" }.joined(separator: ",") + "]"
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        var index: Int64 = 0
        for element in root.elements {
            let member = try #require(element.members.first { _ in true })
            guard member.name == "\(index)", member.value.int64 == index else {
                Issue.record("element \(index) is \(member.name)")
                return
            }
            index += 1
        }
        #expect(Int(index) == count && root.document.nodes.count == 1 + 3 * count)
    }

    @Test func `takes a text of as many bytes as are allowed, and not of one more`() {
        let text = Array("[1,2]".utf8)
        #expect(throws: Never.self) { _ = try JSONDocument(parsing: text, limits: JSONLimits(bytes: 5)) }
        #expect(throws: JSONError.self) { _ = try JSONDocument(parsing: text, limits: JSONLimits(bytes: 4)) }
        #expect(throws: JSONError.self) { _ = try JSONDocument(parsing: text, limits: JSONLimits(depth: 0)) }
        #expect(throws: Never.self) { _ = try JSONDocument(parsing: [0x31], limits: JSONLimits(depth: 0)) }
    }

    @Test(arguments: [
        ("", 0, 1, 1), ("[1,\n  x]", 6, 2, 3), ("[\"é😀\", x]", 11, 1, 8), ("[1]\r\n\r\n x", 8, 3, 2), ("[\"a", 1, 1, 2),
        ("{\"k\":\n[1", 6, 2, 1), ("[\"\u{1}\"]", 2, 1, 3), ("[1 ", 0, 1, 1), ("[\"ab\\q\"]", 4, 1, 5),
    ])
    func `names the byte that is wrong, its line and its column`(text: String, offset: Int, line: Int, column: Int) {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array(text.utf8))
            Issue.record("no fault")
        } catch {
            #expect(error.offset == offset && error.position == JSONPosition(line: line, column: column), "\(error)")
        }
    }
}
