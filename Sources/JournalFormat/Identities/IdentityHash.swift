package import Events

/// The 64 bits under which an index keeps an event's identity: tenant, scope and id.
///
/// The upper 40 bits come from tenant and id alone, so that the events of one id can be found whatever their scope; the lower 24
/// come from the scope if there is one, and from the id if not. Two identities may share a hash: whoever finds one looks at the
/// stored event.
package struct IdentityHash: Sendable, Equatable {
    /// The bits that tenant and id decide alone.
    package static let sharedByScopes: UInt64 = ~0xFF_FFFF

    private let key: SipHash
    private let mask: UInt64

    /// - Parameters:
    ///   - key: drawn once for each journal and kept with it.
    ///   - significantBits: how many of the upper bits count; fewer than 64 make collisions for tests.
    package init(key: SipHash, significantBits: Int = 64) {
        precondition((0...64).contains(significantBits), "a hash has 64 bits")
        self.key = key
        mask = significantBits == 0 ? 0 : ~0 << UInt64(64 - significantBits)
    }

    /// The hash for the ids of one tenant; computed once per tenant.
    package func forTenant(_ tenant: TenantID) -> TenantIdentityHash {
        let own = key.hash(tenant.rawValue)
        return TenantIdentityHash(key: SipHash(key0: key.key0 ^ own, key1: key.key1), mask: mask)
    }
}

/// ``IdentityHash`` with the tenant mixed into the key.
package struct TenantIdentityHash: Sendable, Equatable {
    fileprivate let key: SipHash
    fileprivate let mask: UInt64

    /// The hash of an id in a scope.
    package func hash(_ id: EventID, scope: String) -> UInt64 {
        let whole = key.hash(id.rawValue)
        guard !scope.isEmpty else { return whole & mask }
        let shared = IdentityHash.sharedByScopes
        return ((whole & shared) | (key.hash(scope) & ~shared)) & mask
    }
}
