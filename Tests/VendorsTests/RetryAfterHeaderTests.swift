import Events
import Testing

@Suite struct RetryAfterHeaderTests {
    @Test(arguments: [
        ("60", "after 60s"), (" 60 ", "after 60s"), ("0", "after 0s"), ("1.5", "after 1500ms"), ("0.0004", "after 1ms"),
        ("31536000", "after 604800s"), ("99999999999999999999999", "after 604800s"),
        ("999999999", "after 604800s"), ("1772366460", "at 2026-03-01T12:01:00.000Z"),
        ("1772366460.5", "at 2026-03-01T12:01:00.500Z"), ("1772366460000", "at 2026-03-01T12:01:00.000Z"),
        ("1772366460000000", "at 2026-03-01T12:01:00.000Z"), ("1772366460000000000", "at 2026-03-01T12:01:00.000Z"),
        ("Sun, 06 Nov 1994 08:49:37 GMT", "at 1994-11-06T08:49:37.000Z"),
        ("Sunday, 06-Nov-94 08:49:37 GMT", "at 1994-11-06T08:49:37.000Z"),
        ("Sun Nov  6 08:49:37 1994", "at 1994-11-06T08:49:37.000Z"),
        ("Wed, 21 Oct 2026 07:28:00 GMT", "at 2026-10-21T07:28:00.000Z"),
    ])
    func `seconds and HTTP dates are read`(text: String, meaning: String) {
        #expect(RetryAfter(header: text)?.text == meaning)
    }

    @Test(arguments: [
        "", "soon", "-5", "1e9", "1.2.3", "5 minutes", "NaN", "inf", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Foo 1994 08:49:37 GMT", "2026-10-21T07:28:00Z", ", , , , ,", "\u{0}",
    ])
    func `anything else is no wish of the vendor`(text: String) {
        #expect(RetryAfter(header: text) == nil)
    }

    @Test func `an answer's header is found whatever its case`() {
        let answer = VendorAnswer(status: 429, headers: [("rETRY-aFTER", "7")], body: [])
        #expect(answer.header("Retry-After") == "7")
    }
}
