import Events

/// Settings of a Polar destination in `routes.json`.
final class PolarSettings: Sendable {
    /// Needed with a personal or OAuth2 token, refused with an organization's token.
    let organizationID: String?
    let customerTemplate: EventTemplate?
    let idPrefix: String?
    /// The property that carries the event's id, because Polar's lists never show it.
    let idProperty: String?
    let properties: PropertyRules

    static let idPropertyField = SettingField(
        name: SettingField.idProperty,
        kind: .text,
        summary: """
            A property that carries the event's id, such as "tollgate_id". Polar never shows the id that an event was sent \
            with; with it comparisons tell events apart by the id, and find one whose other values differ. It takes one of 50 \
            properties.
            """
    )

    static let fields: [SettingField] = [
        .nested([.refuse, .flatten, .stringify], standard: .refuse),
        .numbers,
        SettingField(
            name: "long_text",
            kind: .choice(["refuse", "cut"]),
            default: .text("refuse"),
            summary: """
                What happens to text properties above 500 characters: "refuse" makes the event untranslatable, "cut" \
                sends the first 500.
                """
        ),
        .copy(["subscription_id", "source"]),
        .omit,
        .customerTemplate,
        SettingField(
            name: "organization_id",
            kind: .text,
            summary: "The organization's UUID; only with a personal or OAuth2 token. Without it the token decides."
        ),
        .idPrefix,
        idPropertyField,
    ]

    static func idProperty(_ settings: DestinationSettings) -> String? {
        settings.text(idPropertyField.name).flatMap { $0.isEmpty ? nil : $0 }
    }

    init(_ settings: DestinationSettings) {
        organizationID = settings.text("organization_id")
        customerTemplate = settings.template("customer_id")
        idPrefix = settings.text("id_prefix")
        idProperty = Self.idProperty(settings)
        let cutsText = settings.text("long_text") == "cut"
        let rules = PropertyRules(
            nulls: .drop,
            dropsEmptyText: true,
            refusesZeroCharacter: true,
            limits: PropertyLimits(properties: 50, name: 40, text: 500, cutsText: cutsText),
            // The two structured properties that have a meaning there.
            keptObjects: ["_cost", "_llm"]
        )
        properties = rules.with(settings)
    }
}
