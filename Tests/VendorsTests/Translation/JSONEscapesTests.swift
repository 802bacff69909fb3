import Testing

@testable import Vendors

@Suite struct JSONEscapesTests {
    @Test(arguments: [
        (#""\u0000""#, true), (#""a\u0000b""#, true), (#""\\\u0000""#, true), (#""\n\u0000""#, true),
        (#"{"a":{"\u0000":1}}"#, true), (#""\\u0000""#, false), (#""\\\\u0000""#, false), (#""u0000""#, false),
        (#""\u0001""#, false), (#""\u00000""#, true), (#""\u000""#, false), (#""\u00""#, false), (#""\"#, false),
        ("", false),
        (#""\u0010\u0100\u1000""#, false),
    ])
    func `finds the escape of U+0000 and nothing that looks like it`(json: String, isThere: Bool) {
        #expect(JSONEscapes.holdZeroCharacter(Array(json.utf8)[...]) == isThere)
        // Also where the text is a part of another one.
        let inside = Array("xx\(json)yy".utf8)[2..<(2 + json.utf8.count)]
        #expect(JSONEscapes.holdZeroCharacter(inside) == isThere)
    }
}
