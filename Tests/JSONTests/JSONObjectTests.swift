import JSON
import TestSupport
import Testing

/// Keys, members and depth against plain models, on random objects.
@Suite struct JSONObjectTests {
    /// A random object, and what it says.
    private struct Sample {
        var text = "{"
        /// Keys in their order, and the number that each has for a value.
        var members: [(key: String, value: Int64)] = []

        init(keys: Int, outOf variety: Int, escapes: Bool, _ random: inout SeededRandom) {
            for index in 0..<keys {
                let key = "k\(Int.random(in: 0..<variety, using: &random))é"
                let isEscaped = escapes && Bool.random(using: &random)
                text +=
                    (index == 0 ? "" : ", ") + "\"" + (isEscaped ? "\\u006b" + key.dropFirst() : key) + "\":\(index)"
                members.append((key, Int64(index)))
            }
            text += "}"
        }
    }

    /// 24 keys are compared in pairs, 25 by a set: both sides of the border.
    @Test(arguments: [0, 1, 2, 5, 23, 24, 25, 26, 60], [false, true])
    func `finds the first key that stands twice, whatever their number`(keys: Int, escapes: Bool) throws {
        var random = SeededRandom()
        for round in 0..<300 {
            // From objects that are all one key to such as hardly ever have one twice.
            let variety = 1 + (keys * keys + 1) * round / 100
            let sample = Sample(keys: keys, outOf: variety, escapes: escapes, &random)
            let root = try JSONDocument(parsing: Array(sample.text.utf8)).root
            let expected = sample.members.indices.first { later in
                sample.members[..<later].contains { $0.key == sample.members[later].key }
            }
            let found = root.firstDuplicateKey
            // The node of a key is the one in front of its value's.
            let place = found.flatMap { key in root.members.enumerated().first { $1.key.index == key.index }?.offset }
            #expect(place == expected, "seed \(SeededRandom.seed): \(sample.text)")
        }
    }

    @Test func `finds the first member of each name, however its key is written`() throws {
        var random = SeededRandom()
        for keys in 0..<40 {
            let sample = Sample(keys: keys, outOf: 20, escapes: true, &random)
            let root = try JSONDocument(parsing: Array(sample.text.utf8)).root
            #expect(root.members.map(\.name) == sample.members.map(\.key))
            #expect(root.members.map { $0.value.int64 } == sample.members.map(\.value))
            for number in 0..<21 {
                let name = "k\(number)é"
                #expect(root[name]?.int64 == sample.members.first { $0.key == name }?.value, "\(name): \(sample.text)")
                #expect(
                    root.members.filter { $0.hasName(name) }.map(\.value.int64)
                        == sample.members.filter { $0.key == name }.map(\.value)
                )
            }
        }
    }

    @Test func `knows a name by its code points, not by how it looks`() throws {
        let root = try JSONDocument(parsing: Array("{\"cafe\u{301}\":1,\"caf\u{E9}\":2}".utf8)).root
        #expect(root["caf\u{E9}"]?.int64 == 2)
        #expect(root["cafe\u{301}"]?.int64 == 1)
        #expect(root.firstDuplicateKey == nil)
    }

    @Test func `measures the depth of random nesting`() throws {
        var random = SeededRandom()
        func value(_ room: Int) -> (text: String, depth: Int) {
            guard room > 0, Int.random(in: 0..<4, using: &random) > 0 else { return ("7", 0) }
            let inner = (0..<Int.random(in: 0...3, using: &random)).map { _ in value(room - 1) }
            let depth = 1 + (inner.map(\.depth).max() ?? 0)
            if Bool.random(using: &random) { return ("[\(inner.map(\.text).joined(separator: ","))]", depth) }
            let members = inner.enumerated().map { "\"\($0)\":\($1.text)" }
            return ("{\(members.joined(separator: ","))}", depth)
        }
        for _ in 0..<2000 {
            let (text, depth) = value(6)
            let root = try JSONDocument(parsing: Array(text.utf8)).root
            #expect(root.depth == depth, "seed \(SeededRandom.seed): \(text)")
            let limits = JSONLimits(depth: depth)
            #expect(throws: Never.self) { _ = try JSONDocument(parsing: Array(text.utf8), limits: limits) }
            guard depth > 0 else { continue }
            #expect(throws: JSONError.self, "seed \(SeededRandom.seed): \(text)") {
                _ = try JSONDocument(parsing: Array(text.utf8), limits: JSONLimits(depth: depth - 1))
            }
        }
    }

    /// No member of an inner object is one of the outer, and the other way round.
    @Test(arguments: [
        ("null", 0), ("7", 0), (#""x""#, 0), ("[]", 0), ("[1,[2,3],{}]", 3), ("{}", 0),
        (#"{"a":[1,2],"b":{"c":{}}}"#, 2),
    ])
    func `walks over what is directly inside`(text: String, count: Int) throws {
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(Array(root.elements).count == (root.kind == .array ? count : 0))
        #expect(Array(root.members).count == (root.kind == .object ? count : 0))
        #expect(root["c"] == nil)
    }

    @Test(arguments: ["true", "false", "null", "1", #""true""#, "[true]"])
    func `tells each kind from the others`(text: String) throws {
        let root = try JSONDocument(parsing: Array(text.utf8)).root
        #expect(root.bool == ["true": true, "false": false][text])
        #expect(root.isNull == (text == "null"))
        #expect((root.string != nil) == (root.kind == .string))
        #expect((root.plainText != nil) == (root.kind == .string))
        #expect((root.numberText != nil) == (root.kind == .number))
        #expect((root.int64 != nil) == (text == "1"))
    }
}
