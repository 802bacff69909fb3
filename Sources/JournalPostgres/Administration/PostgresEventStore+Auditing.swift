package import Events
import Foundation
package import Journal

extension PostgresEventStore: AuditRecording {
    package func record(_ entry: AuditEntry) async throws(StoreError) {
        let parameters: [Parameter] = [
            .text(entry.category.rawValue), .int8(entry.at.milliseconds), .text(entry.action.storable),
            .text(entry.tenant?.rawValue), .text(entry.actor?.storable), .text(entry.keyID?.storable),
            .text(entry.remoteAddress?.storable), .bytea(try entry.encodedDetails),
            .int8(Int64(max(1, parts.settings.auditEntriesPerCategory))),
        ]
        // Sent once: an entry whose commit is unknown is reported as failed rather than written twice.
        _ = try await runOnce(.recordAudit, parameters)
    }

    package func auditLog(_ filter: AuditFilter, before: Int64?, limit: Int) async throws(StoreError)
        -> [RecordedAuditEntry]
    {
        let categories: [String?]? = filter.categories.isEmpty ? nil : filter.categories.map(\.rawValue).sorted()
        let parameters: [Parameter] = [
            .int8(before ?? .max), .texts(categories), .text(filter.tenant?.rawValue), .text(filter.actor?.storable),
            .text(filter.action?.storable), .int8(filter.from?.milliseconds), .int8(filter.before?.milliseconds),
            .int8(Int64(max(0, limit))), .bytea(filter.requestIDBytes),
        ]
        let rows = try await readPoint { (session) throws(PostgresFailure) in try session.run(.readAudit, parameters) }
        var entries: [RecordedAuditEntry] = []
        for row in rows {
            let entry = AuditEntry(
                at: Timestamp(milliseconds: row.integer(2)),
                category: try row.word(1),
                action: row.text(3),
                tenant: row.optionalText(4).map { TenantID($0) },
                actor: row.optionalText(5),
                keyID: row.optionalText(6),
                remoteAddress: row.optionalText(7),
                details: try Self.decode(row.bytes(8))
            )
            entries.append(RecordedAuditEntry(number: row.integer(0), entry: entry))
        }
        return entries
    }

    package func removeAuditEntries(before timestamp: Timestamp) async throws(StoreError) -> Int {
        try await run(.removeAudit, [.int8(timestamp.milliseconds)]).affected
    }

    private static func decode(_ bytes: [UInt8]) throws(StoreError) -> [String: String] {
        do {
            return try JSONDecoder().decode([String: String].self, from: Data(bytes))
        } catch {
            throw .failed(reason: "the details of an audit entry cannot be read: \(error)")
        }
    }
}

extension PostgresEventStore: AcceptanceCounting {
    package var acceptedSinceOpening: [ProviderName: Int] { parts.accepted.current }
}

extension AuditEntry {
    /// The details as the table has them.
    var encodedDetails: [UInt8] {
        get throws(StoreError) {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            do {
                return try [UInt8](encoder.encode(details))
            } catch {
                throw .failed(reason: "the details of an audit entry cannot be written: \(error)")
            }
        }
    }
}
