import Events
import JSON
import Vendors

/// The vendors that the behaviour suite holds to the engine's rules: those that are registered, and one that there is not.
enum TestedVendors {
    static let all: [any Adapter] = VendorRegistry.all + [AcmeAdapter()]

    static func adapter(named name: AdapterName) -> (any Adapter)? {
        all.first { $0.traits.adapter == name }
    }
}

extension VendorRequest {
    /// The texts that the body carries on its outermost level, by its content type; nil if the body does not have the form that the
    /// content type says.
    var texts: [String]? {
        switch contentType {
        case "application/json":
            guard let root = try? JSONDocument(parsing: body).root else { return nil }
            return Self.texts(in: root)
        case "application/x-www-form-urlencoded": return FormText.values(body)
        default: return nil
        }
    }

    private static func texts(in value: JSONValue) -> [String] {
        switch value.kind {
        case .string: value.string.map { [$0] } ?? []
        case .array: value.elements.flatMap { texts(in: $0) }
        case .object: value.members.flatMap { texts(in: $0.value) }
        case .null, .bool, .number: []
        }
    }
}
