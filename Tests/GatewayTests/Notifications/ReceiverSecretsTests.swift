import Access
import Events
import Notifications
import Posting
import Routing
import TestSupport
import Testing

@testable import Gateway

/// The secrets of receivers of notifications, and messages that cannot be sent without them.
@Suite struct ReceiverSecretsTests {
    private static let receivers = [
        Receiver(
            name: "open",
            channel: .webhook(ReceiverAddress(.text("https://x.example/in")), secret: .environment("W"))
        ),
        Receiver(
            name: "hook",
            channel: .webhook(ReceiverAddress(.credential(.environment("U"))), secret: .environment("W"))
        ),
        Receiver(name: "chat", channel: .slack(ReceiverAddress(.credential(.environment("S"))))),
        Receiver(
            name: "mail",
            channel: .mail(MailSettings(from: "a@b.example", to: ["c@d.example"], program: "/none"))
        ),
    ]

    private func credentials() -> ReceiverCredentials {
        ReceiverCredentials { NotificationSettings(receivers: Self.receivers) }
    }

    @Test func `are one for each address that is a secret, and one for each signature`() {
        let credentials = credentials()
        #expect(credentials.providersWithCredentials == ["open/secret", "hook/url", "hook/secret", "chat/url"])
        #expect(credentials.credentialSource(of: "hook/url") == .environment("U"))
        #expect(credentials.credentialSource(of: "hook/secret") == .environment("W"))
        for name in ["open/url", "mail/url", "mail/secret", "chat/secret", "chat", ""] as [ProviderName] {
            #expect(credentials.credentialSource(of: name) == nil)
        }
    }

    @Test func `are named where they are missing, and never shown`() async {
        let settings = NotificationSettings(receivers: Self.receivers)
        let missing = await ReceiverCredentials.missing(of: settings, environment: ["W": "planted", "S": ""])
        #expect(missing.count == 2)
        #expect(missing.first?.hasPrefix("notifications to hook/url: ") == true && missing.first?.contains("U") == true)
        #expect(missing.last?.hasPrefix("notifications to chat/url: ") == true)
        #expect(!missing.joined().contains("planted"))
        #expect(await ReceiverCredentials.missing(of: settings, environment: ["W": "a", "U": "b", "S": "c"]).isEmpty)
        #expect(await ReceiverCredentials.missing(of: NotificationSettings(), environment: [:]).isEmpty)
    }

    /// The receiver, the variables, and a part of the reason for which nothing was sent. None of these tries a connection.
    @Test(
        arguments: [
            ("open", [:], "W"), ("open", ["W": "no-webhook-secret"], "whsec_"),
            ("hook", ["W": "whsec_cGxhbnRlZHBsYW50ZWRwbGFudGVkcGxhbnRlZA=="], "U"),
            (
                "hook", ["W": "whsec_cGxhbnRlZHBsYW50ZWRwbGFudGVkcGxhbnRlZA==", "U": "http://planted.example"],
                "its url is plain http"
            ),
            ("chat", ["S": "planted"], "its url must be an address"),
            ("chat", ["S": "https://u:planted@x.example"], "its url must not hold a user or a password"),
            ("chat", ["S": "ftp://planted.example"], "its url must start with https:// or http://"),
            ("mail", [:], "the program /none"),
        ] as [(String, [String: String], String)]
    )
    func `keep a message from being sent, with the reason and without the secret`(
        name: String,
        environment: [String: String],
        reason: String
    ) async throws {
        let clock = SetClock(Timestamp(milliseconds: 1_800_000_000_000))
        let sender = NotificationSender(
            poster: HTTPPoster(trusting: []),
            credentials: credentials().vault(environment: environment),
            environment: environment,
            clock: clock
        )
        let message = NotificationMessage.test(id: "msg_1", at: clock.now, gateway: "gateway")
        let receiver = try #require(Self.receivers.first { $0.name == name })
        let end = await sender.send(message, to: receiver)
        await sender.poster.shutdown()
        guard case .failed(let text) = end else {
            Issue.record("it was sent")
            return
        }
        #expect(text.contains(reason) && !text.contains("planted") && !text.contains("cGxhbnRl"), "\(text)")
    }
}
