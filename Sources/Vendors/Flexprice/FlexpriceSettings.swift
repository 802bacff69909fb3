import Events

/// What a Flexprice destination may be told in `routes.json`.
struct FlexpriceSettings: Sendable {
    var customerTemplate: String?
    var idPrefix: String?
    // Numbers go through 64-bit floats there, numeric text is read as an exact decimal.
    var properties = PropertyRules(inexactNumbers: .allAsText)

    static let standard = FlexpriceSettings()

    static let fields: [SettingField] = [
        .customerTemplate,
        .nested([.keep, .flatten, .stringify], standard: .keep),
        .exactNumbers,
        .copy(["subscription_id"]),
        .omit,
        .idPrefix,
    ]

    private init() {}

    init(_ settings: DestinationSettings) {
        self = .standard
        guard !settings.values.isEmpty else { return }
        customerTemplate = settings.text("customer_id")
        idPrefix = settings.text("id_prefix")
        properties.apply(settings)
    }
}
