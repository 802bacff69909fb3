import Events
import JSON
import TestSupport
import Testing

@testable import Vendors

/// Polar's limits of metadata: 50 keys of up to 40 characters, texts of 1 to 500. Characters are Unicode scalars, as Python counts.
@Suite struct PropertyLimitTests {
    private func metadata(_ properties: String, _ settings: [String: SettingValue] = [:]) throws -> String? {
        let adapter = PolarAdapter()
        let completed = DestinationSettings(settings).completed(by: PolarSettings.fields)
        let translated = try adapter.translate(
            SampleEvent.accepted(properties: properties),
            for: SampleEvent.destination(adapter, settings: completed)
        )
        return try JSONDocument(parsing: translated.bytes).root["metadata"].map {
            String(decoding: $0.raw, as: UTF8.self)
        }
    }

    private func refusal(_ properties: String, _ settings: [String: SettingValue] = [:]) -> Untranslatable? {
        #expect(throws: Untranslatable.self) { try metadata(properties, settings) }
    }

    private static func text(_ character: String, _ count: Int) -> String { String(repeating: character, count: count) }

    /// The second one has two characters by Swift's count for each scalar pair.
    @Test(arguments: ["x", "é", "e\u{301}", "日", "👩", "\\u00e9", "\\ud83d\\udc69"])
    func `counts scalars, not bytes and not what people see`(character: String) throws {
        // By bytes: the two forms of one letter are equal texts.
        let scalars = character.utf8.elementsEqual("e\u{301}".utf8) ? 2 : 1
        let fitting = #"{"a":"\#(Self.text(character, 500 / scalars))"}"#
        #expect(try metadata(fitting) == fitting)
        let long = refusal(#"{"a":"\#(Self.text(character, 500 / scalars + 1))"}"#)
        #expect(long?.field == "properties.a")
        let key = #"{"\#(Self.text(character, 40 / scalars))":1}"#
        #expect(try metadata(key) == key)
        #expect(
            refusal(#"{"\#(Self.text(character, 40 / scalars + 1))":1}"#)?.message.contains("40 characters") == true
        )
    }

    @Test(arguments: ["x", "é", "日", "👩", "\\u00e9", "\\ud83d\\udc69"])
    func `cuts a long text after 500 scalars where it may`(character: String) throws {
        let cut = try #require(try metadata(#"{"a":"\#(Self.text(character, 700))"}"#, ["long_text": .text("cut")]))
        let text = try JSONDocument(parsing: Array(cut.utf8)).root["a"]?.string
        #expect(text?.unicodeScalars.count == 500)
    }

    @Test func `takes fifty properties, and counts only those that are sent`() throws {
        let fifty = (1...50).map { #""p\#($0)":\#($0)"# }.joined(separator: ",")
        #expect(try metadata("{\(fifty)}") == "{\(fifty)}")
        #expect(refusal("{\(fifty),\"q\":1}")?.field == "properties")
        // Nulls and empty texts are dropped, and what is omitted is not sent.
        #expect(try metadata("{\(fifty),\"q\":null,\"r\":\"\"}") == "{\(fifty)}")
        #expect(try metadata("{\(fifty),\"q\":1}", ["omit": .texts(["q"])]) == "{\(fifty)}")
        // What is added counts as well.
        #expect(refusal("{\(fifty)}", ["copy": .texts(["source"])]) != nil)
        #expect(refusal("{\(fifty)}", ["id_property": .text("own_id")]) != nil)
    }

    @Test(arguments: [
        (#"{"a":{"b":1},"a.b":2}"#, "properties.a.b"), (#"{"a":[1],"a.0":2}"#, "properties.a.0"),
        (#"{"a.b":{"c":1},"a":{"b":{"c":2}}}"#, "properties.a.b.c"),
        (#"{"a":{"b":1},"\u0061.b":2}"#, "properties.a.b"), (#"{"a":{"\u0062":1},"a.b":2}"#, "properties.a.b"),
    ])
    func `two properties that meet after flattening are refused`(properties: String, field: String) {
        let refusal = refusal(properties, ["nested": .text("flatten")])
        #expect(refusal?.field == field && refusal?.message.hasPrefix("is duplicated after flattening") == true)
    }

    @Test func `what flattening makes too long, too many or zero is refused`() throws {
        let deep = String(repeating: #"{"abcdefghij":"#, count: 4) + "1" + String(repeating: "}", count: 4)
        #expect(refusal(deep, ["nested": .text("flatten")])?.message.contains("40 characters") == true)
        let many = #"{"a":[\#((1...51).map(String.init).joined(separator: ","))]}"#
        #expect(refusal(many, ["nested": .text("flatten")])?.message.contains("50 properties") == true)
        #expect(
            try metadata(#"{"a":{},"b":[],"c":{"d":null,"e":""},"f":1}"#, ["nested": .text("flatten")]) == #"{"f":1}"#
        )
        #expect(refusal(#"{"a":{"b":"\u0000"}}"#, ["nested": .text("flatten")])?.message.contains("U+0000") == true)
    }

    @Test func `nested JSON as text has the limit of a text`() throws {
        func list(_ bytes: Int) -> String { #"{"a":["\#(Self.text("x", bytes - 4))"]}"# }
        #expect(try metadata(list(500), ["nested": .text("stringify")])?.utf8.count == 500 + 8 + 2)
        #expect(refusal(list(501), ["nested": .text("stringify")])?.message.contains("500 characters") == true)
    }

    /// Texts become numbers only in JSON's own form, and what is no number is refused.
    @Test(
        arguments: [
            (#""12""#, "12"), (#""-1.50""#, "-1.50"), ("7", "7"), (#""1e3""#, "1e3"), (#""0""#, "0"),
            (#""\u0031""#, nil),
            (#"" 1""#, nil), (#""1 ""#, nil), (#""01""#, nil), (#""+1""#, nil), (#""1,5""#, nil), (#""NaN""#, nil),
            (#""""#, nil),
            ("true", nil), ("[1]", nil), ("{}", nil), (#""1e400""#, nil), ("1e400", nil),
        ] as [(String, String?)]
    )
    func `a property that must be a number is one or is refused`(value: String, number: String?) throws {
        let settings: [String: SettingValue] = ["numbers": .texts(["n"])]
        guard let number else {
            #expect(refusal(#"{"n":\#(value)}"#, settings)?.field == "properties.n")
            return
        }
        #expect(try metadata(#"{"n":\#(value)}"#, settings) == #"{"n":\#(number)}"#)
    }

    /// `é` as one scalar and as two are different names.
    @Test func `names of settings are compared byte for byte, written with escapes too`() throws {
        let omit: [String: SettingValue] = ["omit": .texts(["é"])]
        #expect(try metadata(#"{"é":1,"n":2}"#, omit) == #"{"n":2}"#)
        #expect(try metadata(#"{"\u00e9":1,"n":2}"#, omit) == #"{"n":2}"#)
        #expect(try metadata("{\"e\u{301}\":1}", omit) == "{\"e\u{301}\":1}")
        #expect(try metadata(#"{"e\u0301":1}"#, omit) == #"{"e\u0301":1}"#)
    }

    @Test func `a property has precedence over a field that would be copied, and none over the id's`() throws {
        let copy: [String: SettingValue] = ["copy": .texts(["source"])]
        #expect(try metadata(#"{"source":"mine"}"#, copy) == #"{"source":"mine"}"#)
        #expect(try metadata(#"{"n":1}"#, copy) == #"{"n":1,"source":"api"}"#)
        #expect(try metadata(#"{"\u0073ource":"mine"}"#, copy) == #"{"\u0073ource":"mine"}"#)
        let id: [String: SettingValue] = ["id_property": .text("own")]
        #expect(try metadata(#"{"n":1}"#, id) == #"{"n":1,"own":"evt-1"}"#)
        #expect(refusal(#"{"own":1}"#, id)?.field == "properties.own")
        #expect(refusal(#"{"\u006fwn":1}"#, id)?.field == "properties.own")
        #expect(try metadata(#"{"own":1}"#, id.merging(["omit": .texts(["own"])]) { $1 }) == #"{"own":"evt-1"}"#)
    }
}
