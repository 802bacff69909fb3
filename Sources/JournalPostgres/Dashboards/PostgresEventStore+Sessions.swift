import Events
package import Journal

extension PostgresEventStore: SessionKeeping {
    package func openSession(
        _ token: [UInt8],
        key: [UInt8],
        within limits: SessionLimits
    ) async throws(StoreError) {
        let others: Parameter = .int8(Int64(max(0, limits.count - 1)))
        _ = try await run(.openSession, limits.parameters + [.bytea(token), .bytea(key), others])
    }

    package func sessions(_ tokens: [[UInt8]], within limits: SessionLimits) async throws(StoreError) -> [KeptSession] {
        let parameters = limits.parameters + [.byteas(tokens)]
        return try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readSessions, parameters).map { row in
                KeptSession(
                    token: row.bytes(0),
                    key: row.bytes(1),
                    age: .milliseconds(max(0, row.integer(2))),
                    unused: .milliseconds(max(0, row.integer(3)))
                )
            }
        }
    }

    package func useSessions(_ tokens: [[UInt8]]) async throws(StoreError) {
        _ = try await run(.useSessions, [.byteas(tokens)])
    }

    package func closeSession(_ token: [UInt8]) async throws(StoreError) {
        _ = try await run(.closeSession, [.bytea(token)])
    }
}

extension SessionLimits {
    /// The first two parameters of statements about open sessions.
    fileprivate var parameters: [Parameter] {
        [.float8(Double(idle.wholeMilliseconds)), .float8(Double(longest.wholeMilliseconds))]
    }
}
