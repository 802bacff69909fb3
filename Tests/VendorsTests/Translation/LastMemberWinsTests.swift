import Events
import JSON
import TestSupport
import Testing

@testable import Vendors

/// Of two members of one name the readers of the vendors keep the last.
@Suite struct LastMemberWinsTests {
    private func text(_ json: String) throws -> String {
        LastMemberWins.text(of: try JSONDocument(parsing: Array(json.utf8)).root).description
    }

    @Test(arguments: [
        (#"{"a":1,"a":2}"#, #"{"a":2}"#), (#"{"a":1,"b":0,"a":2}"#, #"{"a":2,"b":0}"#),
        (#"{"a":1,"\u0061":2}"#, #"{"a":2}"#), (#"[{"x":{"y":1,"y":[{"z":1,"z":2}]}}]"#, #"[{"x":{"y":[{"z":2}]}}]"#),
        (#"{"":1,"":2}"#, #"{"":2}"#), (#"{"a":{"a":1},"a":null}"#, #"{"a":null}"#),
        (#"{"a":1.50,"a":-0.0e0}"#, #"{"a":-0.0e0}"#),
    ])
    func `keeps the last value at the first place`(json: String, kept: String) throws {
        #expect(try text(json) == kept)
    }

    /// Names are compared byte for byte: two forms of one letter are two names.
    @Test(arguments: [
        #" { "a" : 1 , "b" : [ 1 , 2 ] } "#, "{}", "[]", "7", #"{"é":1,"e\#u{301}":2}"#, #"{"a":1,"A":2}"#,
        #"{"a":{"b":1},"c":{"b":1}}"#,
    ])
    func `leaves everything else byte for byte`(json: String) throws {
        let root = try JSONDocument(parsing: Array(json.utf8)).root
        #expect(try text(json) == String(decoding: root.raw, as: UTF8.self))
    }

    @Test func `has each name once, with the value that a dictionary would have`() throws {
        var random = SeededRandom()
        for _ in 0..<500 {
            var expected: [String: Int] = [:]
            let members = (0..<Int.random(in: 0...8, using: &random)).map { index -> String in
                let name = ["a", "b", "c", "dd"].randomElement(using: &random) ?? "a"
                expected[name] = index
                return "\"\(name)\":\(index)"
            }
            let written = try JSONDocument(parsing: Array(try text("{\(members.joined(separator: ","))}").utf8)).root
            #expect(written.firstDuplicateKey == nil)
            let found = written.members.map { ($0.name, $0.value.int64.map { Int($0) } ?? -1) }
            #expect(Dictionary(uniqueKeysWithValues: found) == expected, "seed \(SeededRandom.seed)")
        }
    }

    @Test func `finds the last value of a name`() throws {
        let root = try JSONDocument(parsing: Array(#"{"a":1,"b":2,"a":3}"#.utf8)).root
        #expect(LastMemberWins.value("a", of: root)?.int64 == 3)
        #expect(LastMemberWins.value("c", of: root) == nil)
        #expect(LastMemberWins.value("a", of: try JSONDocument(parsing: Array("[1]".utf8)).root) == nil)
    }
}
