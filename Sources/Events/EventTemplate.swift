/// Text with placeholders for an event's fields: `sub_{customer_id}`.
package struct EventTemplate: Sendable, Equatable {
    /// The fields that a template may name.
    package static let fields = ["id", "name", "customer_id", "subscription_id", "source"]

    private enum Part: Equatable {
        case text(String)
        case field(String)
    }

    /// As it is in `routes.json`.
    package let source: String
    private let parts: [Part]
    /// Names in braces that are not fields, for a check of the settings.
    package let unknownFields: [String]
    /// Whether every opening brace has a closing one.
    package let isBalanced: Bool

    /// Parses a template once, so that each event only joins its parts. Invalid templates are accepted here; see ``unknownFields`` and
    /// ``isBalanced``.
    package init(_ template: String) {
        var parts: [Part] = []
        var unknown: [String] = []
        var isBalanced = true
        var rest = Substring(template)
        // By bytes, because it runs for every event, and a brace is one byte.
        while let open = rest.utf8.firstIndex(of: UInt8(ascii: "{")) {
            if open != rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            guard let close = rest[open...].utf8.firstIndex(of: UInt8(ascii: "}")) else {
                isBalanced = false
                break
            }
            let field = String(rest[rest.utf8.index(after: open)..<close])
            if !Self.fields.contains(field) { unknown.append(field) }
            parts.append(.field(field))
            rest = rest[rest.utf8.index(after: close)...]
        }
        if isBalanced, !rest.isEmpty { parts.append(.text(String(rest))) }
        source = template
        self.parts = parts
        self.isBalanced = isBalanced
        unknownFields = unknown
    }

    /// The text for an event.
    /// - Throws: ``Untranslatable`` naming the field that the event does not have.
    package func text(for event: AcceptedEvent) throws(Untranslatable) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let fixed): text += fixed
            case .field(let field):
                guard let value = Self.value(of: field, in: event) else {
                    throw Untranslatable(
                        field: field,
                        message: "the destination's template needs {\(field)}, and the event has none"
                    )
                }
                text += value
            }
        }
        return text
    }

    /// A field's text in an event; nil if the event does not have it, or if ``fields`` does not name it.
    package static func value(of field: String, in event: AcceptedEvent) -> String? {
        switch field {
        case "id": event.id.rawValue
        case "name": event.name
        case "customer_id": event.customerID
        case "subscription_id": event.subscriptionID
        case "source": event.source
        default: nil
        }
    }
}
