package import Events
package import Journal
import Logging
package import Parity

/// What operators do to a journal in PostgreSQL from outside: it needs no gateway, and is none.
package struct PostgresOperations: Sendable {
    private let settings: PostgresStoreSettings

    /// - Parameter settings: where the journal is.
    package init(_ settings: PostgresStoreSettings) {
        self.settings = settings
    }

    /// The SQL that makes the tables there, or brings them to this version's format. Nothing is changed.
    package func schemaScript() async throws(StoreError) -> SchemaScript {
        try await schemaScript(to: .current)
    }

    func schemaScript(to history: SchemaHistory) async throws(StoreError) -> SchemaScript {
        try await withConnection { (connection) async throws(StoreError) in
            let schema = Schema(connection: connection, settings: settings, logger: Self.silent, history: history)
            guard let values = try await schema.read() else {
                return SchemaScript(making: settings.schema, format: history.format)
            }
            guard !values.isEmpty else { return SchemaScript(upToDate: settings.schema, format: history.format) }
            let meta = try JournalMeta(reading: values, schema: settings.schema, knowing: history.format)
            guard meta.format < history.format else {
                return SchemaScript(upToDate: settings.schema, format: meta.format)
            }
            return SchemaScript(expanding: settings.schema, from: meta.format, history: history)
        }
    }

    /// The state of the journal.
    /// - Throws: ``StoreError/unusable(path:reason:)`` if there is none, or ``StoreError/newerFormat(path:found:known:)``.
    package func status() async throws(StoreError) -> JournalStatus {
        try await withJournal { (connection, meta) throws(PostgresFailure) in
            try await StatusReader(settings: settings, meta: meta, connection: connection).status()
        }
    }

    /// What was saved of watching providers.
    /// - Parameter now: by which acceptances are valid.
    package func watches(at now: Timestamp) async throws(StoreError) -> WatchSnapshot {
        try await withJournal { (connection, _) throws(PostgresFailure) in
            let verify = try await connection.run(.readWatches, [.text(WatchKind.verify.rawValue)])
            let canary = try await connection.run(.readWatches, [.text(WatchKind.canary.rawValue)])
            let acceptances = try await connection.run(.readParityAcceptances, [.int8(now.milliseconds)])
            return WatchSnapshot(
                verify: PostgresParityStorage.watchStates(verify),
                canary: PostgresParityStorage.watchStates(canary),
                acceptances: acceptances.compactMap { Acceptance($0) }
            )
        }
    }

    /// The gateways that are in the list, by name.
    package func nodes() async throws(StoreError) -> [JournalStatus.Node] {
        try await withJournal { (connection, meta) throws(PostgresFailure) in
            try await StatusReader(settings: settings, meta: meta, connection: connection).nodes()
        }
    }

    /// Has the gateways of a name give back their accounts and slots and take none, or take some again.
    /// - Returns: how many gateways of the name are in the list.
    package func setDraining(_ isDraining: Bool, nodesNamed name: String) async throws(StoreError) -> Int {
        try await withJournal { (connection, _) throws(PostgresFailure) in
            try await connection.run(.drain, [.text(name), .bool(isDraining)]).affected
        }
    }

    // MARK: Connecting

    static let silent = Logger(label: "tollgate.journal") { _ in SwiftLogNoOpLogHandler() }

    private func withJournal<Value: Sendable>(
        _ body: (PostgresConnection, JournalMeta) async throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        try await withConnection { (connection) async throws(StoreError) in
            let schema = Schema(connection: connection, settings: settings, logger: Self.silent)
            guard let values = try await schema.read(), !values.isEmpty else {
                throw .unusable(path: settings.schema, reason: "it has no journal")
            }
            let meta = try JournalMeta(reading: values, schema: settings.schema)
            do throws(PostgresFailure) {
                return try await body(connection, meta)
            } catch {
                throw .failed(reason: error.reason)
            }
        }
    }

    private func withConnection<Value: Sendable>(
        _ body: (PostgresConnection) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        var settings = settings.connection("operator")
        // A backlog may take its time to be counted.
        (settings.statementTimeout, settings.patience) = (.seconds(300), .seconds(310))
        let connection = PostgresConnection(settings)
        do throws(StoreError) {
            let value = try await body(connection)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }
}
