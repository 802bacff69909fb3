import Events
import JournalFormat

/// The 64-bit keys under which the database keeps identities: tenant, scope and id of events.
///
/// A part of the identities has each key once. An event whose first key is taken by another identity, or by a removed event, gets its
/// second one, and so on; whoever looks for it goes the same way. The upper 40 bits of a key come from tenant and id alone, so that the
/// events of one id are a range, whatever their scopes.
struct IdentityKeys: Sendable {
    private let key: SipHash
    private let first: IdentityHash

    /// - Parameters:
    ///   - key: the journal's own.
    ///   - significantBits: how many bits of first keys count; fewer than 64 make collisions for tests.
    init(key: SipHash, significantBits: Int = 64) {
        self.key = key
        first = IdentityHash(key: key, significantBits: significantBits)
    }

    /// - Parameter ordinal: 0 for the first key.
    func key(of event: AcceptedEvent, _ ordinal: Int) -> Int64 {
        Int64(bitPattern: hash(ordinal).forTenant(event.tenant).hash(event.id, scope: event.idScope))
    }

    /// Where the keys of an id are, whatever the scope.
    func range(of id: EventID, _ tenant: TenantID, _ ordinal: Int) -> ClosedRange<Int64> {
        let shared = hash(ordinal).forTenant(tenant).hash(id, scope: "") & IdentityHash.sharedByScopes
        return Int64(bitPattern: shared)...Int64(bitPattern: shared | ~IdentityHash.sharedByScopes)
    }

    private func hash(_ ordinal: Int) -> IdentityHash {
        guard ordinal > 0 else { return first }
        let other = UInt64(ordinal) &* 0x9E37_79B9_7F4A_7C15
        return IdentityHash(key: SipHash(key0: key.key0 ^ other, key1: key.key1))
    }
}
