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

    package func clientKeyUses() async throws(StoreError) -> [ClientKeyUse] { try await clientKeyTable.clientKeyUses() }

    package func note(_ uses: [ClientKeyUse], forgettingBefore oldest: String) async throws(StoreError) {
        try await clientKeyTable.note(uses, forgettingBefore: oldest)
    }

    private var clientKeyTable: ClientKeyTable {
        ClientKeyTable(connection: parts.points, retryAfter: parts.settings.retryAfterFull)
    }
}
