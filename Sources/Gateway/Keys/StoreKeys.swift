package import Access
package import Events
package import Journal

/// The keys of clients in a store that several gateways share.
package struct StoreKeys: KeyKeeping {
    let store: any ClientKeyKeeping

    /// Concurrent changes of keys are rare, and never so many in a row.
    private static let mostTries = 100

    package init(in store: any ClientKeyKeeping) {
        self.store = store
    }

    package func read() async throws -> StoredKeys { try StoredKeys(try await store.clientKeys()) }

    package func update<Value>(
        _ change: (inout StoredKeys) throws -> Value,
        noting act: (Value) -> KeyAct
    ) async throws -> Value {
        for _ in 0..<Self.mostTries {
            let found = try await store.clientKeys()
            let before = try StoredKeys(found)
            var keys = before
            let value = try change(&keys)
            let known = Dictionary(before.list.map { ($0.key.id, $0) }, uniquingKeysWith: { first, _ in first })
            let changed = keys.list.filter { known[$0.key.id] != $0 }
            let entry = AuditEntry(act(value))
            let records = changed.map(ClientKeyRecord.init)
            if try await store.put(records, after: found.version, recording: entry) { return value }
        }
        throw StoreKeysFault.busy
    }

    package func uses() async throws -> KeyUses {
        var uses = KeyUses()
        for use in try await store.clientKeyUses() {
            guard let digest = use.digest.withUnsafeBytes({ KeyDigest(bytes: $0) }) else { continue }
            uses.note(digest, on: use.day)
        }
        return uses
    }

    package func note(_ uses: KeyUses, at now: Timestamp) async throws {
        try await store.note(
            uses.days.map { ClientKeyUse(digest: $0.key.bytes, day: $0.value) },
            forgettingBefore: KeyUses.day(of: now + (.zero - KeyUses.longestAge))
        )
    }
}

/// Why the keys in the store cannot be used.
package enum StoreKeysFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// This key was written by another version.
    case foreign(id: String)
    case busy

    package var description: String {
        switch self {
        case .foreign(let id):
            "the store has a key \(id) that this version cannot read; use the version of tollgate that made it"
        case .busy: "other commands change the keys all the time; try again"
        }
    }
}

extension StoredKeys {
    fileprivate init(_ recorded: RecordedClientKeys) throws(StoreKeysFault) {
        var list: [StoredKey] = []
        for record in recorded.keys {
            guard let digest = record.digest.withUnsafeBytes({ KeyDigest(bytes: $0) }),
                let origin = StoredKey.Origin(rawValue: record.origin)
            else { throw .foreign(id: record.id) }
            list.append(
                StoredKey(
                    client: record.client,
                    key: ClientKey(
                        id: record.id,
                        digest: digest,
                        notBefore: record.notBefore,
                        expires: record.expires
                    ),
                    created: record.created,
                    origin: origin,
                    revoked: record.revoked
                )
            )
        }
        self.init(list)
    }
}

extension ClientKeyRecord {
    fileprivate init(_ stored: StoredKey) {
        self.init(
            id: stored.key.id,
            digest: stored.key.digest.bytes,
            client: stored.client,
            origin: stored.origin.rawValue,
            created: stored.created,
            notBefore: stored.key.notBefore,
            expires: stored.key.expires,
            revoked: stored.revoked
        )
    }
}

extension AuditEntry {
    fileprivate init(_ act: KeyAct) {
        self.init(
            at: act.at,
            category: .administration,
            action: act.action,
            tenant: nil,
            actor: act.user,
            keyID: nil,
            remoteAddress: nil,
            details: act.details
        )
    }
}
