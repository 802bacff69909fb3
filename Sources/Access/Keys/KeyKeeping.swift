package import Events

/// Where the keys of clients are kept beside `routes.json`: a file of the data folder, or a store that several gateways share.
package protocol KeyKeeping: Sendable {
    /// The keys; none if none was ever made.
    func read() async throws -> StoredKeys

    /// Changes the keys atomically. When this returns, they are on disk, and so is the act for the audit log.
    /// - Parameters:
    ///   - change: may run more than once, if others change the keys at the same time.
    ///   - act: describes what was done, from the result.
    func update<Value>(
        _ change: (inout StoredKeys) throws -> Value,
        noting act: (Value) -> KeyAct
    ) async throws -> Value

    /// On which day each key was used last, as far as gateways have noted it.
    func uses() async throws -> KeyUses

    /// Notes that keys were used. What others have noted stays, but for days before ``KeyUses/longestAge``.
    /// - Parameter now: by which that is told.
    func note(_ uses: KeyUses, at now: Timestamp) async throws
}

extension KeyFile: KeyKeeping {}
