import TestSupport
import Testing

@testable import Sandbox

/// The simulators refuse what vendors refuse: a reader that took more would hide a body that the gateway wrote wrongly.
@Suite struct SandboxJSONGrammarTests {
    private static let samples = [
        #"{"id":"evt-1","n":-12.5e+3,"p":{"a":[1,{"b":null},true,false],"c":"\u00e9\n\ud83d\ude00"},"e":{}}"#,
        "[ ] ", "\t[1 ,\r\n2.0E-1,\"é😀\u{7FF}\u{FFFF}\",[[]],{\"\":{}}]", "0", "-0.0e0", "\"\"", "nullx",
    ].map { Array($0.utf8) }

    @Test func `decides as the grammar does where any one byte is any other, or the end is missing`() {
        for sample in Self.samples {
            for place in sample.indices {
                let cut = Array(sample[..<place])
                if (SandboxJSON(cut) != nil) != JSONGrammar.accepts(cut) { Issue.record("\(cut)") }
                for byte in UInt8.min ... .max {
                    var bytes = sample
                    bytes[place] = byte
                    let expected = JSONGrammar.accepts(bytes)
                    if (SandboxJSON(bytes) != nil) != expected {
                        Issue.record("\(String(decoding: bytes, as: UTF8.self)): expected \(expected)")
                    }
                }
            }
        }
    }

    @Test(arguments: [
        "01", "-01", "1.", ".5", "-.5", "+1", "1e", "1e+", "1.e5", "--1", "1-1", "1e5.5", "0x1", "NaN", "\"\\u+123\"",
        "\"\\u-123\"",
        "\"\\u 123\"", "\"\\ud83d\\u+e00\"",
    ])
    func `refuses numbers and escapes that other readers take`(text: String) {
        #expect(SandboxJSON(text.utf8) == nil)
        #expect(SandboxJSON("[\(text)]".utf8) == nil)
    }

    @Test(arguments: ExtremeNumbers.json)
    func `keeps every number's own text`(text: String) {
        #expect(SandboxJSON(text.utf8) == .number(text))
        #expect(SandboxJSON(text.utf8)?.text == text)
    }

    @Test func `takes nesting to a depth of 128`() {
        func nested(_ depth: Int) -> [UInt8] {
            Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(SandboxJSON(nested(128)) != nil)
        #expect(SandboxJSON(nested(129)) == nil)
        #expect(SandboxJSON([UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)) == nil)
    }

    @Test(
        arguments: [
            ("1 x", "1"), ("{}{}", "{}"), ("[1]garbage", "[1]"), ("\"a\"b", "\"a\""), ("truefalse", "true"), ("", nil),
            ("x", nil), ("{", nil),
        ] as [(String, String?)]
    )
    func `reads the value at the beginning, whatever follows`(text: String, value: String?) {
        #expect(SandboxJSON(beginning: text.utf8)?.text == value)
    }
}
