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
}

extension KeyFile: KeyKeeping {}
