/// A setting's value.
package enum SettingValue: Sendable, Equatable {
    case text(String)
    case flag(Bool)
    case number(Int)
    case texts([String])
}

/// An adapter's own settings for one destination, as `routes.json` gives them.
///
/// They belong to the adapter that the destination names: another adapter may use the same name for another kind of value.
package struct DestinationSettings: Sendable, Equatable {
    /// The setting that every adapter has: prefix of each event's id at the vendor.
    package static let idPrefix = "id_prefix"

    /// Values by the name of the setting.
    package let values: [String: SettingValue]

    package init(_ values: [String: SettingValue] = [:]) {
        self.values = values
    }

    /// These settings, with the defaults of those that are not set.
    package func completed(by fields: [SettingField]) -> DestinationSettings {
        var values = values
        for field in fields where values[field.name] == nil { values[field.name] = field.standard }
        return DestinationSettings(values)
    }

    /// The text of a setting of kind ``SettingField/Kind/text`` or ``SettingField/Kind/choice(_:)``; nil if it is not set.
    package func text(_ name: String) -> String? {
        guard case .text(let value)? = values[name] else { return nil }
        return value
    }

    /// The value of a setting of kind ``SettingField/Kind/template``; nil if it is not set.
    package func template(_ name: String) -> EventTemplate? {
        text(name).map { EventTemplate($0) }
    }

    /// The value of a setting of kind ``SettingField/Kind/flag``; false if it is not set.
    package func flag(_ name: String) -> Bool {
        values[name] == .flag(true)
    }

    /// The value of a setting of kind ``SettingField/Kind/number(_:)``; nil if it is not set.
    package func number(_ name: String) -> Int? {
        guard case .number(let value)? = values[name] else { return nil }
        return value
    }

    /// The members of a setting of kind ``SettingField/Kind/texts(_:)``; empty if it is not set.
    package func texts(_ name: String) -> [String] {
        guard case .texts(let value)? = values[name] else { return [] }
        return value
    }
}

/// A setting that an adapter understands. The reader of `routes.json`, its JSON Schema and the reference all read this list.
package struct SettingField: Sendable, Equatable {
    /// The values that a setting accepts.
    package enum Kind: Sendable, Equatable {
        /// Any text.
        case text
        /// Text with `{field}` placeholders, each naming one of the canonical event's fields.
        case template
        /// One of these words.
        case choice([String])
        case flag
        case number(ClosedRange<Int>)
        /// A list of these words; of any words if the list here is empty.
        case texts([String])
    }

    package let name: String
    package let kind: Kind
    /// The default; nil if there is none, in which case `summary` says so.
    package let standard: SettingValue?
    /// What it does, for people.
    package let summary: String

    /// The name of the setting with the property that carries an event's id, at vendors whose lists never show the id.
    package static let idProperty = "id_property"

    package init(name: String, kind: Kind, default standard: SettingValue? = nil, summary: String) {
        self.name = name
        self.kind = kind
        self.standard = standard
        self.summary = summary
    }
}
