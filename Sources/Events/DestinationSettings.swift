import Synchronization

/// An adapter's own settings for one destination, as `routes.json` gives them.
package struct DestinationSettings: Sendable, Equatable {
    /// A setting's value.
    package enum Value: Sendable, Equatable {
        case text(String)
        case flag(Bool)
        case number(Int)
        case texts([String])
    }

    /// The setting that every adapter has: text in front of each event's id at the vendor.
    package static let idPrefix = "id_prefix"

    /// Values by the name of the setting.
    package let values: [String: Value]
    private let preparation = Preparation()

    package init(_ values: [String: Value] = [:]) {
        self.values = values
    }

    package static func == (left: DestinationSettings, right: DestinationSettings) -> Bool {
        left.values == right.values
    }

    /// What an adapter makes of these settings: made for the first event, and kept for all that follow.
    package func prepared<Prepared: AnyObject & Sendable>(_ make: (DestinationSettings) -> Prepared) -> Prepared {
        preparation.made.withLock { made in
            if let ready = made as? Prepared { return ready }
            let fresh = make(self)
            made = fresh
            return fresh
        }
    }

    /// Shared by all copies of the settings.
    private final class Preparation: Sendable {
        let made = Mutex<(any AnyObject & Sendable)?>(nil)
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

/// A setting that an adapter understands: the reader of `routes.json`, its JSON Schema and the reference read this list.
package struct SettingField: Sendable, Equatable {
    /// What values a setting takes.
    package enum Kind: Sendable, Equatable {
        /// Any text.
        case text
        /// Text with `{field}` places, each one of the canonical event's fields.
        case template
        /// One of these words.
        case choice([String])
        case flag
        case number(ClosedRange<Int>)
        /// A list of these words; of any words if none are named here.
        case texts([String])
    }

    package let name: String
    package let kind: Kind
    /// One sentence for people: what it does and what holds without it.
    package let summary: String

    package init(name: String, kind: Kind, summary: String) {
        self.name = name
        self.kind = kind
        self.summary = summary
    }
}
