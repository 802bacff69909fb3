import JSON
import Testing

@Suite struct JSONScannerTests {
    private func fault(_ text: String, depth: Int = 64) -> JSONError? {
        fault(Array(text.utf8), depth: depth)
    }

    private func fault(_ bytes: [UInt8], depth: Int = 64) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: bytes, limits: JSONLimits(depth: depth))
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        "{}", "[]", "null", "true", "false", "0", "-0", "1.5", "1e9", "-1.5E-9", "\"\"", " [ 1 , 2 ] ",
        "{\"a\":{\"b\":[1,{}]}}",
        "\"\\u00e9\\n\\\"\\ud83d\\ude00\"", "\"é😀\u{2028}\"", "123456789012345678901234567890.123456789",
    ])
    func `takes what RFC 8259 takes`(text: String) {
        #expect(fault(text) == nil)
    }

    @Test(arguments: [
        ("", JSONError.Reason.empty), ("  ", .empty), ("{", .unclosed(.object)), ("[1,2", .unclosed(.array)),
        ("[1,]", .expectedValue), ("{\"a\":1,}", .expectedKey), ("{a:1}", .expectedKey), ("{\"a\" 1}", .expectedColon),
        ("[1 2]", .expectedComma(.array)), ("{\"a\":1 \"b\":2}", .expectedComma(.object)), ("1 2", .trailingBytes),
        ("01", .leadingZero), ("-01", .leadingZero), ("1.", .malformedNumber), ("-", .malformedNumber),
        ("1e", .malformedNumber),
        ("+1", .expectedValue), (".5", .expectedValue), ("oops", .expectedValue),
        ("nul", .expectedValue),
        ("'a'", .expectedValue), ("\"a", .unterminatedString), ("\"\u{01}\"", .controlCharacter(1)),
        ("\"\\x\"", .malformedEscape),
        ("\"\\u12\"", .malformedEscape), ("\"\\ud800\"", .loneSurrogate(0xD800)),
        ("\"\\udc00\"", .loneSurrogate(0xDC00)),
        ("\"\\ud800\\u0041\"", .loneSurrogate(0xD800)), ("\u{FEFF}{}", .byteOrderMark), ("// x", .expectedValue),
        ("]", .expectedValue),
    ])
    func `refuses what RFC 8259 refuses, and says why`(text: String, reason: JSONError.Reason) {
        #expect(fault(text)?.reason == reason)
    }

    @Test(arguments: [
        ("NaN", "send null"), ("-Infinity", "send null"), ("Infinity", "send null"), ("nan", "send null"),
        ("None", "send null"), ("nil", "send null"), ("undefined", "send null"), ("True", "write true"),
        ("FALSE", "write false"),
    ])
    func `names a value that other languages have and JSON does not`(word: String, advice: String) {
        let error = fault("{\"a\":\(word)}")
        #expect(error?.reason == .foreignWord(word))
        #expect(error?.message.hasPrefix("\(word) is not JSON; \(advice)") == true)
        #expect(fault("{\"a\":\(word)x}")?.reason != .foreignWord(word))
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xE2, 0x82], [0xC3],
        ] as [[UInt8]]
    )
    func `refuses bytes that are not UTF-8`(bytes: [UInt8]) {
        #expect(fault([0x22] + bytes + [0x22])?.reason == .malformedUTF8)
    }

    @Test func `finds special bytes at every place of a long string`() throws {
        for length in 0...40 {
            let plain = String(repeating: "x", count: length)
            #expect(try JSONDocument(parsing: Array("\"\(plain)\"".utf8)).root.string == plain)
            #expect(
                try JSONDocument(parsing: Array("\"\(plain)\\n\(plain)\"".utf8)).root.string == plain + "\n" + plain
            )
            #expect(try JSONDocument(parsing: Array("\"\(plain)é\(plain)\"".utf8)).root.string == plain + "é" + plain)
            #expect(fault("\"\(plain)\u{1F}\(plain)\"")?.reason == .controlCharacter(0x1F))
        }
    }

    @Test func `names line and column, counting characters`() {
        let error = fault("{\n  \"é\": 1,\n  \"b\" 2\n}")
        #expect(error?.position == JSONPosition(line: 3, column: 7))
        #expect(error?.description == "line 3, column 7: expected a colon after the key")
    }

    @Test func `refuses depth beyond the limit without walking into it`() {
        #expect(fault(String(repeating: "[", count: 50_000_000))?.reason == .tooDeep(limit: 64))
        #expect(fault("[[[]]]", depth: 3) == nil)
        #expect(fault("[[[[]]]]", depth: 3)?.reason == .tooDeep(limit: 3))
    }

    @Test func `refuses more bytes than are allowed`() {
        #expect(throws: JSONError.self) {
            _ = try JSONDocument(parsing: Array("[1,2,3]".utf8), limits: JSONLimits(bytes: 6))
        }
    }
}
