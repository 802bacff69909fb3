/// Keeps browser sessions where all gateways that share a journal see them: digests only, which cannot open a session.
package protocol SessionKeeping: Sendable {
    /// Opens a session, and forgets those that have ended. At the limit, the one that was unused longest is closed. When this returns,
    /// all gateways see it.
    /// - Parameters:
    ///   - token: the SHA-256 of its token.
    ///   - key: the SHA-256 of the key that it was opened with.
    func openSession(_ token: [UInt8], key: [UInt8], within limits: SessionLimits) async throws(StoreError)

    /// Those of these sessions that are open, in any order.
    /// - Parameter tokens: the SHA-256 of each token.
    func sessions(_ tokens: [[UInt8]], within limits: SessionLimits) async throws(StoreError) -> [KeptSession]

    /// Marks sessions as used now. Closed ones stay closed.
    func useSessions(_ tokens: [[UInt8]]) async throws(StoreError)

    /// Closes a session at all gateways; does nothing if there is none.
    func closeSession(_ token: [UInt8]) async throws(StoreError)
}

/// How long sessions last, and their maximum number.
package struct SessionLimits: Sendable, Equatable {
    /// How long a session may be unused.
    package let idle: Duration
    /// How long a session lasts at most, however much it is used.
    package let longest: Duration
    package let count: Int

    package init(idle: Duration, longest: Duration, count: Int) {
        self.idle = idle
        self.longest = longest
        self.count = count
    }
}

/// An open session. Its times are ages, so that clocks of two machines are never compared.
package struct KeptSession: Sendable, Equatable {
    /// The SHA-256 of its token.
    package let token: [UInt8]
    /// The SHA-256 of the key that it was opened with.
    package let key: [UInt8]
    /// How long ago it was opened.
    package let age: Duration
    /// How long ago it was used.
    package let unused: Duration

    package init(token: [UInt8], key: [UInt8], age: Duration, unused: Duration) {
        self.token = token
        self.key = key
        self.age = age
        self.unused = unused
    }
}
