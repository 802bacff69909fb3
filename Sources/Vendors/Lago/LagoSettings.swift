import Events

/// Settings of a Lago destination in `routes.json`.
final class LagoSettings: Sendable {
    /// The subscription of events that name none.
    let subscriptionTemplate: EventTemplate?
    let idPrefix: String?
    let properties: PropertyRules

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

    init(_ settings: DestinationSettings) {
        subscriptionTemplate = settings.template("subscription_id")
        idPrefix = settings.text("id_prefix")
        // A number with a fraction goes through a binary float there, whole ones do not; nulls inside of arrays vanish
        // (Rails parameters), which `nested: stringify` avoids.
        properties = PropertyRules(inexactNumbers: .fractionsAsText, refusesZeroCharacter: true).with(settings)
    }
}
