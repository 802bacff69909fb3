import Events

/// Settings that mean the same at every vendor that offers them.
extension SettingField {
    static let idPrefix = SettingField(
        name: DestinationSettings.idPrefix,
        kind: .text,
        summary: """
            Prefix of every event's id at the vendor, for accounts to which several applications send ids that could \
            collide. By default the id is sent unchanged; in an account that tenants share, the tenant is its prefix.
            """
    )

    static let omit = SettingField(
        name: "omit",
        kind: .texts([]),
        summary: "Names of properties that are not sent."
    )

    static let customerTemplate = SettingField(
        name: "customer_id",
        kind: .template,
        summary: """
            The customer's id for events that have none, such as "{subscription_id}". Without it such events are \
            untranslatable.
            """
    )

    static let numbers = SettingField(
        name: "numbers",
        kind: .texts([]),
        summary: """
            Names of properties that must arrive as JSON numbers: numeric text becomes a number, anything else is \
            untranslatable. By default every value keeps its type.
            """
    )

    static let exactNumbers = SettingField(
        name: "exact_numbers",
        kind: .choice(["string", "number"]),
        default: .text("string"),
        summary: """
            How numbers with more digits than a 64-bit float holds are sent: as "string", which the vendor reads \
            exactly, or as "number".
            """
    )

    /// - Parameter fields: fields of ``EventTemplate/fields`` that the vendor has no place for.
    static func copy(_ fields: [String]) -> SettingField {
        SettingField(
            name: "copy",
            kind: .texts(fields),
            summary: """
                Fields the vendor does not have, sent as properties of the same name unless the event \
                has such a property. Without it they are not sent.
                """
        )
    }

    /// - Parameters:
    ///   - choices: what the vendor allows.
    ///   - standard: what holds without the setting.
    static func nested(_ choices: [PropertyRules.Nested], standard: PropertyRules.Nested) -> SettingField {
        SettingField(
            name: "nested",
            kind: .choice(choices.map(\.rawValue)),
            default: .text(standard.rawValue),
            summary: """
                What happens to objects and arrays in properties: "keep" sends them, "refuse" makes the event \
                untranslatable, "flatten" turns them into dotted keys (a.b, a.0), "stringify" into JSON text.
                """
        )
    }
}
