import Events
import GRDB
import Journal

/// What keeps retention from removing.
enum PinTable {
    static func set(_ pin: RetentionPin, in db: Database) throws {
        try db.execute(
            sql: "INSERT OR REPLACE INTO pins(name, accepted_from, expires_at) VALUES(?, ?, ?)",
            arguments: [pin.name, pin.acceptedFrom.milliseconds, pin.expiresAt.milliseconds]
        )
    }

    static func remove(_ name: String, in db: Database) throws {
        try db.execute(sql: "DELETE FROM pins WHERE name = ?", arguments: [name])
    }

    static func removeExpired(at now: Timestamp, in db: Database) throws {
        try db.execute(sql: "DELETE FROM pins WHERE expires_at <= ?", arguments: [now.milliseconds])
    }

    static func all(in db: Database) throws -> [RetentionPin] {
        try Row.fetchAll(db, sql: "SELECT name, accepted_from, expires_at FROM pins ORDER BY name").map { row in
            try RetentionPin(
                name: row.value(0),
                acceptedFrom: Timestamp(milliseconds: row.value(1)),
                expiresAt: Timestamp(milliseconds: row.value(2))
            )
        }
    }

    /// What was accepted at this time or later stays; nil if nothing is pinned.
    static func earliest(in db: Database) throws -> Timestamp? {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT min(accepted_from) FROM pins"))
            .map { Timestamp(milliseconds: $0) }
    }
}

/// A change of what retention leaves.
enum PinStep: Sendable {
    case pin(RetentionPin)
    case unpin(String)
    case unpinExpired(Timestamp)

    func run(in db: Database) throws {
        switch self {
        case .pin(let pin): try PinTable.set(pin, in: db)
        case .unpin(let name): try PinTable.remove(name, in: db)
        case .unpinExpired(let now): try PinTable.removeExpired(at: now, in: db)
        }
    }
}
