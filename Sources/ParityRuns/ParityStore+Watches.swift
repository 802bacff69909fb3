package import Events
import Foundation
import GRDB
package import Parity

/// How far the watching of providers is.
extension ParityStore {
    package func watchState(_ kind: WatchKind, of provider: ProviderName) async throws(ParityError) -> [UInt8]? {
        try await read { db in
            let state = try Data.fetchOne(
                db,
                sql: "SELECT state FROM watches WHERE kind = ? AND provider = ?",
                arguments: [kind.rawValue, provider.rawValue]
            )
            return state.map { Array($0) }
        }
    }

    package func watchStates(_ kind: WatchKind) async throws(ParityError) -> [ProviderName: [UInt8]] {
        try await read { db in
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT provider, state FROM watches WHERE kind = ?",
                arguments: [kind.rawValue]
            )
            return rows.reduce(into: [:]) { states, row in
                let (provider, state): (String, Data) = (row[0], row[1])
                states[ProviderName(provider)] = Array(state)
            }
        }
    }

    package func save(_ state: [UInt8], _ kind: WatchKind, of provider: ProviderName) async throws(ParityError) {
        try await write { db in
            try db.execute(
                sql: "INSERT OR REPLACE INTO watches(kind, provider, state) VALUES(?, ?, ?)",
                arguments: [kind.rawValue, provider.rawValue, Data(state)]
            )
        }
    }
}
