import Events
import Foundation
import GRDB
import Journal

/// The acts of migrations.
enum MigrationLogTable {
    static func version(in db: Database) throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT count(*) FROM migration_log")) ?? 0
    }

    static func all(in db: Database) throws -> [MigrationAct] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT migration, number, action, detail, plan, actor, key_id, at FROM migration_log
                ORDER BY migration, number
                """
        )
        return try rows.map { row in
            try MigrationAct(
                migration: MigrationName(row.value(0) as String),
                number: row.value(1),
                action: row.value(2),
                detail: [UInt8](row.value(3) as Data),
                plan: row.value(4),
                actor: row.value(5),
                keyID: row.value(6),
                at: Timestamp(milliseconds: row.value(7))
            )
        }
    }

    /// - Returns: false if the number is not the next one; nothing was added.
    static func append(_ act: MigrationAct, in db: Database) throws -> Bool {
        let newest = try Int.fetchOne(
            db.cachedStatement(sql: "SELECT max(number) FROM migration_log WHERE migration = ?"),
            arguments: [act.migration.rawValue]
        )
        guard act.number > 0, act.number - 1 == newest ?? 0 else { return false }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO migration_log(migration, number, action, detail, plan, actor, key_id, at)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try insert.execute(
            arguments: [
                act.migration.rawValue, act.number, act.action, Data(act.detail), act.plan, act.actor, act.keyID,
                act.at.milliseconds,
            ]
        )
        return true
    }
}
