import JSON
import Testing

@Suite struct JSONValueTests {
    private func root(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: Array(text.utf8)).root
    }

    @Test func `gives members and elements in their order`() throws {
        let value = try root(#"{"b":[1,"x",null],"a":{"c":true}}"#)
        #expect(value.members.map(\.name) == ["b", "a"])
        #expect(value["b"]?.elements.map(\.kind) == [.number, .string, .null])
        #expect(value["a"]?["c"]?.bool == true)
        #expect(value["z"] == nil)
        #expect(value["a"]?["c"]?["d"] == nil)
    }

    @Test func `keeps digits and bytes as they came`() throws {
        let value = try root(#"{"n": 1234567890.12345678901234567890e+05 , "o": {"a" : 1}}"#)
        #expect(value["n"]?.numberText == "1234567890.12345678901234567890e+05")
        #expect(value["o"].map { String(decoding: $0.raw, as: UTF8.self) } == #"{"a" : 1}"#)
        #expect(try root("9223372036854775807").int64 == .max)
        #expect(try root("9223372036854775808").int64 == nil)
        #expect(try root("1.0").int64 == nil)
    }

    @Test func `resolves escapes, also in keys`() throws {
        let value = try root(#"{"\u0061\/":"\ud83d\ude00\b\f\n\r\t\"\\"}"#)
        #expect(value["a/"]?.string == "😀\u{8}\u{c}\n\r\t\"\\")
    }

    @Test(arguments: [
        (#"{"a":1,"b":2,"a":3}"#, "a"), (#"{"x":{"y":[{"k":1,"k":1}]}}"#, "k"), (#"{"a":1,"\u0061":2}"#, "a"),
    ])
    func `finds a key that stands twice, at any depth`(text: String, key: String) throws {
        #expect(try root(text).firstDuplicateKey?.string == key)
    }

    @Test func `finds no duplicate where the same key stands in different objects`() throws {
        #expect(try root(#"{"a":{"a":{"b":1}},"b":[{"a":1},{"a":2}]}"#).firstDuplicateKey == nil)
    }

    @Test(arguments: [("1", 0), ("{}", 1), (#"{"a":[{"b":1}]}"#, 3), (#"[[],[[]],[]]"#, 3)])
    func `measures depth`(text: String, depth: Int) throws {
        #expect(try root(text).depth == depth)
    }

    @Test(arguments: [
        ("1", "1.0", true), ("1", "10e-1", true), ("100", "1e2", true), ("0", "-0", true),
        ("1", "1.0000000000000000001", false),
        ("12345678901234567890", "12345678901234567891", false), (#"{"a":1,"b":2}"#, #"{ "b": 2, "a": 1.0 }"#, true),
        ("[1,2]", "[2,1]", false), (#""é""#, #""\u00e9""#, true), (#""é""#, "\"e\u{301}\"", false),
        ("null", "false", false),
        (#"{"a":1,"a":1}"#, #"{"a":1,"a":1}"#, false), (#"{"a":null}"#, "{}", false), ("-1", "1", false),
    ])
    func `compares content`(left: String, right: String, isSame: Bool) throws {
        #expect(JSONValue.sameContent(try root(left), try root(right)) == isSame)
    }
}
