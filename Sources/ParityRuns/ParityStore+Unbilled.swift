package import Events
import GRDB
package import Parity

/// Events that vendors store and do not bill, as they say by themselves.
extension ParityStore {
    package func note(
        _ events: [UnbilledEvent],
        at provider: ProviderName,
        at now: Timestamp,
        keepingSince oldest: Timestamp
    ) async throws(ParityError) {
        try await write { db in
            try db.execute(sql: "DELETE FROM unbilled WHERE at_ms < ?", arguments: [oldest.milliseconds])
            let insert = try db.cachedStatement(
                sql: "INSERT OR REPLACE INTO unbilled(provider, event_id, reason, at_ms) VALUES(?, ?, ?, ?)"
            )
            for event in events {
                try insert.execute(
                    arguments: [provider.rawValue, event.id, event.reason.rawValue, now.milliseconds]
                )
            }
            try db.execute(
                sql: """
                    DELETE FROM unbilled WHERE provider = ? AND event_id IN (
                        SELECT event_id FROM unbilled WHERE provider = ? ORDER BY at_ms DESC, event_id LIMIT -1 OFFSET ?)
                    """,
                arguments: [provider.rawValue, provider.rawValue, Self.mostUnbilled]
            )
        }
    }

    package func unbilled(at provider: ProviderName) async throws(ParityError) -> [UnbilledEvent] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql: "SELECT event_id, reason FROM unbilled WHERE provider = ?",
                arguments: [provider.rawValue]
            ).compactMap { row in
                try UnbilledEvent.Reason(rawValue: row.decode(atIndex: 1)).map {
                    try UnbilledEvent(id: row.decode(atIndex: 0), reason: $0)
                }
            }
        }
    }
}
