import Events

/// What a Knetik destination may be told in `routes.json`.
struct KnetikSettings: Sendable {
    /// The outcome that events are reported with.
    var result = "success"
    var customerTemplate: String?
    var idPrefix: String?
    var properties = PropertyRules(nested: .refuse, nulls: .refuse)

    static let standard = KnetikSettings()

    static let fields: [SettingField] = [
        SettingField(
            name: "result",
            kind: .text,
            summary:
                "The outcome reported with every event that does not bring vendor.knetik.result. Without it: success."
        ),
        .customerTemplate,
        .nested([.refuse, .flatten, .stringify], standard: .refuse),
        SettingField(
            name: "nulls",
            kind: .choice(["refuse", "drop"]),
            summary: """
                What becomes of properties that are null: "refuse" makes the event untranslatable, "drop" leaves them \
                out. Without it: refuse.
                """
        ),
        .numbers,
        .copy(["subscription_id", "source"]),
        .omit,
        .idPrefix,
    ]

    private init() {}

    init(_ settings: DestinationSettings) {
        self = .standard
        guard !settings.values.isEmpty else { return }
        if let result = settings.text("result"), !result.isEmpty { self.result = result }
        customerTemplate = settings.text("customer_id")
        idPrefix = settings.text("id_prefix")
        if settings.text("nulls") == "drop" { properties.nulls = .drop }
        properties.apply(settings)
    }
}
