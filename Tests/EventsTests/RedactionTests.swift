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
}
