import Events

/// Settings of a Flexprice destination in `routes.json`.
final class FlexpriceSettings: Sendable {
    let customerTemplate: EventTemplate?
    let idPrefix: String?
    let properties: PropertyRules

    static let fields: [SettingField] = [
        .customerTemplate,
        .nested([.keep, .flatten, .stringify], standard: .keep),
        .exactNumbers,
        .copy(["subscription_id"]),
        .omit,
        .idPrefix,
    ]

    init(_ settings: DestinationSettings) {
        customerTemplate = settings.template("customer_id")
        idPrefix = settings.text("id_prefix")
        // Numbers go through 64-bit floats there, numeric text is read as an exact decimal.
        properties = PropertyRules(inexactNumbers: .allAsText).with(settings)
    }
}
