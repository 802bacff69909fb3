import Events
import JSON

/// The fields that an event has for one vendor alone: the object at `vendor.NAME`.
///
/// A name that the vendor does not have is refused, because a typing mistake here costs money silently.
struct VendorFields {
    private let adapter: AdapterName
    private let object: JSONValue?

    /// - Parameter known: the names that the vendor has.
    /// - Throws: ``Untranslatable`` that names the unknown field and lists the known ones.
    init(of event: AcceptedEvent, for adapter: AdapterName, known: [String]) throws(Untranslatable) {
        self.adapter = adapter
        guard let text = event.vendor else {
            object = nil
            return
        }
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: Array(text.bytes))
        } catch {
            throw Untranslatable(field: "vendor", message: "is not JSON: \(error)")
        }
        object = document.root[adapter.rawValue].flatMap { $0.isNull ? nil : $0 }
        guard let object else { return }
        guard object.kind == .object else {
            throw Untranslatable(field: path, message: "must be an object, and is \(object.kind.phrase)")
        }
        for member in object.members where !known.contains(member.name) {
            throw Untranslatable(
                field: "\(path).\(member.name)",
                message: "this vendor has no such field; known: \(known.joined(separator: ", "))"
            )
        }
    }

    private var path: String { "vendor.\(adapter)" }

    /// A field's value; nil if it is absent or null.
    subscript(name: String) -> JSONValue? {
        guard let value = object?[name], !value.isNull else { return nil }
        return value
    }

    /// A field's text; nil if it is absent, null or empty.
    /// - Throws: ``Untranslatable`` if it is no string.
    func text(_ name: String) throws(Untranslatable) -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.string else { throw fault(name, "must be a string, and is \(value.kind.phrase)") }
        return text.isEmpty ? nil : text
    }

    /// The same, without U+0000.
    func storableText(_ name: String, for vendor: String) throws(Untranslatable) -> String? {
        let text = try text(name)
        try text?.checkStorable(as: "\(path).\(name)", for: vendor)
        return text
    }

    /// An ``Untranslatable`` that names a field of this object.
    func fault(_ name: String, _ message: String) -> Untranslatable {
        Untranslatable(field: "\(path).\(name)", message: message)
    }
}
