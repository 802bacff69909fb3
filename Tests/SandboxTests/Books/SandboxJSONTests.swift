import Foundation
import Testing

@testable import Sandbox

@Suite struct SandboxJSONTests {
    @Test(arguments: [
        #"{"a":[1,-2.5e10,"x",null,true,false,{}],"b":{},"c":[]}"#, #""\"\\\n\t\u0001é😀""#, "0", "-0", "\"\"",
    ])
    func `writes what it has read`(text: String) {
        #expect(SandboxJSON(text.utf8)?.text == text)
    }

    @Test(arguments: [
        ("\"a\\u0041\\/\\b\\ud83d\\ude00z\"", "aA/\u{8}😀z"), ("\"plain\"", "plain"), ("\"\\\"\"", "\""),
    ])
    func `reads escapes`(text: String, value: String) {
        #expect(SandboxJSON(text.utf8)?.string == value)
    }

    @Test(arguments: [
        "", "{", "[1,]", #"{"a":}"#, #"{"a" 1}"#, "+1", "-", ".5", "1 2", "\"", "\"a\nb\"", "\"\\x\"", "\"\\ud800\"",
        "nul",
        "{\"a\":1,}", "\"\\", "\"abc\\\"",
    ])
    func `refuses what is no JSON`(text: String) {
        #expect(SandboxJSON(text.utf8) == nil)
    }

    @Test func `refuses bytes that are not UTF-8, and texts too deep`() {
        #expect(SandboxJSON([0x22, 0xFF, 0x22]) == nil)
        #expect(SandboxJSON([0x22, 0x5C, 0x6E, 0xFF, 0x22]) == nil)
        func nested(_ depth: Int) -> SandboxJSON? {
            SandboxJSON((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
        }
        #expect(nested(128) != nil && nested(129) == nil)
    }
}
