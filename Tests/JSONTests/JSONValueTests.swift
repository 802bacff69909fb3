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

    @Test func `finds the first member of a name, past nested values and longer names`() throws {
        let value = try root(#"{"":0,"ab":1,"x":{"a":2,"y":[{"a":3}]},"\u0061":4,"a":5,"b":[]}"#)
        #expect(value["a"]?.int64 == 4)
        #expect(value[""]?.int64 == 0)
        #expect(value["b"]?.kind == .array)
        #expect(value["x"]?["a"]?.int64 == 2)
        #expect(value["b"]?["a"] == nil)
        #expect(value["é"] == nil)
        #expect(value.members.filter { $0.hasName("a") }.map(\.value.int64) == [4, 5])
    }

    @Test(
        arguments: [
            ("0", [], 0, false), ("-0", [], 0, true), ("0e99999999999999999999", [], 0, false), ("0.000", [], 0, false),
            ("120", [1, 2], 1, false), ("-1.50", [1, 5], -1, true), ("10e-1", [1], 0, false), ("1E+2", [1], 2, false),
            ("1e1000000000", [1], 1_000_000_000, false), ("0.01e1000000000", [1], 999_999_998, false),
            ("1e-1000000000", [1], -1_000_000_000, false),
        ] as [(String, [UInt8], Int, Bool)]
    )
    func `reads a number's exact value`(text: String, digits: [UInt8], exponent: Int, isNegative: Bool) throws {
        let number = try #require(JSONNumber(text))
        #expect(number.digits == digits && number.exponent == exponent && number.isNegative == isNegative)
    }

    @Test(arguments: [
        "1e1000000001", "10e1000000000", "0.1e-1000000000", "1e9223372036854775807", "10e9223372036854775807",
        "100e9223372036854775806", "1e-9223372036854775808", "0.1e-9223372036854775808", "1e99999999999999999999",
        "1e-99999999999999999999", "", "-", ".", "1.2.3", "1e", "1e+", "1e1x", "0e", "0ex", "NaN", "Infinity", "0x10",
        "--1",
    ])
    func `reads no number that is none, or whose exponent is beyond all sense`(text: String) {
        #expect(JSONNumber(text) == nil)
    }

    @Test(arguments: [
        ("1e9223372036854775807", "1e9223372036854775807", true),
        ("1e9223372036854775807", "10e9223372036854775807", false),
        ("10e9223372036854775807", "1e400", false), ("0e9223372036854775808", "-0", true), ("1e400", "10e399", true),
    ])
    func `compares numbers of any size`(one: String, other: String, isSame: Bool) throws {
        #expect(JSONValue.sameContent(try root("[\(one)]"), try root("[\(other)]")) == isSame)
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
