package import Events

/// Finds the client of a presented key.
package struct Authenticator: Sendable {
    private let clock: any WallClock

    package init(clock: any WallClock) {
        self.clock = clock
    }

    /// The client whose key this is, and the key as it is configured. The key counts as used.
    /// - Throws: ``KeyError`` if the key is unknown, or not valid now.
    package func holder(presenting key: String, in keys: KeyTable) throws(KeyError) -> KeyTable.Holder {
        do {
            return try holder(of: KeyDigest(of: key), in: keys)
        } catch {
            throw error == .unknown && GeneratedKey.isMistyped(key) ? .mistyped : error
        }
    }

    /// The same for a key that was presented before.
    package func holder(of digest: KeyDigest, in keys: KeyTable) throws(KeyError) -> KeyTable.Holder {
        guard let holder = keys.holder(of: digest) else { throw .unknown }
        if holder.key.hasTerm { try check(holder.key) }
        holder.use.note()
        return holder
    }

    private func check(_ key: ClientKey) throws(KeyError) {
        let now = clock.now
        if let start = key.notBefore, now < start { throw .early(id: key.id, from: start) }
        if let end = key.expires, end <= now { throw .expired(id: key.id, at: end) }
    }
}

/// Why a key is refused.
package enum KeyError: Error, Equatable, Sendable {
    /// It is unknown.
    case unknown
    /// It starts like a generated key, but its checksum is wrong: part of it is missing or mistyped.
    case mistyped
    /// It is not valid yet.
    case early(id: String, from: Timestamp)
    /// It has expired.
    case expired(id: String, at: Timestamp)
}
