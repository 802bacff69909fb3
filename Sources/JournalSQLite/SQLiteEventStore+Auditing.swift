package import Events
import GRDB
package import Journal

extension SQLiteEventStore {
    package func record(_ entry: AuditEntry) async throws(StoreError) {
        try await commit { .audit(entry, $0) }
    }

    package func auditLog(
        _ filter: AuditFilter,
        before: Int64?,
        limit: Int
    ) async throws(StoreError) -> [RecordedAuditEntry] {
        try await readPoint { db in try AuditTable.entries(filter, before: before, limit: limit, in: db) }
    }

    package func removeAuditEntries(before timestamp: Timestamp) async throws(StoreError) -> Int {
        try await commit { .removeAudit(before: timestamp, $0) }
    }
}

extension SQLiteEventStore {
    package var acceptedSinceOpening: [ProviderName: Int] { parts.accepted.current }
}
