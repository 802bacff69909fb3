import Events
import JSON

/// Makes flat properties of any properties, for vendors that take plain values only.
struct PropertyRewriter {
    /// What to do with an object or an array inside the properties.
    enum Nested: String, CaseIterable {
        /// The event cannot be translated.
        case refuse
        /// `{"a": {"b": 1}}` becomes `{"a.b": 1}`; arrays count from 0.
        case flatten
        /// The value becomes its JSON text.
        case stringify
    }

    /// The setting by which a destination chooses.
    static let setting = SettingField(
        name: "nested",
        kind: .choice(Nested.allCases.map(\.rawValue)),
        summary: "What to do with objects and arrays in properties: refuse the event, flatten them to dotted keys, or "
            + "stringify them to their JSON text. Refuse is the default."
    )

    /// A flat property: the name and the plain value.
    struct Property {
        let name: String
        let value: JSONValue
        /// The value's JSON text, where it is to be sent as a string.
        let isStringified: Bool
    }

    private let vendor: String
    private let nested: Nested

    /// - Parameter vendor: the vendor's name, for the reason of a refusal.
    init(vendor: String, settings: DestinationSettings) {
        self.vendor = vendor
        nested = settings.text("nested").flatMap(Nested.init(rawValue:)) ?? .refuse
    }

    /// The flat properties in their order.
    func flat(_ properties: JSONText?) throws(Untranslatable) -> [Property] {
        guard let properties else { return [] }
        let document = Self.document(properties)
        var found: [Property] = []
        for member in document.root.members {
            try add(member.value, named: member.name, to: &found)
        }
        return found
    }

    private func add(_ value: JSONValue, named name: String, to found: inout [Property]) throws(Untranslatable) {
        guard value.kind == .object || value.kind == .array else {
            found.append(Property(name: name, value: value, isStringified: false))
            return
        }
        switch nested {
        case .refuse:
            throw Untranslatable(
                field: "properties.\(name)",
                message: "\(vendor) takes no \(value.kind == .object ? "objects" : "arrays") as property values; "
                    + "the destination's setting \"nested\" can flatten or stringify them"
            )
        case .stringify:
            found.append(Property(name: name, value: value, isStringified: true))
        case .flatten:
            for member in value.members { try add(member.value, named: "\(name).\(member.name)", to: &found) }
            for (index, element) in value.elements.enumerated() { try add(element, named: "\(name).\(index)", to: &found) }
        }
    }

    /// Parses properties again that were checked when they came in.
    static func document(_ text: JSONText) -> JSONDocument {
        do {
            return try JSONDocument(parsing: Array(text.bytes))
        } catch {
            preconditionFailure("properties are checked before they are accepted: \(error)")
        }
    }
}
