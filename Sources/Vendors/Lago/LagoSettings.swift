import Events

/// What a Lago destination may be told in `routes.json`.
struct LagoSettings: Sendable {
    /// The subscription of events that name none.
    var subscriptionTemplate: String?
    var idPrefix: String?
    // A number with a fraction goes through a binary float there, whole ones do not; nulls inside of arrays vanish
    // (Rails parameters), which `nested: stringify` avoids.
    var properties = PropertyRules(inexactNumbers: .fractionsAsText)

    static let standard = LagoSettings()

    static let fields: [SettingField] = [
        SettingField(
            name: "subscription_id",
            kind: .template,
            summary: """
                The subscription for events that name none, such as "sub_{customer_id}". Without it such events are \
                untranslatable, because Lago bills on subscriptions.
                """
        ),
        .nested([.keep, .flatten, .stringify], standard: .keep),
        .exactNumbers,
        .copy(["customer_id", "source"]),
        .omit,
        .idPrefix,
    ]

    private init() {}

    init(_ settings: DestinationSettings) {
        self = .standard
        guard !settings.values.isEmpty else { return }
        subscriptionTemplate = settings.text("subscription_id")
        idPrefix = settings.text("id_prefix")
        properties.apply(settings)
    }
}
