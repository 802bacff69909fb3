import Access
package import ConfigurationFile
package import Events

/// Every field of `routes.json`: read by the reader, by the JSON Schema and by the reference.
package enum RoutesFields {
    /// The most destinations of a route: a plan's members are told apart by the bits of a word.
    static let mostDestinations = 64

    /// The fields of the whole file.
    /// - Parameter vendors: the vendors there are; their adapters' names and settings are part of the list.
    package static func file(_ vendors: [VendorTraits]) -> [Field] {
        [
            Field("$schema", .text, "Where editors find the JSON Schema."),
            Field("version", .integer(1...1), required: true, "The version of the file's format: 1."),
            Field("providers", .map(.object(provider(vendors))), required: true, "Accounts at vendors, by name."),
            Field(
                "routes",
                .list(.object(route(vendors))),
                required: true,
                "Which events go where; the first route that matches takes the event."
            ),
            Field(
                "clients",
                .list(.object(Client.fields)),
                required: true,
                "The applications that may use the gateway."
            ),
        ]
    }

    /// The fields of one provider.
    static func provider(_ vendors: [VendorTraits]) -> [Field] {
        anyProvider(vendors) + accountFields(vendors)
    }

    /// The settings that only providers of some vendors have.
    private static func accountFields(_ vendors: [VendorTraits]) -> [Field] {
        vendors.flatMap { vendor in
            vendor.accountHeaders.map { Field($0.setting, .text, "\(vendor.vendor) only: \($0.summary)") }
        }
    }

    private static func anyProvider(_ vendors: [VendorTraits]) -> [Field] {
        [
            Field("adapter", .choice(vendors.map(\.adapter.rawValue)), required: true, "The vendor's language."),
            Field("base_url", .text, "The vendor's address, if it is not the hosted service."),
            Field(
                "allow_private_address",
                .flag,
                "Whether the address may be in a private network. Without it only this machine and the internet may be reached."
            ),
            Field(
                "allow_plain_http",
                .flag,
                "Whether the vendor may be called without TLS, which shows its key to the network. This machine may be without it."
            ),
            Field("credential", .object(CredentialSource.fields), required: true, "Where the vendor's key comes from."),
            Field("batch", .integer(1...100_000), "The most events in one request."),
            Field("concurrency", .integer(1...1024), "The most requests under way at once; 8 by default."),
            Field("rate_limit", .rate, "The most requests in a time; the vendor's documented limit by default."),
            Field("timeout", .duration, "How long an answer may take before the outcome counts as unknown."),
            Field("retry", .object(retry), "When a delivery that failed goes again."),
            Field("breaker", .object(breaker), "When a provider that fails is left alone for a while."),
            Field("reads", .object(reads), "How much of the rate limit is for calls that carry no events."),
            Field(
                "on_uncertain",
                .choice(ProviderConfiguration.OnUncertain.allCases.map(\.rawValue)),
                "What becomes of a delivery whose outcome is unknown at a vendor that does not deduplicate: hold it for a "
                    + "person (default), retry it and perhaps bill twice, or accept it and perhaps lose it."
            ),
        ]
    }

    static let retry = [
        Field("base", .duration, "The longest first wait; doubles with each attempt. 1s by default."),
        Field("cap", .duration, "The longest wait of all. 10m by default."),
        Field(
            "give_up_after",
            .duration,
            "Time since the first attempt that reached the vendor after which a delivery becomes a dead letter. 72h by default."
        ),
        Field(
            "max_retry_after",
            .duration,
            "The longest wait that the vendor can ask for with Retry-After or X-RateLimit-Reset. 1h by default."
        ),
    ]

    static let reads = [
        Field(
            "share",
            .number(1...100),
            "Percent of the rate limit that reads of this vendor and passed calls may take together. They always come after "
                + "deliveries. 50 by default."
        )
    ]

    static let breaker = [
        Field("failures", .integer(1...1000), "Failures in a row that open the breaker. 5 by default."),
        Field("pause", .duration, "The time before the first probe; doubles up to a minute. 1s by default."),
        Field(
            "parked_pause",
            .duration,
            "How long a provider rests whose credential or account is refused, before it is tried again. 30s by default."
        ),
    ]

    /// The fields of one route.
    static func route(_ vendors: [VendorTraits]) -> [Field] {
        [
            Field("name", .text, required: true, "The route's name, for logs and answers."),
            Field("match", .object(match), "Conditions that an event must all meet; without it every event does."),
            Field("to", .list(.object(destination(vendors))), required: true, "The destinations."),
        ]
    }

    static let match = [
        Field("name", .texts, "Event names; * stands for any text."),
        Field("customer_id", .texts, "Customers; * stands for any text."),
        Field("client", .texts, "Names of clients."),
    ]

    /// The fields that every destination has.
    static let anyDestination = [
        Field("provider", .text, required: true, "The provider's name."),
        Field(
            "mode",
            .choice(DeliveryMode.allCases.map(\.rawValue)),
            "primary: delivered, and waited for by clients that wait (default). mirror: delivered, never waited for. "
                + "shadow: translated and logged, not sent. off: nothing."
        ),
        Field(
            "share",
            .number(0...100),
            "Percent of the customers; a customer is wholly in or wholly out. 100 by default."
        ),
        Field("rename", .map(.text), "Event names to send under another name."),
    ]

    /// The fields of a destination at any vendor: those of all, and every vendor's own settings. A setting that several vendors have
    /// takes here what any of them takes.
    static func destination(_ vendors: [VendorTraits]) -> [Field] {
        var own: [Field] = []
        for vendor in vendors {
            for setting in vendor.settings {
                let field = field(for: setting)
                if let index = own.firstIndex(where: { $0.name == field.name }) {
                    own[index] = own[index].joined(with: field)
                } else {
                    own.append(field)
                }
            }
        }
        return anyDestination + own
    }

    /// A vendor's setting as a field.
    static func field(for setting: SettingField) -> Field {
        let kind: Field.Kind =
            switch setting.kind {
            case .text, .template: .text
            case .choice(let words): .choice(words)
            case .flag: .flag
            case .number(let range): .integer(range)
            case .texts(let words): words.isEmpty ? .texts : .list(.choice(words))
            }
        return Field(setting.name, kind, setting.summary)
    }
}

extension Field {
    /// A field that takes what either takes.
    fileprivate func joined(with other: Self) -> Self {
        let text =
            summary == other.summary || summary.contains(other.summary) ? summary : "\(summary) Or: \(other.summary)"
        return Self(name, kind.joined(with: other.kind), required: isRequired && other.isRequired, text)
    }
}

extension Field.Kind {
    /// The words of both; of kinds without words, this one.
    fileprivate func joined(with other: Self) -> Self {
        switch (self, other) {
        case (.choice(let words), .choice(let others)): .choice(words + others.filter { !words.contains($0) })
        case (.list(let element), .list(let otherElement)): .list(element.joined(with: otherElement))
        case (_, _): self
        }
    }
}
