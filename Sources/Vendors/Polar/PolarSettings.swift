import Events

/// What a Polar destination may be told in `routes.json`.
final class PolarSettings: Sendable {
    /// Needed with a personal or OAuth2 token, refused with an organization's token.
    let organizationID: String?
    let customerTemplate: EventTemplate?
    let idPrefix: String?
    let properties: PropertyRules

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
    ]

    init(_ settings: DestinationSettings) {
        organizationID = settings.text("organization_id")
        customerTemplate = settings.template("customer_id")
        idPrefix = settings.text("id_prefix")
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
