package import Events

/// The operations on stored keys. Pure: it is told the time, and writes nothing.
extension StoredKeys {
    /// When a key may be used.
    package struct Term: Sendable {
        package let notBefore: Timestamp?
        package let expires: Timestamp?

        package init(notBefore: Timestamp? = nil, expires: Timestamp? = nil) {
            self.notBefore = notBefore
            self.expires = expires
        }
    }

    /// Adds a key to a client's.
    /// - Parameters:
    ///   - id: its id; the first digits of its digest if nil.
    ///   - elsewhere: the clients of `routes.json`, whose keys cannot be issued again.
    /// - Returns: what was added.
    package mutating func add(
        _ key: Secret,
        to client: ClientName,
        id: String?,
        term: Term = Term(),
        origin: StoredKey.Origin,
        besides elsewhere: [Client],
        at now: Timestamp
    ) throws(KeyLifecycleFault) -> StoredKey {
        let digest = KeyDigest(of: key.reveal())
        if let known = list.first(where: { $0.key.digest == digest }) {
            throw .known(id: known.key.id, client: known.client, isRevoked: known.revoked != nil)
        }
        if let holder = KeyTable(elsewhere).holder(of: digest) { throw .inRoutes(client: holder.client.name) }
        if let start = term.notBefore, let end = term.expires, end <= start { throw .endsBeforeStart }
        if let end = term.expires, end <= now { throw .endsBeforeStart }
        let id = try id.map { (id) throws(KeyLifecycleFault) in try free(id) } ?? freeID(digest)
        let new = StoredKey(
            client: client,
            key: ClientKey(id: id, digest: digest, notBefore: term.notBefore, expires: term.expires),
            created: now,
            origin: origin
        )
        list.append(new)
        return new
    }

    /// Sets the expiry of keys; those that expire earlier stay as they are.
    /// - Parameter target: the id of a key, or of a client, for all of its keys.
    /// - Returns: the client, and its keys whose expiry changed.
    package mutating func end(
        _ target: String,
        at end: Timestamp,
        now: Timestamp
    ) throws(KeyLifecycleFault) -> (client: ClientName, ended: [StoredKey]) {
        let places = list.indices.filter { place in
            let key = list[place]
            let isLive = key.revoked == nil && (key.key.expires.map { $0 > now } ?? true)
            return isLive && (key.key.id == target || key.client.rawValue == target)
        }
        guard let first = places.first else { throw .noLiveKey(target: target) }
        // A key's id takes precedence over a client of the same name.
        let exact = places.filter { list[$0].key.id == target }
        let chosen = exact.isEmpty ? places : exact
        for place in chosen where list[place].key.expires.map({ $0 > end }) ?? true {
            list[place] = list[place].ending(at: end)
        }
        return (list[exact.first ?? first].client, chosen.map { list[$0] })
    }

    /// Revokes a key.
    /// - Returns: the key.
    package mutating func revoke(_ id: String, at now: Timestamp) throws(KeyLifecycleFault) -> StoredKey {
        guard let place = list.firstIndex(where: { $0.key.id == id }) else { throw .unknown(id: id) }
        if list[place].revoked == nil { list[place] = list[place].revoked(at: now) }
        return list[place]
    }

    private func free(_ id: String) throws(KeyLifecycleFault) -> String {
        guard !list.contains(where: { $0.key.id == id }) else { throw .idTaken(id) }
        return id
    }

    private func freeID(_ digest: KeyDigest) -> String {
        let text = digest.hexadecimal
        let length = (8...64).first { length in !list.contains { $0.key.id == text.prefix(length) } }
        return String(text.prefix(length ?? 64))
    }
}

extension StoredKey {
    fileprivate func ending(at end: Timestamp) -> StoredKey {
        let key = ClientKey(id: key.id, digest: key.digest, notBefore: key.notBefore, expires: end)
        return StoredKey(client: client, key: key, created: created, origin: origin, revoked: revoked)
    }

    fileprivate func revoked(at now: Timestamp) -> StoredKey {
        StoredKey(client: client, key: key, created: created, origin: origin, revoked: now)
    }
}

/// Why an operation on a key was refused.
package enum KeyLifecycleFault: Error, Equatable, Sendable, CustomStringConvertible {
    case known(id: String, client: ClientName, isRevoked: Bool)
    case inRoutes(client: ClientName)
    case endsBeforeStart
    case idTaken(String)
    case noLiveKey(target: String)
    case unknown(id: String)

    package var description: String {
        switch self {
        case .known(let id, let client, true):
            "this key is \(id) of the client \(client), which was revoked; a revoked key cannot be restored, create another"
        case .known(let id, let client, false):
            "this key already exists: \(id) of the client \(client)"
        case .inRoutes(let client): "routes.json has this key already, for the client \(client)"
        case .endsBeforeStart: "the key would end before it could be used"
        case .idTaken(let id): "another key is called \(id)"
        case .noLiveKey(let target):
            "\(target) has no stored key that could be followed by another; make one with: tollgate keys create"
        case .unknown(let id): "no stored key is called \(id); tollgate keys list shows them all"
        }
    }
}
