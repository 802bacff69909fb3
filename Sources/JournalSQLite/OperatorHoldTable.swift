import Events
import GRDB
import Journal

/// Providers that operators hold.
enum OperatorHoldTable {
    static func set(_ hold: OperatorHold?, of provider: ProviderName, in db: Database) throws {
        guard let hold else {
            return try db.execute(sql: "DELETE FROM operator_holds WHERE provider = ?", arguments: [provider.rawValue])
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO operator_holds(provider, until, client, at) VALUES(?, ?, ?, ?)",
            arguments: [provider.rawValue, hold.until.milliseconds, hold.by.rawValue, hold.at.milliseconds]
        )
    }

    static func hold(of provider: ProviderName, in db: Database) throws -> OperatorHold? {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT until, client, at FROM operator_holds WHERE provider = ?",
            arguments: [provider.rawValue]
        )
        return try row.map { row in
            try OperatorHold(
                until: Timestamp(milliseconds: row.value(0)),
                by: ClientName(row.value(1) as String),
                at: Timestamp(milliseconds: row.value(2))
            )
        }
    }
}
