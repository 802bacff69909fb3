import Journal

/// Refuses servers, databases, roles and poolers with which the store cannot keep its promises.
struct ServerCheck: Sendable {
    let connection: PostgresConnection
    let settings: PostgresStoreSettings

    /// - Throws: ``StoreError/unusable(path:reason:)`` with one sentence.
    func run() async throws(StoreError) {
        let refusal: String?
        do throws(PostgresFailure) {
            refusal = try await findRefusal()
        } catch {
            throw .unusable(path: settings.schema, reason: error.reason)
        }
        if let refusal { throw .unusable(path: settings.schema, reason: refusal) }
    }

    private func findRefusal() async throws(PostgresFailure) -> String? {
        // First, because a prepared statement already fails behind such a pooler.
        if settings.prepares, try await PoolerProbe(settings.connection("probe")).findsSharedSessions() {
            return """
                the address leads to a pooler in transaction mode, such as PgBouncer, which cannot keep prepared statements; \
                start with --store-prepare off, or use the database's own address
                """
        }
        if let refusal = try await description().refusal(allowingDataLoss: settings.allowsDataLoss) { return refusal }
        return try await rights().refusal(setsSearchPath: settings.prepares)
    }

    private func description() async throws(PostgresFailure) -> ServerDescription {
        guard let version = try await connection.run(.readVersion).first else { throw Self.silent }
        var server = ServerDescription(
            versionNumber: version.integer(0),
            version: version.text(1),
            database: "",
            encoding: ""
        )
        // Other servers might not even have the settings that are read next.
        guard ServerDescription.refusal(ofVersion: server.versionNumber, server.version) == nil else { return server }
        guard let row = try await connection.run(.readServer).first else { throw Self.silent }
        (server.database, server.encoding) = (row.text(0), row.text(1))
        (server.isStandby, server.isReadOnly) = (row.bool(2), row.text(3) == "on")
        server.unsafeSettings = [(4, "fsync"), (5, "full_page_writes"), (6, "synchronous_commit")]
            .filter { row.text($0.0) == "off" }.map(\.1)
        return server
    }

    private func rights() async throws(PostgresFailure) -> SchemaRights {
        guard let row = try await connection.run(.readRights, [.text(settings.schema)]).first else { throw Self.silent }
        return SchemaRights(
            role: row.text(0),
            database: row.text(1),
            schema: settings.schema,
            exists: row.bool(2),
            mayCreateSchemas: row.bool(3),
            mayUse: row.bool(4),
            mayCreateTables: row.bool(5),
            foreignTable: row.optionalText(6),
            searchPath: row.text(7)
        )
    }

    private static let silent = PostgresFailure.unknown(reason: "the server does not describe itself")
}
