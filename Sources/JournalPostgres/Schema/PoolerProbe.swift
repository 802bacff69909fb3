/// Finds out whether a pooler in between gives each statement whatever session of the server is free.
///
/// Prepared statements and settings of a session mean nothing behind such a pooler: the next statement may meet another session, and another
/// client's statement this one.
struct PoolerProbe: Sendable {
    private let settings: ConnectionSettings

    /// How often both connections are asked. Poolers take the session that was used last, or all of them in turn.
    private static let rounds = 8

    /// - Parameter settings: of a connection to the same address. Its sessions are not changed.
    init(_ settings: ConnectionSettings) {
        var settings = settings
        settings.prepares = false
        self.settings = settings
    }

    /// Whether statements of one connection meet several sessions of the server, or those of two connections the same one.
    func findsSharedSessions() async throws(PostgresFailure) -> Bool {
        let connections = [PostgresConnection(settings), PostgresConnection(settings)]
        do throws(PostgresFailure) {
            let isShared = try await areShared(connections)
            for connection in connections { await connection.close() }
            return isShared
        } catch {
            for connection in connections { await connection.close() }
            throw error
        }
    }

    private func areShared(_ connections: [PostgresConnection]) async throws(PostgresFailure) -> Bool {
        // A pooler gives each client a number of its own; the server tells that of the session's process.
        let (announced, process) = try await connections[0].read { (session) throws(PostgresFailure) in
            (Int64(session.serverProcess), try Self.process(session))
        }
        guard announced != process else { return false }
        var seen: [Set<Int64>] = [[process], []]
        for _ in 0..<Self.rounds {
            for (index, connection) in connections.enumerated() {
                let process = try await connection.read { (session) throws(PostgresFailure) in try Self.process(session)
                }
                seen[index].insert(process)
            }
            if seen.contains(where: { $0.count > 1 }) || !seen[0].isDisjoint(with: seen[1]) { return true }
        }
        return false
    }

    private static func process(_ session: PostgresSession) throws(PostgresFailure) -> Int64 {
        guard let row = try session.run(.readProcess, []).first else {
            throw .unknown(reason: "the server does not return its process")
        }
        return row.integer(0)
    }
}
