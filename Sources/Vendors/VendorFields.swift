import Events
import JSON

/// The fields of an event that are meant for one vendor only: `vendor.lago`, `vendor.polar`.
struct VendorFields {
    private let adapter: AdapterName
    private let fields: JSONValue?

    /// - Parameter known: the fields that the vendor has. Another one is refused by name: it would be lost in silence.
    init(of event: AcceptedEvent, for adapter: AdapterName, known: [String]) throws(Untranslatable) {
        self.adapter = adapter
        guard let text = event.vendor, let fields = PropertyRewriter.document(text).root[adapter.rawValue] else {
            fields = nil
            return
        }
        for member in fields.members where !known.contains(member.name) {
            let list = known.isEmpty ? "it has none" : "it has \(known.joined(separator: ", "))"
            throw Untranslatable(
                field: "vendor.\(adapter).\(member.name)",
                message: "no field of this name exists for \(adapter); \(list)"
            )
        }
        self.fields = fields
    }

    /// The value of a field; nil if it is absent or null.
    subscript(name: String) -> JSONValue? {
        fields?[name].flatMap { $0.isNull ? nil : $0 }
    }

    /// The text of a field.
    func text(_ name: String) throws(Untranslatable) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else {
            throw Untranslatable(field: "vendor.\(adapter).\(name)", message: "must be a string, found \(value.kind.phrase)")
        }
        return text
    }
}
