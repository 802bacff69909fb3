package import Events

/// Keeps the digests of client keys where all gateways that share a journal see them.
package protocol ClientKeyKeeping: Sendable {
    /// Increases with each change; 0 before the first.
    func clientKeyVersion() async throws(StoreError) -> Int64

    /// All keys in order of creation, revoked ones included, with their version.
    func clientKeys() async throws(StoreError) -> RecordedClientKeys

    /// Adds keys, changes the expiry of existing ones, revokes others, and records who did it: all of that or nothing. A revoked key
    /// stays revoked. When this returns true, it is on disk.
    /// - Parameter version: the version of the keys that the change is based on.
    /// - Returns: false if there is a newer version and nothing was changed.
    func put(
        _ keys: [ClientKeyRecord],
        after version: Int64,
        recording entry: AuditEntry
    ) async throws(StoreError) -> Bool

    /// The day of the last use of each key, by digest.
    func clientKeyUses() async throws(StoreError) -> [ClientKeyUse]

    /// Records the day of the last use of keys; a later day that is already recorded stays.
    /// - Parameter oldest: uses before this day are forgotten.
    func note(_ uses: [ClientKeyUse], forgettingBefore oldest: String) async throws(StoreError)
}

/// The last use of a key.
package struct ClientKeyUse: Sendable, Equatable {
    /// The SHA-256 of the key.
    package let digest: [UInt8]
    /// In UTC, such as `2026-11-29`.
    package let day: String

    package init(digest: [UInt8], day: String) {
        self.digest = digest
        self.day = day
    }
}

/// The keys of a journal at one version.
package struct RecordedClientKeys: Sendable, Equatable {
    package let version: Int64
    package let keys: [ClientKeyRecord]

    package init(version: Int64, keys: [ClientKeyRecord]) {
        self.version = version
        self.keys = keys
    }
}

/// A client's key as a journal has it: never the key itself.
package struct ClientKeyRecord: Sendable, Equatable {
    /// Unique in the journal.
    package let id: String
    /// The SHA-256 of the key; unique in the journal.
    package let digest: [UInt8]
    package let client: ClientName
    /// Where the key comes from, as the caller names it.
    package let origin: String
    package let created: Timestamp
    package let notBefore: Timestamp?
    package let expires: Timestamp?
    package let revoked: Timestamp?

    package init(
        id: String,
        digest: [UInt8],
        client: ClientName,
        origin: String,
        created: Timestamp,
        notBefore: Timestamp? = nil,
        expires: Timestamp? = nil,
        revoked: Timestamp? = nil
    ) {
        self.id = id
        self.digest = digest
        self.client = client
        self.origin = origin
        self.created = created
        self.notBefore = notBefore
        self.expires = expires
        self.revoked = revoked
    }
}
