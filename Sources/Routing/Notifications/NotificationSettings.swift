package import Access
package import Notifications

/// Who is told what of the gateway, from `notifications` of `routes.json`.
package struct NotificationSettings: Sendable, Equatable {
    /// What messages call the gateway.
    package let gateway: String
    package let rules: NotificationRules
    package let pacing: NotificationPacing
    /// In the order of the file; nobody is told anything if there are none.
    package let receivers: [Receiver]

    package init(
        gateway: String = "gateway",
        rules: NotificationRules = NotificationRules(),
        pacing: NotificationPacing = NotificationPacing(),
        receivers: [Receiver] = []
    ) {
        self.gateway = gateway
        self.rules = rules
        self.pacing = pacing
        self.receivers = receivers
    }

    /// Maximum number of receivers: each is written to by itself.
    package static let mostReceivers = 20

    /// The receiver of this name.
    package func receiver(named name: String) -> Receiver? { receivers.first { $0.name == name } }
}

/// Somebody, or a program, that is told.
package struct Receiver: Sendable, Equatable {
    /// How it is told.
    package enum Channel: Sendable, Equatable {
        /// JSON that is signed by the Standard Webhooks scheme.
        case webhook(ReceiverAddress, secret: CredentialSource)
        /// JSON as Slack's incoming webhooks take it.
        case slack(ReceiverAddress)
        /// A mail, by a `sendmail` program.
        case mail(MailSettings)
    }

    package let name: String
    package let channel: Channel
    package let kinds: Set<NotificationKind>

    package init(name: String, channel: Channel, kinds: Set<NotificationKind> = Set(NotificationKind.allCases)) {
        self.name = name
        self.channel = channel
        self.kinds = kinds
    }
}

/// Where a receiver listens.
package struct ReceiverAddress: Sendable, Equatable {
    /// Where the address is written.
    package enum Source: Sendable, Equatable {
        case text(String)
        /// An address with a token in it is a secret itself.
        case credential(CredentialSource)
    }

    package let source: Source
    /// Whether the receiver may be called without TLS.
    package let allowsPlainHTTP: Bool

    package init(_ source: Source, allowsPlainHTTP: Bool = false) {
        self.source = source
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    /// Why a text cannot be the address; nil if it can. Never repeats the text.
    package func fault(in text: String) -> String? {
        BaseURL.receiverFault(in: text, allowsPlainHTTP: allowsPlainHTTP)
    }
}

/// A mail's way.
package struct MailSettings: Sendable, Equatable {
    package let from: String
    package let to: [String]
    /// The path of the `sendmail` program.
    package let program: String

    package init(from: String, to: [String], program: String) {
        self.from = from
        self.to = to
        self.program = program
    }
}
