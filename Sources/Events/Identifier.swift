#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// A name or an id that cannot be confused with another kind of name: a provider's with a client's, say.
///
/// `Subject` exists only for the compiler. Identifiers are compared byte for byte. Which characters one may contain is checked where it
/// enters (`EventReader` for events, `Routing` for `routes.json`).
package struct Identifier<Subject>: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }
}

/// Byte for byte: `String` treats a composed letter and its decomposed form as equal, so that two tenants would become one.
extension Identifier {
    package static func == (left: Self, right: Self) -> Bool {
        var (left, right) = (left.rawValue, right.rawValue)
        // As memory, not byte by byte: this runs several times for each event.
        return left.withUTF8 { left in
            right.withUTF8 { right in
                guard left.count == right.count, let bytes = left.baseAddress, let others = right.baseAddress else {
                    return left.isEmpty && right.isEmpty
                }
                return memcmp(bytes, others, left.count) == 0
            }
        }
    }

    package func hash(into hasher: inout Hasher) {
        var text = rawValue
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension Identifier: ExpressibleByStringLiteral {
    package init(stringLiteral value: String) {
        rawValue = value
    }
}

extension Identifier: CustomStringConvertible {
    package var description: String { rawValue }
}

extension Identifier: Comparable {
    package static func < (left: Self, right: Self) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

/// The idempotency key of an event within its tenant (and ``AcceptedEvent/idScope``); 1 to 255 bytes.
package typealias EventID = Identifier<CanonicalEvent>
/// One configured account at a vendor, as `routes.json` names it.
package typealias ProviderName = Identifier<ProviderSubject>
/// The code for one vendor: `lago`, `polar`, `flexprice`, `knetik`.
package typealias AdapterName = Identifier<AdapterSubject>
/// A rule of `routes.json`: which events go to which destinations.
package typealias RouteName = Identifier<RouteSubject>
/// An application that holds a gateway key.
package typealias ClientName = Identifier<ClientSubject>
/// The move of a route's customers from one provider to another, as `routes.json` names it.
package typealias MigrationName = Identifier<MigrationSubject>
/// The owner of events; tenants never see each other's.
package typealias TenantID = Identifier<TenantSubject>

/// A text from outside that has no type of its own, such as a vendor's id: in a set, or as the key of a dictionary, where a `String` would
/// be merged with its other normal forms.
package typealias ExactText = Identifier<TextSubject>

/// Tells ``ProviderName`` from other identifiers.
package enum ProviderSubject {}
/// Tells ``AdapterName`` from other identifiers.
package enum AdapterSubject {}
/// Tells ``RouteName`` from other identifiers.
package enum RouteSubject {}
/// Tells ``ClientName`` from other identifiers.
package enum ClientSubject {}
/// Tells ``MigrationName`` from other identifiers.
package enum MigrationSubject {}
/// Tells ``TenantID`` from other identifiers.
package enum TenantSubject {}
/// Tells ``ExactText`` from other identifiers.
package enum TextSubject {}

extension String {
    /// The same text, compared byte for byte.
    package var exact: ExactText { ExactText(self) }
}
