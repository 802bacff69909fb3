package import Events

/// Tells which client presents a key.
package struct Authenticator: Sendable {
    private let clock: any WallClock

    package init(clock: any WallClock) {
        self.clock = clock
    }

    /// The client whose key this is, and the key as it is configured.
    /// - Throws: ``KeyError`` if it is nobody's, or may not be used now.
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
        return holder
    }

    private func check(_ key: ClientKey) throws(KeyError) {
        let now = clock.now
        if let start = key.notBefore, now < start { throw .early(id: key.id, from: start) }
        if let end = key.expires, end <= now { throw .expired(id: key.id, at: end) }
    }
}

/// Why a key opens nothing.
package enum KeyError: Error, Equatable, Sendable {
    /// It is nobody's.
    case unknown
    /// It begins as the keys do that Tollgate generates, and its checksum is another: some of it is missing or wrong.
    case mistyped
    /// It may be used later.
    case early(id: String, from: Timestamp)
    /// It could be used until then.
    case expired(id: String, at: Timestamp)
}
