import Journal
import Logging

/// Makes the tables of a journal where there are none, brings those of an older version to this one's, and refuses what this version cannot
/// use.
struct Schema {
    let connection: PostgresConnection
    let settings: PostgresStoreSettings
    let logger: Logger
    var history = SchemaHistory.current

    /// How often a node tries to make the tables that another one is making.
    private static let tries = 20

    /// All statements that make the tables of a new journal, each by itself.
    static var statements: [String] {
        JournalTables.statements + LedgerTables.statements + SharedTables.statements + ParityTables.statements
    }

    /// Reads what the journal says about itself; makes it if there is none.
    ///
    /// Gateways that start at the same time on an empty database wait for the first of them: the second finds the name of the first table
    /// taken, and reads what the first has made.
    func open() async throws(StoreError) -> JournalMeta {
        try await ServerCheck(connection: connection, settings: settings).run()
        let meta = try await found(orMaking: JournalMeta(format: history.format))
        guard meta.moving == nil else {
            throw .unusable(
                path: settings.schema,
                reason: "a journal is being moved into it; finish that with `tollgate journal move`"
            )
        }
        guard !history.changes(after: meta.format).isEmpty else { return meta }
        try await SchemaUpgrade(settings: settings, history: history, logger: logger).expand()
        return try await found(orMaking: meta)
    }

    /// Reads what the tables say of the journal; makes tables and journal where they are missing.
    func found(orMaking new: JournalMeta) async throws(StoreError) -> JournalMeta {
        let values = try await read()
        if let values, !values.isEmpty { return try meta(values) }
        var tries = 0
        while true {
            do throws(PostgresFailure) {
                try await make(new, withTables: values == nil)
                logger.info("made the journal's tables", metadata: ["schema": "\(settings.schema)"])
                break
            } catch {
                // Another gateway may have been first; or an unknown commit has succeeded.
                if let values = try await read(), !values.isEmpty { return try meta(values) }
                tries += 1
                // Another gateway is making them just now.
                guard error.isRefusal(.lockNotAvailable), tries < Self.tries else {
                    throw .unusable(path: settings.schema, reason: error.reason)
                }
            }
        }
        guard let made = try await read() else {
            throw .unusable(path: settings.schema, reason: "the tables are missing")
        }
        return try meta(made)
    }

    /// What the table `meta` has: nothing if the tables were made by a person; nil if there is no such table.
    func read() async throws(StoreError) -> [String: [UInt8]]? {
        let rows: Rows
        do throws(PostgresFailure) {
            rows = try await connection.run(.readMeta)
        } catch {
            if error.isRefusal(.undefinedTable) { return nil }
            throw .unusable(path: settings.schema, reason: error.reason)
        }
        return Dictionary(rows.map { ($0.text(0), $0.bytes(1)) }, uniquingKeysWith: { first, _ in first })
    }

    private func meta(_ values: [String: [UInt8]]) throws(StoreError) -> JournalMeta {
        try JournalMeta(reading: values, schema: settings.schema, knowing: history.format)
    }

    private func make(_ meta: JournalMeta, withTables: Bool) async throws(PostgresFailure) {
        var tables: [String] = withTables ? Self.statements : []
        // A role without the right to create schemas is refused `CREATE SCHEMA IF NOT EXISTS` even if the schema exists.
        if withTables, try await connection.run(.findSchema, [.text(settings.schema)]).isEmpty {
            tables.insert("CREATE SCHEMA IF NOT EXISTS \(ConnectionSettings.quoted(settings.schema))", at: 0)
        }
        let made = tables.map { (Statement($0), [] as [Parameter]) }
        let rows: [(Statement, [Parameter])] = meta.rows.map { (.writeMeta, [.text($0.name), .bytea($0.value)]) }
        try await connection.transaction(made + [(.openFirstIdentityPart, [])] + rows)
    }
}
