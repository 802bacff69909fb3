package import ConfigurationFile
import Events

/// The fields of `routes.json` that are about clients.
extension Client {
    static let scopesField = DefaultedField.choices(
        "scopes",
        default: [Scope.writeEvents, .readEvents],
        "What the client may do."
    )
    static let longestAge = DefaultedField.duration(
        "max_age",
        default: TimestampWindow.standard.past,
        "The oldest age, such as 35d."
    )
    static let furthestAhead = DefaultedField.duration(
        "max_ahead",
        default: TimestampWindow.standard.future,
        "How far ahead of the gateway's clock, such as 5m."
    )

    static let passShared = DefaultedField.flag(
        "pass_shared",
        "Whether calls pass to an account that other tenants use too, and whose API shows all of them."
    )

    /// The fields of one client.
    package static let fields = [
        Field("name", .text, required: true, "The application's name, for logs and routes."),
        Field(
            "tenant",
            .text,
            "Whose events these are; tenants never see one another's. The client's name by default."
        ),
        Field("key_sha256", .text, "The SHA-256 of the client's key, 64 hexadecimal digits."),
        Field(
            "keys",
            .list(.object(keyFields)),
            "Further keys, each with the time in which it may be used, so that a new one can follow an old one without a gap."
        ),
        scopesField.field,
        Field("routes", .texts, "Routes that the client's events may use; all by default."),
        Field("names", .texts, "Names that the client's events may have; * matches any text. All by default."),
        Field(
            "credentials",
            .map(.object(CredentialSource.fields)),
            "The vendor's keys of this client's tenant, by provider, over the provider's own: another account at the vendor."
        ),
        Field(
            "pass",
            .map(.texts),
            "Calls of a vendor's own API that pass through the gateway: by facade, or by provider, the vendor's paths; * stands for any "
                + "text. GET and HEAD need the scope vendor:read, other methods vendor:write. By facade, they go to the provider that "
                + "is primary for the client's routes. None by default."
        ),
        passShared.field,
        Field("limits", .object(limitFields), "Rate limits of the client; requests beyond them get 429."),
        Field(
            "timestamps",
            .object(timestampFields),
            "Allowed timestamps of the client's events; events with others are rejected."
        ),
    ]

    /// The fields of one of a client's keys.
    static let keyFields = [
        Field("sha256", .text, required: true, "The SHA-256 of the key, 64 hexadecimal digits."),
        Field("id", .text, "Key id, for logs and commands; the first digits of its SHA-256 by default."),
        Field("not_before", .timestamp, "When the key starts to be valid; no limit by default."),
        Field("expires", .timestamp, "When the key expires; never by default."),
    ]

    static let timestampFields = [
        longestAge.field,
        furthestAhead.field,
    ]

    static let limitFields = [
        Field("requests", .rate, "Maximum request rate."),
        Field("events", .rate, "Maximum event rate."),
    ]
}
