import Events
import Testing

@Suite struct PercentEncodingTests {
    @Test(arguments: [
        ("", ""), ("a-b.c_d~9", "a-b.c_d~9"), ("a b", "a%20b"), ("a/b?c=d&e", "a%2Fb%3Fc%3Dd%26e"), ("ä%", "%C3%A4%25"),
        ("+", "%2B"), ("\u{0}", "%00"),
    ])
    func `encodes everything but letters, digits and four marks`(text: String, encoded: String) {
        #expect(PercentEncoding.encoded(text) == encoded)
        #expect(PercentEncoding.decoded(encoded) == text)
        #expect(PercentEncoding.decoded(encoded, plusIsSpace: true) == text)
    }

    @Test(arguments: ["%", "%4", "%zz", "100%", "%+1"])
    func `leaves alone what is no encoding`(text: String) {
        #expect(PercentEncoding.decoded(text) == text)
    }

    @Test func `reads a plus as forms or as paths have it`() {
        #expect(PercentEncoding.decoded("a+b%2B%20") == "a+b+ ")
        #expect(PercentEncoding.decoded("a+b%2B%20", plusIsSpace: true) == "a b+ ")
    }

    @Test func `joins parameters to a query`() {
        #expect(PercentEncoding.query([]) == "")
        #expect(PercentEncoding.query([("page", "2"), ("metadata[k]", "ä b")]) == "?page=2&metadata%5Bk%5D=%C3%A4%20b")
    }
}
