import GRDB
import JournalFormat

/// The writer's statements, compiled once. They belong to one connection and never leave its thread.
struct StatementSet {
    let insertOrigin: Statement
    let insertPlan: Statement
    let insertProvider: Statement
    let insertChunk: Statement
    let insertRun: Statement
    let selectDelivery: Statement
    let upsertDelivery: Statement
    let insertAttempt: Statement
    let insertIntent: Statement
    let deleteIntent: Statement
    let updateCursor: Statement
    let insertDamage: Statement

    init(_ db: Database) throws {
        insertOrigin = try db.makeStatement(sql: "INSERT INTO origins(number, tenant, client) VALUES(?, ?, ?)")
        insertPlan = try db.makeStatement(sql: "INSERT INTO plans(number, encoded) VALUES(?, ?)")
        insertProvider = try db.makeStatement(sql: "INSERT INTO providers(number, name, cursor) VALUES(?, ?, ?)")
        insertChunk = try db.makeStatement(
            sql: """
                INSERT INTO chunks(first, count, accepted_first, accepted_last, providers, content)
                VALUES(?, ?, ?, ?, ?, ?)
                """
        )
        insertRun = try db.makeStatement(
            sql: """
                INSERT INTO delivered(first, provider, last, at, latency, http_status, deduplicated, skipped, members)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(first, provider) DO UPDATE SET last = max(last, excluded.last),
                    members = CASE WHEN excluded.last >= last THEN excluded.members ELSE members END
                """
        )
        selectDelivery = try db.makeStatement(
            sql: "SELECT status, attempts FROM deliveries WHERE sequence = ? AND provider = ?"
        )
        upsertDelivery = try db.makeStatement(
            sql: """
                INSERT INTO deliveries(sequence, provider, origin, status, attempts, next_attempt_at,
                    reached_at, fault_is_last_attempts, fault_code, fault_message, fault_vendor)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT(sequence, provider) DO UPDATE SET status = excluded.status, attempts = excluded.attempts,
                    next_attempt_at = excluded.next_attempt_at,
                    reached_at = coalesce(reached_at, excluded.reached_at),
                    fault_is_last_attempts = excluded.fault_is_last_attempts,
                    fault_code = excluded.fault_code, fault_message = excluded.fault_message,
                    fault_vendor = excluded.fault_vendor
                """
        )
        insertAttempt = try db.makeStatement(
            sql: """
                INSERT INTO attempts(sequence, provider, ordinal, at, latency, http_status, status, deduplicated,
                    fault_code, fault_message, fault_vendor)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        insertIntent = try db.makeStatement(sql: "INSERT OR IGNORE INTO intents(provider, sequence) VALUES(?, ?)")
        deleteIntent = try db.makeStatement(sql: "DELETE FROM intents WHERE provider = ? AND sequence = ?")
        updateCursor = try db.makeStatement(sql: "UPDATE providers SET cursor = ? WHERE number = ?")
        insertDamage = try db.makeStatement(
            sql: "INSERT OR REPLACE INTO damage(first, last, reason) VALUES(?, ?, ?)"
        )
    }
}
