import Events
import Testing

@Suite struct RedactionTests {
    @Test(arguments: [
        ("acct-sandbox", "no account acct-sandbox here", "no account [redacted] here"),
        ("k1", "key=k1, k1", "key=[redacted], [redacted]"),
        ("päß wörd", "GET /?key=p%C3%A4%C3%9F%20w%C3%B6rd", "GET /?key=[redacted]"),
        ("a+b/c=", "key a%2Bb%2Fc%3D refused", "key [redacted] refused"),
        ("polar_oat_1234567890", "token polar_oat_1234…", "token [redacted]…"),
        ("other", "nothing to see", "nothing to see"),
        ("other", "cut where nothing is…", "cut where nothing is…"),
    ])
    func `leaves a credential out, whatever it looks like`(secret: String, text: String, expected: String) {
        #expect(Redaction(of: Secret(secret)).redacted(text) == expected)
    }

    @Test func `leaves it out of every kind of verdict`() {
        let redaction = Redaction(of: Secret("s3cret"))
        let fault = DeliveryFault(code: .unauthorized, message: "refused s3cret", vendor: "s3cret is unknown")
        let verdicts: [Verdict] = [
            .all(.park(fault)), .all(.reject(fault)), .all(.retry(fault, after: nil)), .all(.ambiguous(fault)),
            .each([.delivered(deduplicated: false), .resend, .reject(fault)]), .unnamed(fault),
        ]
        for verdict in verdicts {
            let text = "\(verdict.redacted(by: redaction))"
            #expect(!text.contains("s3cret") && text.contains("[redacted] is unknown"), "\(text)")
        }
        #expect(Redaction(of: nil).redacted("s3cret") == "s3cret")
        #expect(redaction.redacted(Array("{\"a\":\"s3cret\"}".utf8)) == Array("{\"a\":\"[redacted]\"}".utf8))
    }

    /// A vendor that repeats the address of a request writes the credential percent-encoded, and a long message is cut anywhere.
    @Test(arguments: ["a+b/c=d e", "päß wörd", "%2F%2F%2F%2F", "key//with//slashes", "ключ доступа"])
    func `leaves out the beginning of an encoded credential where a text was cut in it`(secret: String) {
        let redaction = Redaction(of: Secret(secret))
        let encoded = Array(PercentEncoding.encoded(secret).utf8)
        for length in 4..<encoded.count {
            let shown = redaction.redacted("GET /?key=\(String(decoding: encoded.prefix(length), as: UTF8.self))…")
            #expect(shown == "GET /?key=[redacted]…", "\(length) of \(encoded.count) bytes")
        }
        #expect(redaction.redacted("GET /?key=\(String(decoding: encoded, as: UTF8.self))…") == "GET /?key=[redacted]…")
    }

    /// The longest beginning is removed, so that no part of it stays in front of a shorter one.
    @Test func `leaves out all of a beginning that repeats itself`() {
        let redaction = Redaction(of: Secret("abcdabcdabcdX"))
        #expect(redaction.redacted("key abcdabcdabcd…") == "key [redacted]…")
        #expect(redaction.redacted("key abcdabcdab…") == "key [redacted]…")
        #expect(redaction.redacted("abcdabcdabcdX abcdab…") == "[redacted] [redacted]…")
        #expect(
            redaction.redacted("key abcdabcd") == "key abcdabcd",
            "a text that was not cut shows what is no credential"
        )
    }

    /// A cut is between code points, and may be inside of a character.
    @Test func `leaves out a beginning that ends inside of a character`() {
        let redaction = Redaction(of: Secret("kéyé\u{301}\u{302}rest"))
        for scalars in 3...7 {
            let cut = String(String.UnicodeScalarView("kéyé\u{301}\u{302}rest".unicodeScalars.prefix(scalars)))
            #expect(redaction.redacted("no \(cut)…") == "no [redacted]…", "\(cut)")
        }
    }

    @Test(arguments: ["", "a", "abc", "abcd"])
    func `a short credential has no beginning that could be told from other text`(secret: String) {
        let redaction = Redaction(of: Secret(secret))
        for length in 0..<secret.count {
            #expect(redaction.redacted("x\(secret.prefix(length))…") == "x\(secret.prefix(length))…")
        }
    }
}
