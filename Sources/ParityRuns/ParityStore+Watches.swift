package import Events
package import Foundation
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
        try await read { db in try Self.watchStates(kind, in: db) }
    }

    private static func watchStates(_ kind: WatchKind, in db: Database) throws -> [ProviderName: [UInt8]] {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT provider, state FROM watches WHERE kind = ?",
            arguments: [kind.rawValue]
        )
        return try rows.reduce(into: [:]) { states, row in
            let (provider, state): (String, Data) = try (row.decode(atIndex: 0), row.decode(atIndex: 1))
            states[ProviderName(provider)] = Array(state)
        }
    }

    /// What was saved in a data folder, read beside a gateway that runs there, or without one. Nothing is changed.
    /// - Returns: nil if there is no file yet, or one of a version that watched nothing.
    package static func watches(in folder: URL, at now: Timestamp) async throws(ParityError) -> WatchSnapshot? {
        let file = file(in: folder)
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        var configuration = Configuration()
        configuration.label = "tollgate.parity.reader"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            return try await DatabaseQueue(path: file.path, configuration: configuration).read { db in
                guard try db.tableExists("watches") else { return nil }
                return WatchSnapshot(
                    verify: try watchStates(.verify, in: db),
                    canary: try watchStates(.canary, in: db),
                    acceptances: try acceptances(at: now, in: db)
                )
            }
        } catch {
            throw fault(error)
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
