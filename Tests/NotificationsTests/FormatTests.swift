import Events
import Foundation
import JSON
import Notifications
import Testing

/// Messages as receivers of each type get them.
@Suite struct FormatTests {
    private static let time = Timestamp(milliseconds: 1_795_963_239_000)

    private static func message(_ count: Int = 1, summary: String = "lago refuses its key.") -> NotificationMessage {
        let incidents = (0..<count).map { index in
            let condition = Condition(Condition.Key(.parked, "p\(index)"), summary, remedy: "Renew it.")
            return Incident(condition, .started, since: time)
        }
        return NotificationMessage(id: "msg_1", at: time, gateway: "prod", incidents: incidents)
    }

    @Test func `signs as the reference implementation of Standard Webhooks does`() throws {
        // From the tests of standardwebhooks' libraries.
        let secret = try WebhookSecret(Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let fields = secret.fields(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            seconds: 1_614_265_330,
            body: Array(#"{"test": 2432232314}"#.utf8)
        )
        #expect(fields.map(\.name) == ["webhook-id", "webhook-timestamp", "webhook-signature"])
        #expect(fields.last?.value == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test(arguments: [
        "", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa", "whsec_c2hvcnQ=",
    ])
    func `refuses a secret that the specification does not allow, and quotes none`(text: String) {
        let fault = #expect(throws: FaultyWebhookSecret.self) { _ = try WebhookSecret(Secret(text)) }
        #expect(fault.map { !"\($0)".contains("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa") } ?? false)
    }

    @Test func `writes type, timestamp and data`() throws {
        let root = try JSONDocument(parsing: WebhookFormat.body(of: Self.message())).root
        #expect(root["type"]?.string == "tollgate.notification")
        #expect(root["timestamp"]?.string == Self.time.rfc3339)
        let incident = root["data"]?["incidents"]?.elements.first { _ in true }
        #expect(incident?["kind"]?.string == "parked")
        #expect(incident?["status"]?.string == "started")
        let test = NotificationMessage.test(id: "i", at: Self.time, gateway: "prod")
        #expect(try JSONDocument(parsing: WebhookFormat.body(of: test)).root["type"]?.string == "tollgate.test")
    }

    @Test func `escapes what Slack takes for markup`() throws {
        let text = try JSONDocument(parsing: SlackFormat.body(of: Self.message(summary: "<!channel> & \"x\""))).root[
            "text"
        ]
        #expect(text?.string?.contains("• NEW &lt;!channel&gt; &amp; \"x\" Renew it.") == true)
    }

    @Test func `escapes it also where a combining mark follows`() throws {
        let body = SlackFormat.body(of: Self.message(summary: "<\u{301}!channel>\u{301} &\u{301}"))
        let text = try JSONDocument(parsing: body).root["text"]?.string ?? ""
        #expect(!text.utf8.contains { "<>".utf8.contains($0) })
        #expect(Array(text.utf8).firstRange(of: Array("&amp;\u{301}".utf8)) != nil, "\(text)")
    }

    @Test func `leaves out what is too much for a person`() {
        let message = Self.message(60)
        #expect(message.incidents.count == 50)
        #expect(message.omitted == 10)
        #expect(message.lines.last == "And 10 more: see `tollgate providers`.")
    }

    @Test func `writes a mail of short lines, which fits a pipe, and whose head a vendor's message cannot end`() throws
    {
        let summary = String(repeating: "ö", count: 399) + "\r\nBcc: x@example.com"
        let mail = MailFormat.text(of: Self.message(50, summary: summary), from: "a@example.com", to: ["b@example.com"])
        #expect(mail.count < 48 << 10)
        let text = String(decoding: mail, as: UTF8.self)
        #expect(text.utf8.allSatisfy { $0 < 0x80 })
        let parts = text.split(separator: "\n\n", maxSplits: 1)
        #expect(parts[0].contains("Subject: Tollgate prod: 50 new\nDate: Sun, 29 Nov 2026 14:40:39 +0000"))
        #expect(!text.contains("Bcc"))
        #expect(text.split(separator: "\n").allSatisfy { $0.utf8.count <= 78 })
        let body = try #require(Data(base64Encoded: String(parts[1]), options: .ignoreUnknownCharacters))
        #expect(String(decoding: body, as: UTF8.self).contains("NEW öö"))
        #expect(String(decoding: body, as: UTF8.self).hasSuffix("The rest is left out.\n"))
    }

    @Test(arguments: [
        ("ops@example.com", true), ("a.b+c@x", true), ("ops", false), ("-f@x", false), ("a@b@c", false),
        ("a b@c", false),
        ("a@b\nBcc: c@d", false), ("a@b,c@d", false), ("<a@b>", false), ("ä@b", false), ("@b", false), ("a@", false),
    ])
    func `knows an address that is nothing else`(text: String, isGood: Bool) {
        #expect(MailFormat.isAddress(text) == isGood)
    }
}
