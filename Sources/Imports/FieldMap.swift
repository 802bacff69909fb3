/// Which names the fields of an event have in a file, where they are not the format's own.
package struct FieldMap: Sendable, Equatable {
    private var names: [String: String] = [:]

    /// The fields of an event that may be mapped.
    package static let fields = ["id", "name", "customer_id", "subscription_id", "timestamp", "source", "properties"]

    package init() {}

    /// Reads `customer_id=Account,timestamp=When`.
    /// - Throws: ``Fault`` if a part is not of this form.
    package init(_ text: String) throws(Fault) {
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            guard let sign = part.firstIndex(of: "="), part.index(after: sign) < part.endIndex else {
                throw Fault(description: "\"\(part)\" is not of the form FIELD=NAME, such as customer_id=Account")
            }
            let field = String(part[..<sign])
            guard Self.fields.contains(field) else {
                throw Fault(
                    description: "there is no field \"\(field)\"; the fields are \(Self.fields.joined(separator: ", "))"
                )
            }
            guard names[field] == nil else { throw Fault(description: "\"\(field)\" is mapped twice") }
            names[field] = String(part[part.index(after: sign)...])
        }
    }

    /// Why a text is no map.
    package struct Fault: Error, CustomStringConvertible {
        package let description: String
    }

    /// The name of a field in the file; nil if it is the format's own.
    subscript(field: String) -> String? { names[field] }

    /// The names in the file that are taken for fields.
    var mapped: [(field: String, name: String)] {
        names.map { (field: $0.key, name: $0.value) }.sorted { $0.field < $1.field }
    }
}
