package import Events

/// Derives a vendor's unique id from an event's id.
///
/// The application's own id is sent unchanged wherever it can, so that people find it again at the vendor and an event that once
/// went there directly is recognized.
package enum EventIdentity {
    /// The id for a vendor that tells events apart by the id alone.
    ///
    /// An id that is unique only within a scope gets the scope in front. The slashes of the scope are escaped, so that the first one
    /// ends it and two scopes never meet in one id.
    package static func unscoped(_ event: AcceptedEvent, prefix: String?) -> String {
        guard !event.idScope.isEmpty else { return prefixed(event.id.rawValue, prefix) }
        return prefixed("\(escaped(event.idScope))/\(event.id.rawValue)", prefix)
    }

    /// The id for a vendor that keeps ids apart by `scope` itself.
    static func scoped(_ event: AcceptedEvent, by scope: String, prefix: String?) -> String {
        guard event.idScope.utf8.elementsEqual(scope.utf8) else { return unscoped(event, prefix: prefix) }
        return prefixed(event.id.rawValue, prefix)
    }

    private static func prefixed(_ id: String, _ prefix: String?) -> String {
        prefix.map { $0 + id } ?? id
    }

    private static func escaped(_ scope: String) -> String {
        var text = ""
        for scalar in scope.unicodeScalars {
            switch scalar {
            case "/": text += "%2F"
            case "%": text += "%25"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
