package import Journal

extension PostgresEventStore: ClientKeyKeeping {
    package func clientKeyVersion() async throws(StoreError) -> Int64 { try await clientKeyTable.clientKeyVersion() }

    package func clientKeys() async throws(StoreError) -> RecordedClientKeys { try await clientKeyTable.clientKeys() }

    package func put(
        _ keys: [ClientKeyRecord],
        after version: Int64,
        recording entry: AuditEntry
    ) async throws(StoreError) -> Bool {
        try await clientKeyTable.put(keys, after: version, recording: entry)
    }

    private var clientKeyTable: ClientKeyTable {
        ClientKeyTable(connection: parts.points, retryAfter: parts.settings.retryAfterFull)
    }
}
