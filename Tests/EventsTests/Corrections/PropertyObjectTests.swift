import JSON
import Testing

@testable import Events

/// Properties that are changed member by member, with the bytes of all others as they were.
@Suite struct PropertyObjectTests {
    private func object(_ text: String) -> PropertyObject { PropertyObject(JSONText(checked: text)) }

    @Test(arguments: [nil, "{}", "[1]", "7", "null", "{", "\"a\""])
    func `has no members where there is no object`(text: String?) {
        #expect(PropertyObject(text.map { JSONText(checked: $0) }).text.description == "{}")
    }

    @Test func `keeps the bytes of every value, and drops whitespace between members alone`() {
        let text = #"{ "a" : 1.50e+0 , "b\u0061" : { "x" : [ 1 ] }, "é":"\u00e9" }"#
        #expect(object(text).text.description == #"{"a":1.50e+0,"ba":{ "x" : [ 1 ] },"é":"\u00e9"}"#)
    }

    @Test(arguments: [
        ("7", "7"), ("\"7\"", "7"), ("\"-0.50\"", "-0.5"), ("1e2", "100"), ("\"1e2\"", "100"), ("\".5\"", "0.5"),
        ("\"007\"", "7"),
    ])
    func `reads a number also from text`(value: String, number: String) {
        #expect(object("{\"n\":\(value)}").number("n") == JSONNumber(number))
    }

    @Test(arguments: ["null", "true", "[7]", "{}", "\"\"", "\"7 \"", "\"seven\"", "1e1000000001", "\"\u{661}\""])
    func `reads no number from what is none`(value: String) {
        #expect(object("{\"n\":\(value)}").number("n") == nil)
        #expect(object("{\"n\":\(value)}").number("m") == nil)
    }

    @Test(arguments: [
        (#"{"n":7,"m":1}"#, #"{"n":-3,"m":1}"#), (#"{"m":1,"n":"7"}"#, #"{"m":1,"n":"-3"}"#),
        (#"{"m":1}"#, #"{"m":1,"n":-3}"#), ("{}", #"{"n":-3}"#), (#"{"n":null}"#, #"{"n":-3}"#),
        // The first of two is the one that is read.
        (#"{"n":1,"n":2}"#, #"{"n":-3,"n":2}"#),
    ])
    func `writes a number in the place and in the form of the old one`(before: String, after: String) {
        #expect(object(before).setting("n", to: "-3").text.description == after)
    }

    @Test func `writes a text with what must be escaped`() {
        let changed = object(#"{"a":1}"#).setting("b\"", toText: "x\ny")
        #expect(changed.text.description == #"{"a":1,"b\"":"x\ny"}"#)
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #"{"b":3,"c":4}"#, #"{"a":1,"b":3,"c":4}"#), ("{}", #"{"a":1}"#, #"{"a":1}"#),
        (#"{"a":1}"#, "{}", #"{"a":1}"#), (#"{"a":{"x":1}}"#, #"{"a":{"y":2}}"#, #"{"a":{"y":2}}"#),
        (#"{"a":1}"#, #"{"a":null}"#, #"{"a":null}"#), (#"{"a":1}"#, #"{"b":1,"b":2}"#, #"{"a":1,"b":2}"#),
    ])
    func `merges member by member, the other's last`(own: String, other: String, merged: String) {
        #expect(object(own).merged(with: object(other)).text.description == merged)
    }

    @Test func `removes every member of a name, and no other`() {
        #expect(object(#"{"a":1,"b":2,"a":3}"#).removing("a").text.description == #"{"b":2}"#)
        #expect(object(#"{"a":1}"#).removing("A").text.description == #"{"a":1}"#)
    }

    /// To a vendor, two forms of a letter are two properties.
    @Test func `knows names byte for byte`() {
        let both = object("{\"caf\u{E9}\":1,\"cafe\u{301}\":2}")
        #expect(both.number("cafe\u{301}") == JSONNumber("2") && both.number("caf\u{E9}") == JSONNumber("1"))
        #expect(both.removing("caf\u{E9}").text.bytes.elementsEqual("{\"cafe\u{301}\":2}".utf8))
        let changed = both.setting("cafe\u{301}", to: "9")
        #expect(changed.text.bytes.elementsEqual("{\"caf\u{E9}\":1,\"cafe\u{301}\":9}".utf8))
    }

    @Test(arguments: [
        (#"{"a":1,"b":2}"#, #"{"b":2.0,"a":10e-1}"#, true), ("{}", "{}", true), (#"{"a":1}"#, #"{"a":"1"}"#, false),
        (#"{"a":1,"a":1}"#, #"{"a":1,"a":1}"#, false), (#"{"a":null}"#, "{}", false),
    ])
    func `compares by content`(left: String, right: String, isSame: Bool) {
        #expect(object(left).says(the: object(right)) == isSame)
    }
}
