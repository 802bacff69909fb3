import Events
import Foundation
import JSON
import Notifications
import Testing

/// Heads of mails at the ends of the calendar, and with names that are no ASCII.
@Suite struct MailDateTests {
    private func head(_ time: Timestamp, gateway: String = "prod", from: String = "a@example.com") -> [String] {
        let message = NotificationMessage.test(id: "msg_1", at: time, gateway: gateway)
        let text = String(decoding: MailFormat.text(of: message, from: from, to: ["b@x", "c@y"]), as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }.map(String.init)
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 +0000"),
        ("1969-12-31T23:59:59.999Z", "Wed, 31 Dec 1969 23:59:59 +0000"),
        ("2024-02-29T12:30:45Z", "Thu, 29 Feb 2024 12:30:45 +0000"),
        ("1900-03-01T00:00:00Z", "Thu, 01 Mar 1900 00:00:00 +0000"),
        ("2000-01-01T00:00:00Z", "Sat, 01 Jan 2000 00:00:00 +0000"),
        ("0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 +0000"),
        ("9999-12-31T23:59:59.999Z", "Fri, 31 Dec 9999 23:59:59 +0000"),
    ])
    func `a date has its day of the week and four digits of a year`(time: String, date: String) throws {
        #expect(head(try #require(Timestamp(rfc3339: time))).contains("Date: \(date)"))
    }

    @Test func `the head names sender, receivers and the message`() {
        let head = head(Timestamp(milliseconds: 0))
        #expect(
            head == [
                "From: a@example.com", "To: b@x, c@y", "Subject: Tollgate prod: test of notifications",
                "Date: Thu, 01 Jan 1970 00:00:00 +0000", "Message-ID: <msg_1@example.com>",
                "Auto-Submitted: auto-generated",
                "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
            ]
        )
    }

    /// A byte that is no printable ASCII is a question mark, line breaks too.
    @Test func `a subject is ASCII of one line`() {
        let head = head(Timestamp(milliseconds: 0), gateway: "prö\r\nBcc: x@y\u{0}")
        #expect(head.contains("Subject: Tollgate pr????Bcc: x@y?: test of notifications"))
        #expect(!head.contains { $0.hasPrefix("Bcc") })
    }

    @Test(arguments: [
        (String(repeating: "a", count: 252) + "@b", true), (String(repeating: "a", count: 253) + "@b", false),
        ("a@b\u{7F}", false), ("a@b\u{0}", false), ("a@[127.0.0.1]", false), ("a@b(c)", false), ("\"a\"@b", false),
        ("a;b@c", false), ("a'b@c", true), ("a@b\\c", false), ("", false), ("@", false),
    ])
    func `an address has 254 bytes and no character that separates others`(text: String, isGood: Bool) {
        #expect(MailFormat.isAddress(text) == isGood)
    }

    @Test(arguments: [23, 24, 64, 65])
    func `a webhook's secret has 24 to 64 bytes`(count: Int) throws {
        let text = "whsec_" + Data(repeating: 7, count: count).base64EncodedString()
        if (24...64).contains(count) {
            let fields = try WebhookSecret(Secret(text)).fields(id: "m", seconds: -1, body: [])
            #expect(fields.map(\.value).prefix(2) == ["m", "-1"])
        } else {
            #expect(throws: FaultyWebhookSecret.self) { _ = try WebhookSecret(Secret(text)) }
        }
    }

    @Test func `a webhook's body says when an incident ended, and how many are left out`() throws {
        let time = Timestamp(milliseconds: 1_800_000_000_000)
        let condition = Condition(Condition.Key(.memory, "é"), "s", remedy: "r")
        let incidents = (0..<51).map { _ in Incident(condition, .resolved, since: time, ended: time + .seconds(1)) }
        let message = NotificationMessage(id: "m", at: time, gateway: "\"g\"", incidents: incidents)
        let data = try JSONDocument(parsing: WebhookFormat.body(of: message)).root["data"]
        #expect(data?["omitted"]?.int64 == 1 && data?["gateway"]?.string == "\"g\"")
        let first = data?["incidents"]?.elements.first { _ in true }
        #expect(first?["ended"]?.string == "2027-01-15T08:00:01.000Z" && first?["subject"]?.string == "é")
        #expect(first?["kind"]?.string == "memory" && first?["status"]?.string == "resolved")
    }
}
