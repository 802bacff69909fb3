package import Journal

extension SQLiteEventStore {
    package func migrationVersion() async throws(StoreError) -> Int64 {
        try await readPoint { db in try MigrationLogTable.version(in: db) }
    }

    package func migrationActs() async throws(StoreError) -> [MigrationAct] {
        try await readPoint { db in try MigrationLogTable.all(in: db) }
    }

    package func append(_ act: MigrationAct, recording entry: AuditEntry) async throws(StoreError) -> Bool {
        try await commit { .appendAct(act, entry, $0) }
    }
}
