import Access
package import ConfigurationFile
package import Events

/// Every field of `routes.json`: read by the reader, by the JSON Schema and by the reference.
package enum RoutesFields {
    /// Maximum destinations of a route: a plan's members are the bits of a word.
    static let mostDestinations = 64
    /// The most providers, with tenants' accounts at them: each has a pipeline, and each is compared with all others.
    static let mostProviders = 1000

    /// The fields of the whole file.
    /// - Parameter vendors: all vendors; their adapters' names and settings are part of the list.
    package static func file(_ vendors: [VendorTraits]) -> [Field] {
        [
            Field("$schema", .text, "Where editors find the JSON Schema."),
            Field("version", .integer(1...1), required: true, "The version of the file's format: 1."),
            Field("providers", .map(.object(provider(vendors))), required: true, "Accounts at vendors, by name."),
            Field(
                "routes",
                .list(.object(route(vendors))),
                required: true,
                "Where events go; the first route that matches an event is used."
            ),
            Field(
                "clients",
                .list(.object(Client.fields)),
                required: true,
                "Applications that may use the gateway."
            ),
            Field(
                "notifications",
                .object(NotificationFields.all),
                "Who is notified of problems, and when they have ended."
            ),
            Field(
                "migrations",
                .map(.object(MigrationFields.all)),
                "Moves of a route's customers from one provider to another, by name."
            ),
        ]
    }

    // MARK: - Providers

    static let allowPrivateAddress = DefaultedField.flag(
        "allow_private_address",
        "Whether the address may be in a private network. Without it only this machine and the internet may be reached."
    )
    static let allowPlainHTTP = DefaultedField.flag(
        "allow_plain_http",
        "Whether the vendor may be called without TLS, which shows its key to the network. This machine may be without it."
    )
    static let concurrency = DefaultedField.integer(
        "concurrency",
        1...1024,
        default: PipelineSettings.standardConcurrency,
        "Maximum in-flight requests."
    )
    static let onUncertain = DefaultedField.choice(
        "on_uncertain",
        default: PipelineSettings.standardPolicy,
        "What happens to a delivery whose outcome is unknown at a vendor that does not deduplicate: hold it for a "
            + "person, retry it and perhaps bill twice, or accept it and perhaps lose it. With probe, it and a rejected delivery whose "
            + "last attempt has no known outcome are sent again once the vendor has shown that it does not have the event."
    )

    /// The fields of one provider at any vendor.
    static func provider(_ vendors: [VendorTraits]) -> [Field] {
        anyProvider(vendors) + joined(vendors, accountFields)
    }

    /// The settings specific to this vendor's providers.
    private static func accountFields(of vendor: VendorTraits) -> [Field] {
        vendor.api.accountHeaders.map { Field($0.setting, .text, "\(vendor.vendor) only: \($0.summary)") }
    }

    private static func anyProvider(_ vendors: [VendorTraits]) -> [Field] {
        [
            Field("adapter", .choice(vendors.map(\.adapter.rawValue)), required: true, "The vendor's API."),
            Field("base_url", .text, "Base URL of the vendor's API; the hosted service by default."),
            allowPrivateAddress.field,
            allowPlainHTTP.field,
            Field("credential", .object(CredentialSource.fields), required: true, "Source of the vendor's key."),
            Field("batch", .integer(1...100_000), "Maximum events in one request; the vendor's limit by default."),
            concurrency.field,
            Field("rate_limit", .rate, "Maximum rate of requests; the vendor's documented limit by default."),
            Field(
                "timeout",
                .duration,
                "How long a response may take before the outcome counts as unknown; depends on the vendor by default."
            ),
            Field("retry", .object(retry), "When a failed delivery is retried."),
            Field("breaker", .object(breaker), "When requests to a failing provider are paused."),
            Field(
                "reads",
                .object(reads(vendors)),
                "How the vendor is read, and how much of the rate limit that may take."
            ),
            Field(
                "webhook_key",
                .object(CredentialSource.fields),
                "Source of the key with which the vendor signs its webhooks to POST /v1/hooks/{vendor}; Lago only."
            ),
            onUncertain.field,
            Field(
                "verify",
                .object(VerifySettings.fields),
                "Reads a sample of the delivered events back, to find those that the vendor accepted and lost."
            ),
            Field(
                "canary",
                .object(CanarySettings.fields),
                "Sends a test event from time to time, and reads until the vendor shows it: that measures the visibility lag, and "
                    + "raises an alarm."
            ),
        ]
    }

    static let readsShare = DefaultedField.number(
        "share",
        1...90,
        default: PipelineSettings.standardReadsShare,
        "Percent of the rate limit that reads of this vendor and passed calls may take together. They always come after deliveries."
    )

    static func reads(_ vendors: [VendorTraits]) -> [Field] {
        let defaults = vendors.compactMap { vendor in
            vendor.reads.map { "\(DurationText.write($0.lag)) (\(vendor.vendor))" }
        }
        let summary =
            "How long the vendor may take to show an event that it accepted: an event that is not shown for longer is missing."
        let standard = defaults.isEmpty ? "" : " Default: \(defaults.joined(separator: ", "))."
        return [
            readsShare.field, Field("lag", .duration, summary + standard),
            Field("metered", .map(.object(metered)), meteredSummary(vendors)),
        ]
    }

    private static func meteredSummary(_ vendors: [VendorTraits]) -> String {
        let able = vendors.filter { $0.reads?.sums != nil }.map(\.vendor)
        let names = able.isEmpty ? "" : " Only \(able.joined(separator: " and ")) can be asked for sums."
        return
            "Which property of an event is billed, by the event's name at the vendor: comparisons by digest compare its sums too, "
            + "so that a lost event and one that the gateway never sent do not cancel out.\(names)"
    }

    /// Names with a metered property at one provider: each costs a call a week of a comparison.
    static let mostMetered = 64

    static let metered = [
        Field("property", .text, required: true, "The property whose numbers the vendor adds up."),
        Field("meter", .text, required: true, "The vendor's ID of the meter that adds them up."),
    ]

    static let retryBase = DefaultedField.duration(
        "base",
        default: RetrySchedule.standard.base,
        "The longest first wait; doubles with each attempt."
    )
    static let retryCap = DefaultedField.duration(
        "cap",
        default: RetrySchedule.standard.cap,
        "The longest wait of all."
    )
    static let giveUpAfter = DefaultedField.duration(
        "give_up_after",
        default: RetrySchedule.standard.giveUpAfter,
        "Time since the first attempt that reached the vendor after which a delivery becomes a dead letter."
    )
    static let longestWait = DefaultedField.duration(
        "max_retry_after",
        default: RetrySchedule.standard.longestWait,
        "The longest wait that the vendor can ask for with Retry-After or X-RateLimit-Reset."
    )
    static let retry = [retryBase.field, retryCap.field, giveUpAfter.field, longestWait.field]

    static let breakerFailures = DefaultedField.integer(
        "failures",
        1...1000,
        default: BreakerSettings.standard.failures,
        "Consecutive failures that open the breaker."
    )
    static let breakerPause = DefaultedField.duration(
        "pause",
        default: BreakerSettings.standard.pause,
        "The time before the first probe; doubles up to a minute."
    )
    static let parkedPause = DefaultedField.duration(
        "parked_pause",
        default: BreakerSettings.standard.parkedPause,
        "How long a provider rests whose credential or account is refused, before it is tried again."
    )
    static let breaker = [breakerFailures.field, breakerPause.field, parkedPause.field]

    // MARK: - Routes

    /// The fields of one route.
    static func route(_ vendors: [VendorTraits]) -> [Field] {
        [
            Field("name", .text, required: true, "The route's name, for logs and responses."),
            Field("match", .object(match), "Conditions an event must all meet; by default every event matches."),
            Field("to", .list(.object(destination(vendors))), required: true, "The destinations."),
        ]
    }

    static let match = [
        Field("name", .texts, "Event names; * matches any text."),
        Field("customer_id", .texts, "Customers; * matches any text."),
        Field("client", .texts, "Client names."),
    ]

    static let mode = DefaultedField.choice(
        "mode",
        default: DeliveryMode.primary,
        "primary: delivered, and waited for by clients that wait. mirror: delivered, never waited for. "
            + "shadow: translated and logged, not sent. off: nothing."
    )
    static let share = DefaultedField.number(
        "share",
        0...100,
        default: 100,
        "Percent of the customers; a customer is wholly in or wholly out."
    )

    /// The fields that every destination has.
    static let anyDestination = [
        Field("provider", .text, required: true, "The provider's name."),
        mode.field,
        share.field,
        Field(
            "from",
            .timestamp,
            "Only events of this time and later are sent there. The event's own timestamp counts: a late event goes to the vendor "
                + "whose bill its time belongs to."
        ),
        Field(
            "until",
            .timestamp,
            "Only events of before this time are sent there. A provider may be in a route several times if no event is sent there twice."
        ),
        Field(
            "accepted_from",
            .timestamp,
            "Only events that the gateway accepts at this time or later are sent there, whatever their own timestamp."
        ),
        Field("accepted_until", .timestamp, "Only events that the gateway accepts before this time are sent there."),
        Field("rename", .map(.text), "Event names to send under another name."),
    ]

    /// The fields of a destination of this vendor: those of all, and its own settings.
    static func destination(of vendor: VendorTraits) -> [Field] {
        anyDestination + settings(of: vendor)
    }

    /// The fields of a destination of any vendor. The file is flat, so a name that several vendors use takes here what any of them
    /// takes; the reader knows the destination's vendor and takes what that one does.
    static func destination(_ vendors: [VendorTraits]) -> [Field] {
        anyDestination + joined(vendors, settings)
    }

    private static func settings(of vendor: VendorTraits) -> [Field] {
        vendor.settings.map { setting in
            let kind: Field.Kind =
                switch setting.kind {
                case .text, .template: .text
                case .choice(let words): .choice(words)
                case .flag: .flag
                case .number(let range): .integer(range)
                case .texts(let words): words.isEmpty ? .texts : .list(.choice(words))
                }
            return Field(setting.name, kind, default: setting.standard, setting.summary)
        }
    }

    /// The fields of all vendors, each name once.
    private static func joined(_ vendors: [VendorTraits], _ fields: (VendorTraits) -> [Field]) -> [Field] {
        var names: [String] = []
        var uses: [String: [(vendor: String, field: Field)]] = [:]
        for vendor in vendors {
            for field in fields(vendor) {
                if uses[field.name] == nil { names.append(field.name) }
                uses[field.name, default: []].append((vendor.vendor, field))
            }
        }
        return names.compactMap { name in uses[name].map { joined($0) } }
    }

    /// A field that accepts what any of these vendors accepts, with their default if it is the same for all.
    private static func joined(_ uses: [(vendor: String, field: Field)]) -> Field {
        let first = uses[0].field
        var (kind, summaries) = (first.kind, [first.summary])
        for (_, field) in uses.dropFirst() {
            kind = kind.joined(with: field.kind)
            if !summaries.contains(field.summary) { summaries.append(field.summary) }
        }
        var summary = summaries.joined(separator: " Or: ")
        let isCommon = uses.allSatisfy { $0.field.standard == first.standard }
        if !isCommon {
            let defaults = uses.compactMap { use in use.field.standard.map { "\($0.text) (\(use.vendor))" } }
            summary += " Default: \(defaults.joined(separator: ", "))."
        }
        return Field(first.name, kind, default: isCommon ? first.standard : nil, summary)
    }
}

extension SettingValue {
    /// For a sentence.
    var text: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .texts(let texts): texts.joined(separator: " and ")
        }
    }
}

extension Field.Kind {
    /// What takes the values of both.
    fileprivate func joined(with other: Self) -> Self {
        switch (self, other) {
        case (.choice(let words), .choice(let others)): .choice(words + others.filter { !words.contains($0) })
        case (.list(.choice(let words)), .list(.choice(let others))):
            .list(.choice(words + others.filter { !words.contains($0) }))
        case (.either(let kinds), _): kinds.contains { $0.isSame(as: other) } ? self : .either(kinds + [other])
        case (_, _): isSame(as: other) ? self : .either([self, other])
        }
    }

    private func isSame(as other: Self) -> Bool {
        switch (self, other) {
        case (.text, .text), (.flag, .flag), (.duration, .duration), (.rate, .rate), (.timestamp, .timestamp),
            (.texts, .texts):
            true
        case (.integer(let range), .integer(let other)): range == other
        case (.number(let range), .number(let other)): range == other
        case (.choice(let words), .choice(let others)): words == others
        case (.list(let element), .list(let other)): element.isSame(as: other)
        case (_, _): false
        }
    }
}
