import Events

/// Settings of a Knetik destination in `routes.json`.
final class KnetikSettings: Sendable {
    /// The outcome that events are reported with.
    let result: String
    let customerTemplate: EventTemplate?
    let idPrefix: String?
    let properties: PropertyRules

    private static let standardResult = "success"

    static let fields: [SettingField] = [
        SettingField(
            name: "result",
            kind: .text,
            default: .text(standardResult),
            summary: "The outcome reported with every event that does not have vendor.knetik.result."
        ),
        .customerTemplate,
        .nested([.refuse, .flatten, .stringify], standard: .refuse),
        SettingField(
            name: "nulls",
            kind: .choice(["refuse", "drop"]),
            default: .text("refuse"),
            summary: """
                What happens to properties that are null: "refuse" makes the event untranslatable, "drop" leaves them \
                out.
                """
        ),
        .numbers,
        .copy(["subscription_id", "source"]),
        .omit,
        .idPrefix,
    ]

    init(_ settings: DestinationSettings) {
        result = settings.text("result").flatMap { $0.isEmpty ? nil : $0 } ?? Self.standardResult
        customerTemplate = settings.template("customer_id")
        idPrefix = settings.text("id_prefix")
        let nulls: PropertyRules.Nulls = settings.text("nulls") == "drop" ? .drop : .refuse
        properties = PropertyRules(nulls: nulls).with(settings)
    }
}
