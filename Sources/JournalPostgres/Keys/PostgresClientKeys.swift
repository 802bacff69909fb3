package import Journal
package import Logging

/// The client keys of a journal for the command line, without being a gateway of it.
package final class PostgresClientKeys: Sendable {
    private let connection: PostgresConnection
    private let table: ClientKeyTable

    /// Connects, and makes the journal's tables if there are none.
    /// - Throws: ``StoreError/newerFormat(path:found:known:)`` or ``StoreError/unusable(path:reason:)``.
    package static func open(
        _ settings: PostgresStoreSettings,
        logger: Logger
    ) async throws(StoreError) -> PostgresClientKeys {
        let connection = PostgresConnection(settings.connection("keys"))
        do throws(StoreError) {
            _ = try await Schema(connection: connection, settings: settings, logger: logger).open()
        } catch {
            await connection.close()
            throw error
        }
        return PostgresClientKeys(connection, retryAfter: settings.retryAfterFull)
    }

    private init(_ connection: PostgresConnection, retryAfter: Duration) {
        self.connection = connection
        table = ClientKeyTable(connection: connection, retryAfter: retryAfter)
    }

    /// Closes the connection.
    package func close() async { await connection.close() }
}

extension PostgresClientKeys: ClientKeyKeeping {
    package func clientKeyVersion() async throws(StoreError) -> Int64 { try await table.clientKeyVersion() }

    package func clientKeys() async throws(StoreError) -> RecordedClientKeys { try await table.clientKeys() }

    package func put(
        _ keys: [ClientKeyRecord],
        after version: Int64,
        recording entry: AuditEntry
    ) async throws(StoreError) -> Bool {
        try await table.put(keys, after: version, recording: entry)
    }

    package func clientKeyUses() async throws(StoreError) -> [ClientKeyUse] { try await table.clientKeyUses() }

    package func note(_ uses: [ClientKeyUse], forgettingBefore oldest: String) async throws(StoreError) {
        try await table.note(uses, forgettingBefore: oldest)
    }
}
