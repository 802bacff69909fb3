import JSON
import Testing

@Suite struct JSONWriterTests {
    @Test func `puts commas and colons where they belong`() {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("a", integer: 1)
        writer.key("b")
        writer.beginArray()
        writer.string("x")
        writer.bool(false)
        writer.beginObject()
        writer.endObject()
        writer.null()
        writer.endArray()
        writer.member("c", raw: Array("[1, 2]".utf8))
        writer.member("d", stringOrNull: nil)
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"{"a":1,"b":["x",false,{},null],"c":[1, 2],"d":null}"#
        )
    }

    @Test(arguments: [("plain", false), ("ü", false), ("a\"b", true), ("a\u{0}", true), ("", false)])
    func `tells whether anything was escaped`(text: String, isEscaped: Bool) {
        var value = JSONWriter()
        value.string(text)
        value.string("after it")
        #expect(value.hasEscapes == isEscaped)
        var key = JSONWriter()
        key.key(text)
        #expect(key.hasEscapes == isEscaped)
    }

    @Test func `escapes what must be escaped and nothing else`() {
        var writer = JSONWriter()
        writer.string("\"\\/\u{8}\u{c}\n\r\t\u{1}é😀\u{2028}")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""\"\\/\b\f\n\r\t\u0001é😀"# + "\u{2028}\"")
    }

    @Test(arguments: ["\"", "\\", "\u{1F}"])
    func `finds what must be escaped wherever it stands`(special: String) {
        let escaped = ["\"": "\\\"", "\\": "\\\\", "\u{1F}": "\\u001f"][special] ?? ""
        for length in 0..<20 {
            for place in 0...length {
                let (before, after) = (
                    String(repeating: "é", count: place), String(repeating: "x", count: length - place)
                )
                var writer = JSONWriter()
                writer.string(before + special + after)
                #expect(String(decoding: writer.bytes, as: UTF8.self) == "\"\(before)\(escaped)\(after)\"")
            }
        }
    }

    @Test(arguments: [0, 7, 10, 4096, -1, -90, .max, .min])
    func `writes integers of any length`(value: Int) {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("escaped \"key\"", integer: value)
        writer.member("next", integer: value)
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == #"{"escaped \"key\"":\#(value),"next":\#(value)}"#
        )
    }
}
