import Logging
import Observability
import Testing

/// What would let a value from outside do more with a terminal than be shown.
@Suite struct VisibleTextTests {
    @Test(arguments: [
        ("plain, ünïcödé, 漢字, 😀, עברית", "plain, ünïcödé, 漢字, 😀, עברית"), ("", ""),
        ("\u{1B}[2J\u{1B}]0;title\u{7}", #"\u001b[2J\u001b]0;title\u0007"#), ("a\u{0}b", #"a\u0000b"#),
        ("a\rb", #"a\u000db"#), ("a\u{8}b\u{7F}c", #"a\u0008b\u007fc"#), ("a\u{9B}2J", #"a\u009b2J"#),
        ("a\u{85}b\u{80}\u{9F}", #"a\u0085b\u0080\u009f"#), ("exe\u{202E}gpj", #"exe\u202egpj"#),
        ("\u{202A}\u{202B}\u{202C}\u{202D}", #"\u202a\u202b\u202c\u202d"#),
        ("\u{2066}\u{2067}\u{2068}\u{2069}\u{200E}\u{200F}\u{61C}", #"\u2066\u2067\u2068\u2069\u200e\u200f\u061c"#),
        ("a\u{2028}b\u{2029}", #"a\u2028b\u2029"#), ("a\nb\tc", #"a\u000ab\u0009c"#), ("a\r\nb", #"a\u000d\u000ab"#),
        ("e\u{301}\u{1B}", "e\u{301}" + #"\u001b"#),
    ])
    func `escapes what is not to be shown`(text: String, expected: String) {
        #expect(VisibleText.escaped(text) == expected)
    }

    @Test func `keeps lines and tabs of a text that has them, and nothing else`() {
        #expect(VisibleText.escaped("a\n\tb\u{1B}\r", .lines) == "a\n\tb" + #"\u001b\u000d"#)
    }

    @Test func `no character up to U+FFFF reaches a terminal that could steer it`() {
        for value in UInt32(0)...0xFFFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let isControl = scalar.properties.generalCategory == .control || scalar.properties.isBidiControl
            #expect(
                (VisibleText.escaped(String(scalar)).unicodeScalars.first != scalar)
                    == (isControl || value == 0x2028 || value == 0x2029)
            )
        }
    }

    @Test func `JSON stays JSON and says the same`() {
        let json = "{\n\t\"a\u{202E}\u{9B}\": \"x\u{7F}\"}"
        #expect(
            String(decoding: VisibleText.escaped(json: Array(json.utf8)), as: UTF8.self)
                == "{\n\t\"a" + #"\u202e\u009b"# + "\": \"x" + #"\u007f"# + "\"}"
        )
        #expect(VisibleText.escaped(json: Array(#"{"a":"ü"}"#.utf8)) == Array(#"{"a":"ü"}"#.utf8))
    }

    private func line(isJSON: Bool) -> String {
        var line = LogLine(
            isJSON: isJSON,
            time: LogTime(seconds: 1_710_947_045, milliseconds: 123),
            level: .info,
            label: "t",
            message: "m\u{1B}[2J\nnext"
        )
        line.member(named: "na\u{9B}me", "v\u{202E}\u{7F}\r\nforged")
        return line.end { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `a log line has none of them, in either form`() {
        #expect(line(isJSON: false).hasSuffix(#" m\u001b[2J next  na\u009bme=v\u202e\u007f forged"# + "\n"))
        let json = line(isJSON: true)
        #expect(json.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F })
        #expect(json.hasSuffix(#","na\u009bme":"v\u202e\u007f\u000d\u000aforged"}"# + "\n"))
        #expect(json.contains(#""message":"m\u001b[2J\u000anext""#))
    }
}
