import Mustache

/// The stored properties of a page, or of a struct in it, by their names.
///
/// The library's own way is to go through all properties of a struct for each tag; here that is done once for each struct.
struct PageMembers: MustacheParent {
    private let values: [String: Any]

    /// - Parameter content: a struct. What is nil in it is left out, as the library does it.
    init(of content: Any) {
        self.init(Mirror(reflecting: content))
    }

    /// - Parameter values: each as ``value(of:)`` gives it.
    init(_ values: [String: Any]) { self.values = values }

    private init(_ mirror: Mirror) {
        var values: [String: Any] = [:]
        for (label, value) in mirror.children {
            if let label, let value = Self.value(of: value) { values[label] = value }
        }
        self.values = values
    }

    func child(named name: String) -> Any? { values[name] }

    /// What the library is to see of a value: a text, number or boolean as it is, the members of a struct, a list of such values.
    /// - Returns: nil for an optional without a value.
    static func value(of content: Any) -> Any? {
        switch content {
        case is String, is Bool, is Int: return content
        default: break
        }
        let mirror = Mirror(reflecting: content)
        return switch mirror.displayStyle {
        case .optional: mirror.children.first.flatMap { value(of: $0.value) }
        case .collection: mirror.children.compactMap { value(of: $0.value) }
        case .struct where !(content is any CustomStringConvertible): PageMembers(mirror)
        // Written as it describes itself.
        default: content
        }
    }
}
