import Access
import ConfigurationFile
import Events
import Notifications

/// The fields of `notifications` in `routes.json`.
enum NotificationFields {
    /// What messages may be sent by.
    enum ChannelType: String, CaseIterable, Sendable {
        case webhook, slack, mail
    }

    static let name = Field(
        "name",
        .text,
        default: .text("gateway"),
        "What messages call the gateway, such as production."
    )

    // MARK: Rules

    private static let rules = NotificationRules()
    static let circuitOpen = DefaultedField.duration(
        "circuit_open",
        default: rules.circuitOpen,
        "How long a provider's circuit is open until that is reported."
    )
    static let backlog = DefaultedField.duration(
        "backlog",
        default: rules.backlog,
        "How long an event waits for a provider until that is reported."
    )
    static let memoryLeft = DefaultedField.duration(
        "memory_left",
        default: rules.memoryLeft,
        "How long before a vendor forgets the ID of a waiting event that is reported, unless the backlog is delivered before. Only "
            + "vendors that forget IDs."
    )
    static let keyExpiry = DefaultedField.duration(
        "key_expiry",
        default: rules.keyExpiry,
        "How long before a client's last key expires that is reported."
    )
    static let quiet = DefaultedField.duration(
        "quiet",
        default: rules.quiet,
        "Dead letters and uncertain deliveries of a provider are one incident, which is resolved after so long without another."
    )

    // MARK: Pacing

    private static let pacing = NotificationPacing()
    static let gather = DefaultedField.duration(
        "gather",
        default: pacing.gather,
        "How long a message waits for further news, which then are in it."
    )
    static let interval = DefaultedField.duration(
        "interval",
        default: pacing.interval,
        "Minimum time between two messages to a receiver."
    )
    static let settle = DefaultedField.duration(
        "settle",
        default: pacing.settle,
        "How long a problem must have ended until it is reported as resolved."
    )
    static let repeatAfter = DefaultedField.duration(
        "repeat",
        default: pacing.repeatAfter,
        "After how long a problem that continues is reported again."
    )

    static let all =
        [name, Field("receivers", .map(.object(receiver)), required: true, "Who is notified, by name.")]
        + [circuitOpen, backlog, memoryLeft, keyExpiry, quiet, gather, interval, settle, repeatAfter].map(\.field)

    // MARK: Receivers

    static let program = Field(
        "program",
        .text,
        default: .text(standardProgram),
        "mail only: the path of a sendmail program."
    )
    static let standardProgram = "/usr/sbin/sendmail"

    static let plainHTTP = DefaultedField.flag(
        "allow_plain_http",
        "webhook and slack: whether the receiver may be called without TLS. This machine may be without it."
    )
    static let kinds = DefaultedField.choices(
        "kinds",
        default: NotificationKind.allCases,
        "What the receiver is notified of."
    )

    static let receiver = [
        Field(
            "type",
            .choice(ChannelType.allCases.map(\.rawValue)),
            required: true,
            "webhook: JSON that is signed by the Standard Webhooks scheme. slack: an incoming webhook of Slack, or of what accepts the "
                + "same. mail: by the system's sendmail program."
        ),
        Field(
            "url",
            .either([.text, .object(CredentialSource.fields)]),
            "webhook and slack: the address. An address with a token in it is a secret, and its source is given as that of a "
                + "credential; Slack's is one."
        ),
        Field("secret", .object(CredentialSource.fields), "webhook only: source of the signing secret, whsec_..."),
        Field("from", .text, "mail only: the sender's address."),
        Field("to", .texts, "mail only: the recipients' addresses."),
        program, plainHTTP.field, kinds.field,
    ]
}
