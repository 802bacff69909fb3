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

    @Test func `escapes what must be escaped and nothing else`() {
        var writer = JSONWriter()
        writer.string("\"\\/\u{8}\u{c}\n\r\t\u{1}é😀\u{2028}")
        #expect(String(decoding: writer.bytes, as: UTF8.self) == #""\"\\/\b\f\n\r\t\u0001é😀"# + "\u{2028}\"")
    }
}
