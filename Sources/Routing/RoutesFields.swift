package import Events

/// Every field of `routes.json`: read by the reader, by the JSON Schema and by the reference.
package enum RoutesFields {
    /// What values a field takes.
    package indirect enum Kind: Sendable {
        case text
        case choice([String])
        case flag
        case integer(ClosedRange<Int>)
        /// A number that may have a fraction.
        case number(ClosedRange<Double>)
        /// A length of time: `500ms`, `30s`, `10m`, `72h`.
        case duration
        /// So many requests in so long a time: `50/s`, `400/min`, `1000/h`.
        case rate
        /// A point in time: `2027-01-31T00:00:00Z`.
        case moment
        /// One text or a list of texts.
        case texts
        case list(Kind)
        case object([Field])
        /// An object whose keys are names that the file chooses.
        case map(Kind)
    }

    /// One field of an object.
    package struct Field: Sendable {
        package let name: String
        package let kind: Kind
        package let isRequired: Bool
        /// One sentence for people.
        package let summary: String

        init(_ name: String, _ kind: Kind, required: Bool = false, _ summary: String) {
            self.name = name
            self.kind = kind
            isRequired = required
            self.summary = summary
        }
    }

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
            Field("clients", .list(.object(client)), required: true, "The applications that may use the gateway."),
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
            Field("credential", .object(credential), required: true, "Where the vendor's key comes from."),
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

    static let credential = [
        Field("env", .text, "The name of an environment variable."),
        Field("file", .text, "The path of a file."),
        Field("command", .texts, "A program and its arguments, run without a shell: what it prints is the key."),
        Field("refresh", .duration, "After what time the program is run again; 10m by default."),
        Field(
            "variables",
            .texts,
            "Environment variables that the program gets, in addition to PATH, HOME and LANG."
        ),
        Field("inline", .text, "The key itself, taken with --allow-inline-secrets only."),
    ]

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
        let kind: Kind =
            switch setting.kind {
            case .text, .template: .text
            case .choice(let words): .choice(words)
            case .flag: .flag
            case .number(let range): .integer(range)
            case .texts(let words): words.isEmpty ? .texts : .list(.choice(words))
            }
        return Field(setting.name, kind, setting.summary)
    }

    static let client = [
        Field("name", .text, required: true, "The application's name, for logs and routes."),
        Field(
            "tenant",
            .text,
            "Whose events these are; tenants never see one another's. The client's name by default."
        ),
        Field("key_sha256", .text, "The SHA-256 of the client's key, 64 hexadecimal digits."),
        Field(
            "keys",
            .list(.object(clientKey)),
            "Further keys, each with the time in which it may be used, so that a new one can follow an old one without a gap."
        ),
        Field(
            "scopes",
            .list(.choice(Scope.allCases.map(\.rawValue))),
            "What the client may do; events:write and events:read by default."
        ),
        Field("routes", .texts, "The routes that may take the client's events; all by default."),
        Field("names", .texts, "The names that the client's events may have; * stands for any text. All by default."),
        Field(
            "credentials",
            .map(.object(credential)),
            "The vendor's keys of this client's tenant, by provider, over the provider's own: another account at the vendor."
        ),
        Field(
            "pass",
            .map(.texts),
            "Calls of a vendor's own API that pass through the gateway: by facade, or by provider, the vendor's paths; * stands for any "
                + "text. GET and HEAD need the scope vendor:read, other methods vendor:write. By facade, they go to the provider that "
                + "is primary for the client's routes. None by default."
        ),
        Field(
            "pass_shared",
            .flag,
            "Whether calls pass to an account that other tenants use too, and whose API shows all of them. False by default."
        ),
        Field("limits", .object(clientLimits), "How much the client may send; beyond it, it is answered 429."),
        Field(
            "timestamps",
            .object(clientTimestamps),
            "Which timestamps the client's events may have; an event with another one is refused."
        ),
    ]

    /// The fields of one of a client's keys.
    static let clientKey = [
        Field("sha256", .text, required: true, "The SHA-256 of the key, 64 hexadecimal digits."),
        Field("id", .text, "What people call the key; the first digits of its SHA-256 by default."),
        Field("not_before", .moment, "The first moment at which the key may be used; since ever by default."),
        Field("expires", .moment, "The first moment at which the key may be used no more; never by default."),
    ]

    static let clientTimestamps = [
        Field("max_age", .duration, "The oldest age, such as 35d; ten years (3653d) by default."),
        Field("max_ahead", .duration, "How far ahead of the gateway's clock, such as 5m; one day (24h) by default."),
    ]

    static let clientLimits = [
        Field("requests", .rate, "The most requests in a time."),
        Field("events", .rate, "The most events in a time."),
    ]
}

extension RoutesFields.Field {
    /// A field that takes what either takes.
    fileprivate func joined(with other: Self) -> Self {
        let text =
            summary == other.summary || summary.contains(other.summary) ? summary : "\(summary) Or: \(other.summary)"
        return Self(name, kind.joined(with: other.kind), required: isRequired && other.isRequired, text)
    }
}

extension RoutesFields.Kind {
    /// The words of both; of kinds without words, this one.
    fileprivate func joined(with other: Self) -> Self {
        switch (self, other) {
        case (.choice(let words), .choice(let others)): .choice(words + others.filter { !words.contains($0) })
        case (.list(let element), .list(let otherElement)): .list(element.joined(with: otherElement))
        case (_, _): self
        }
    }
}
