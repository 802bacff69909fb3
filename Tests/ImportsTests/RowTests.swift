import Events
import JSON
import OfRecord
import Testing

@testable import Imports

/// The fields of a row, wherever they are in it.
@Suite struct RowTests {
    private func row(_ text: String, map: String? = nil) throws -> Row {
        Row(
            value: try JSONDocument(parsing: Array(text.utf8)).root,
            map: try map.map { try FieldMap($0) } ?? FieldMap(),
            clock: ImportClock(zone: nil)
        )
    }

    private func found(_ body: () throws(RowFault) -> String?) -> String? {
        do throws(RowFault) {
            return try body()
        } catch {
            return "fault: \(error.message)"
        }
    }

    @Test(arguments: [
        (#"{"id":"a"}"#, "a"), (#"{"id":7}"#, "7"), (#"{"id":-1.50}"#, "-1.50"), (#"{"id":1e400}"#, "1e400"),
        (#"{"id":12345678901234567890123}"#, "12345678901234567890123"), (#"{"id":" "}"#, " "),
        (#"{"id":"\u0000"}"#, "\u{0}"),
        (#"{"id":null}"#, nil), (#"{"id":""}"#, nil), (#"{}"#, nil), (#"{"ID":"a"}"#, nil),
        (#"{"id":true}"#, #"fault: "id" must be a string, found true or false"#),
        (#"{"id":{}}"#, #"fault: "id" must be a string, found an object"#),
        (#"{"id":["a"]}"#, #"fault: "id" must be a string, found an array"#),
    ])
    func `are texts, or numbers with their digits, and nothing if empty`(text: String, expected: String?) throws {
        let row = try row(text)
        #expect(found { () throws(RowFault) in try row.text("id", at: "id") } == expected)
    }

    @Test(arguments: [
        (#"{"a":{"b":"x"}}"#, "x"), (#"{"a.b":"y","a":{"b":"x"}}"#, "y"), (#"{"a":{"b.c":"x"},"a.b":{"c":"z"}}"#, "x"),
        (#"{"a":"x"}"#, "fault: "), (#"{"a":["x"]}"#, "fault: "), (#"{"a":null}"#, "fault: "),
        (#"{"a":{}}"#, "fault: "),
        (#"{"b":"x"}"#, "fault: "), (#"{"a":{"b":null}}"#, nil), (#"{"a":{"b":""}}"#, nil),
    ])
    func `are found by a path, of which a whole name comes first`(text: String, expected: String?) throws {
        let path = text.contains("b.c") ? "a.b.c" : "a.b"
        let row = try row(text, map: "id=\(path)")
        let id = found { () throws(RowFault) in try row.text("id", at: "id") }
        #expect(id == (expected == "fault: " ? "fault: there is no \"\(path)\", which --map names for id" : expected))
    }

    @Test(arguments: [".", "..", "a.", ".a", "a..b", " ", "é", "e\u{301}"])
    func `are found under any name, byte for byte`(name: String) throws {
        let row = try row(#"{"\#(name)":"x"}"#, map: "id=\(name)")
        #expect(found { () throws(RowFault) in try row.text("id", at: "id") } == "x")
        let other = try self.row(#"{"other":"x"}"#, map: "id=\(name)")
        #expect(
            found { () throws(RowFault) in try other.text("id", at: "id") }
                == "fault: there is no \"\(name)\", which --map names for id"
        )
    }

    @Test func `tell a name in another Unicode form apart`() throws {
        let row = try row("{\"caf\u{E9}\":\"x\"}", map: "id=cafe\u{301}")
        #expect(
            found { () throws(RowFault) in try row.text("id", at: "id") }?.hasPrefix("fault: there is no ") == true
        )
    }

    @Test func `say which option names a field that is missing`() throws {
        let row = try row(#"{"customer_id":""}"#)
        let expected =
            #"fault: "customer_id" is missing or empty; use --map customer_id=NAME if customer_id has another name"#
        #expect(found { () throws(RowFault) in try row.required("customer_id", at: "customer_id") } == expected)
        let mapped = try self.row(#"{"Account":null}"#, map: "customer_id=Account")
        let other = #"fault: "Account" is missing or empty; use --map customer_id=NAME if customer_id has another name"#
        #expect(found { () throws(RowFault) in try mapped.required("customer_id", at: "customer_id") } == other)
    }

    @Test(arguments: [
        (#"{"p":{"a": 1}}"#, #"{"a": 1}"#), (#"{"p":{}}"#, "{}"), (#"{"p":null}"#, nil), ("{}", nil),
        (#"{"p":[]}"#, #"fault: "p" must be an object, found an array"#),
        (#"{"p":"{}"}"#, #"fault: "p" must be an object, found a string"#),
        (#"{"p":0}"#, #"fault: "p" must be an object, found a number"#),
    ])
    func `are objects as they are written, or nothing`(text: String, expected: String?) throws {
        let row = try row(text)
        let object = found { () throws(RowFault) in
            try row.object("properties", at: "p").map { String(decoding: $0.raw, as: UTF8.self) }
        }
        #expect(object == expected)
    }

    // MARK: - Properties of a table

    private func properties(_ text: String, _ texts: Properties.Texts, without names: [String] = []) throws -> String? {
        let value = try JSONDocument(parsing: Array(text.utf8)).root
        return Properties.json(of: value, without: names, reading: texts).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(arguments: [
        "0", "-0", "7", "-1.50", "1e5", "1E+5", "12345678901234567890", "0.000000000000000000000001", "1e400", "true",
        "false",
    ])
    func `make numbers and booleans of texts, digit for digit`(text: String) throws {
        for texts in [Properties.Texts.typed, .table] {
            #expect(try properties(#"{"a":"\#(text)"}"#, texts) == #"{"a":\#(text)}"#)
        }
    }

    /// A number as JSON knows it and nothing more: what is in front of it or behind it is a part of the text.
    @Test(arguments: [
        "007", "00", "-01", "+1", ".5", "1.", "1.e5", "1e", "0x10", "1_000", "1,5", "--1", "-", "NaN", "Infinity",
        "True", "TRUE",
        "null", " 1", "1 ", #"1\n"#, #"1\t"#, #"\n1"#, #"1\u0000"#, "1 2", "[1]", "{}", #"\"1\""#, "١", "１", "true ",
        "1%",
    ])
    func `leave every other text a text`(text: String) throws {
        for texts in [Properties.Texts.typed, .table] {
            #expect(try properties(#"{"a":"\#(text)"}"#, texts) == #"{"a":"\#(text)"}"#)
        }
    }

    @Test func `leave out empty texts of a table, where a cell is empty, and of nothing else`() throws {
        #expect(try properties(#"{"a":"","b":" ","c":"0"}"#, .table) == #"{"b":" ","c":0}"#)
        #expect(try properties(#"{"a":"","b":" ","c":"0"}"#, .typed) == #"{"a":"","b":" ","c":0}"#)
        #expect(try properties(#"{"a":""}"#, .table) == nil)
        #expect(try properties("{}", .typed) == nil)
    }

    @Test func `leave out what is a field of the event, and keep values that are no texts`() throws {
        let text = #"{"id":"1","x":{"id": "2"},"i\u0064":"3","é":[1.50, "2"],"n":null,"\"":"7"}"#
        #expect(
            try properties(text, .typed, without: ["id", "y"])
                == #"{"x":{"id": "2"},"é":[1.50, "2"],"n":null,"\"":7}"#
        )
    }

    // MARK: - IDs

    @Test func `have different IDs where the same characters are divided differently`() {
        #expect(ImportedEvent.id("lago", "a/b", "c") == "lago:a%2Fb/c")
        #expect(ImportedEvent.id("lago", "a", "b/c") == "lago:a/b/c")
        #expect(ImportedEvent.id("lago", "a%2Fb", "c") == "lago:a%252Fb/c")
        #expect(ImportedEvent.id("flexprice", "a", "b/c", "d/e%") == "flexprice:a/b%2Fc/d/e%")
        #expect(ImportedEvent.id("polar", "a/b%") == "polar:a/b%")
    }

    @Test func `have an ID of their vendor's parts up to 255 bytes, and of their digest beyond`() {
        let longest = String(repeating: "s", count: 248)
        #expect(ImportedEvent.id("lago", longest, "e") == "lago:\(longest)/e")
        // By sha256sum.
        #expect(
            ImportedEvent.id("lago", String(repeating: "s", count: 250), "e")
                == "lago:sha256:1f14096e1407a0dc0a7b36c364e344ef8f7f32466531a79d97a3e164c73c7138"
        )
        // Bytes count, not characters.
        #expect(ImportedEvent.id("polar", String(repeating: "é", count: 125)).hasPrefix("polar:sha256:"))
        #expect(ImportedEvent.id("polar", String(repeating: "é", count: 124)).hasPrefix("polar:é"))
    }
}
