import Events
import Foundation
import GRDB
import Journal

/// The rows of the audit log.
enum AuditTable {
    /// Adds an entry, and removes the oldest of its category beyond the limit.
    /// - Parameter limit: how many entries of a category stay.
    static func insert(_ entry: AuditEntry, keeping limit: Int, in db: Database) throws {
        let category = entry.category.rawValue
        let last =
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT max(ordinal) FROM audit WHERE category = ?"),
                arguments: [category]
            ) ?? 0
        guard (0..<Int64.max).contains(last) else { throw DamagedRow(fault: "ordinal is \(last)") }
        let ordinal = last + 1
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO audit(category, ordinal, at, action, tenant, actor, key_id, remote_address, details)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try insert.execute(
            arguments: [
                category, ordinal, entry.at.milliseconds, entry.action, entry.tenant?.rawValue, entry.actor,
                entry.keyID, entry.remoteAddress, try json(entry.details),
            ]
        )
        let remove = try db.cachedStatement(sql: "DELETE FROM audit WHERE category = ? AND ordinal <= ?")
        try remove.execute(arguments: [category, ordinal - Int64(max(1, limit))])
    }

    /// Removes the oldest entries, up to the first that is of this timestamp or later.
    /// - Returns: how many.
    static func remove(before timestamp: Timestamp, in db: Database) throws -> Int {
        // Numbers rise with time, so that it ends with the first row unless the log has old entries.
        let remove = try db.cachedStatement(
            sql: """
                DELETE FROM audit WHERE number < coalesce(
                    (SELECT number FROM audit WHERE at >= ? ORDER BY number LIMIT 1), 9223372036854775807)
                """
        )
        try remove.execute(arguments: [timestamp.milliseconds])
        return db.changesCount
    }

    static func entries(_ filter: AuditFilter, before: Int64?, limit: Int, in db: Database) throws
        -> [RecordedAuditEntry]
    {
        var conditions = ["number < ?"]
        var arguments: StatementArguments = [before ?? .max]
        func require(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            conditions.append(condition)
            arguments += [value]
        }
        require("tenant = ?", filter.tenant?.rawValue)
        require("actor = ?", filter.actor)
        require("action = ?", filter.action)
        require("instr(details, ?) > 0", filter.requestIDBytes.map { Data($0) })
        require("at >= ?", filter.from?.milliseconds)
        require("at < ?", filter.before?.milliseconds)
        if !filter.categories.isEmpty {
            conditions.append(
                "category IN (\(filter.categories.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")))"
            )
        }
        return try Row.fetchAll(
            db,
            sql: """
                SELECT number, category, at, action, tenant, actor, key_id, remote_address, details FROM audit
                WHERE \(conditions.joined(separator: " AND ")) ORDER BY number DESC LIMIT \(max(0, limit))
                """,
            arguments: arguments
        ).map(entry)
    }

    private static func entry(_ row: Row) throws -> RecordedAuditEntry {
        let word: String = try row.value(1)
        guard let category = AuditEntry.Category(rawValue: word) else { throw UnknownWord(word: word) }
        let entry = try AuditEntry(
            at: Timestamp(milliseconds: row.value(2)),
            category: category,
            action: row.value(3),
            tenant: (row.value(4) as String?).map { TenantID($0) },
            actor: row.value(5),
            keyID: row.value(6),
            remoteAddress: row.value(7),
            details: JSONDecoder().decode([String: String].self, from: row.value(8) as Data)
        )
        return try RecordedAuditEntry(number: row.value(0), entry: entry)
    }

    private static func json(_ details: [String: String]) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(details)
    }
}
