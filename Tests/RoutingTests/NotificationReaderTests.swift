import Access
import Notifications
import Routing
import Testing

/// `notifications` of `routes.json`.
@Suite struct NotificationReaderTests {
    private static func file(_ receivers: String, _ more: String = "") -> String {
        RoutesText.file().replacing(
            "{\"version\": 1,",
            with: "{\"version\": 1, \"notifications\": {\"receivers\": {\(receivers)}\(more)},"
        )
    }

    private static let webhook =
        #""a": {"type": "webhook", "url": "https://x.example/in?token=1", "secret": {"env": "S"}}"#

    @Test func `reads receivers of all types, with their defaults`() throws {
        let text = Self.file(
            Self.webhook + #", "b": {"type": "slack", "url": {"file": "/run/slack"}, "kinds": ["disk", "lost"]}"#
                + #", "c": {"type": "mail", "from": "t@example.com", "to": ["a@example.com", "b@example.com"]}"#,
            #", "name": "prod", "backlog": "30m", "repeat": "1d""#
        )
        let settings = try RoutesText.read(text).notifications
        #expect(settings.gateway == "prod")
        #expect(settings.rules.backlog == .seconds(1800))
        #expect(settings.rules.circuitOpen == NotificationRules().circuitOpen)
        #expect(settings.pacing.repeatAfter == .seconds(86_400))
        #expect(
            settings.receivers == [
                Receiver(
                    name: "a",
                    channel: .webhook(ReceiverAddress(.text("https://x.example/in?token=1")), secret: .environment("S"))
                ),
                Receiver(
                    name: "b",
                    channel: .slack(ReceiverAddress(.credential(.file("/run/slack")))),
                    kinds: [.disk, .lost]
                ),
                Receiver(
                    name: "c",
                    channel: .mail(
                        MailSettings(
                            from: "t@example.com",
                            to: ["a@example.com", "b@example.com"],
                            program: "/usr/sbin/sendmail"
                        )
                    )
                ),
            ]
        )
        #expect(try RoutesText.read(RoutesText.file()).notifications == NotificationSettings())
    }

    @Test(arguments: [
        (#""a": {"type": "pager"}"#, "unknown type \"pager\""),
        (#""a": {"type": "webhook", "url": "https://x.example"}"#, "\"secret\" is missing"),
        (#""a": {"type": "webhook", "secret": {"env": "S"}}"#, "\"url\" is missing"),
        (#""a": {"type": "webhook", "url": "http://x.example", "secret": {"env": "S"}}"#, "is plain http"),
        (#""a": {"type": "webhook", "url": "https://u:p@x.example", "secret": {"env": "S"}}"#, "must not hold a user"),
        (#""a": {"type": "webhook", "url": "https://x.example", "secret": "whsec_x"}"#, "must be an object"),
        (
            #""a": {"type": "webhook", "url": "https://x.example", "secret": {"inline": "whsec_x"}}"#,
            "with --allow-inline-secrets only"
        ),
        (#""a": {"type": "slack", "url": "https://hooks.example/T0/B0/abc"}"#, "of this type is a secret"),
        (#""a": {"type": "slack", "url": {"env": "S"}, "secret": {"env": "S"}}"#, "\"secret\" does not apply"),
        (#""a": {"type": "mail", "from": "t@example.com"}"#, "at least one address in \"to\""),
        (#""a": {"type": "mail", "from": "t@example.com", "to": "-x@example.com"}"#, "not a plain mail address"),
        (#""a": {"type": "mail", "from": "t@e.com", "to": "a@e.com", "program": "sendmail"}"#, "absolute path"),
        (#""a": {"type": "mail", "from": "t@e.com", "to": "a@e.com", "kinds": []}"#, "told nothing"),
        (#""a b": {"type": "slack", "url": {"env": "S"}}"#, "a receiver's name has"),
    ])
    func `refuses what cannot be meant, and quotes no secret`(receiver: String, fault: String) {
        let faults = RoutesText.faults(in: Self.file(receiver))
        #expect(faults.contains { $0.contains(fault) }, "\(faults)")
        #expect(!faults.contains { $0.contains("whsec_x") || $0.contains("/T0/B0") || $0.contains("u:p") })
    }

    @Test func `has a limit of receivers`() {
        let many = (0..<21).map { #""r\#($0)": {"type": "slack", "url": {"env": "S"}}"# }.joined(separator: ", ")
        let faults = RoutesText.faults(in: Self.file(many))
        #expect(faults.count == 1 && faults[0].contains("there are 21 receivers"), "\(faults)")
    }

    @Test func `is part of what a new file changes, and of what a check shows`() throws {
        let old = try RoutesText.read(Self.file(Self.webhook))
        let mail = #""c": {"type": "mail", "from": "t@example.com", "to": "a@example.com"}"#
        let new = try RoutesText.read(Self.file(mail, #", "backlog": "1h""#))
        #expect(
            RoutesChanges(from: old, to: new).list.map(\.summary) == [
                "notifications notifications: changed: backlog", "notifications c: added", "notifications a: removed",
            ]
        )
        #expect(RoutesChanges(from: old, to: old).list == [])
        let report = RoutesReport.summary(of: new, file: "f")
        #expect(
            report.contains(
                "notifications to c: mail from t@example.com to a@example.com by /usr/sbin/sendmail: everything"
            )
        )
    }
}
