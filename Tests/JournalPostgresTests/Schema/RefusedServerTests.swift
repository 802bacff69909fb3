import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

/// Servers, databases and roles with which the store refuses to start, each with one sentence.
@Suite struct RefusedServerTests {
    /// Opens a store and returns why it was refused.
    private static func refusal(_ address: String, schema: String = PostgresServer.newSchema()) async throws -> String {
        var settings = PostgresStoreSettings(address: Secret(address))
        settings.schema = schema
        return await refusalReason {
            try await PostgresEventStore.open(settings, logger: TestJournal.logger).close()
        }
    }

    private static func newName() -> String { PostgresServer.newSchema() }

    /// Removes a database as soon as the server has ended the sessions of the store that was refused.
    private static func drop(_ database: String, in server: PostgresServer) async throws {
        try await waitUntil("nobody uses \(database) any more") {
            (try? await server.run("DROP DATABASE IF EXISTS \(database)")) != nil
        }
    }

    @Test func `a database that is not UTF-8`() async throws {
        let server = try await PostgresServer.shared()
        let name = Self.newName()
        try await server.run(
            "CREATE DATABASE \(name) ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        )
        let reason = try await Self.refusal(server.address(ofDatabase: name))
        #expect(
            reason
                == "the database \(name) has the encoding SQL_ASCII; create one with ENCODING 'UTF8' TEMPLATE template0"
        )
        try await Self.drop(name, in: server)
    }

    @Test func `a database that is read-only`() async throws {
        let server = try await PostgresServer.shared()
        let name = Self.newName()
        try await server.run("CREATE DATABASE \(name) TEMPLATE template0")
        try await server.run("ALTER DATABASE \(name) SET default_transaction_read_only = on")
        let reason = try await Self.refusal(server.address(ofDatabase: name))
        #expect(reason == "the database \(name) is read-only (default_transaction_read_only is on); turn that off")
        try await Self.drop(name, in: server)
    }

    @Test func `a role that may not make the schema, and one that may use it only`() async throws {
        let server = try await PostgresServer.shared()
        let (role, schema) = (Self.newName(), Self.newName())
        try await server.run("CREATE ROLE \(role) LOGIN; REVOKE CREATE ON DATABASE postgres FROM PUBLIC")
        let address = server.address(for: role)
        let first = try await Self.refusal(address, schema: schema)
        #expect(first.hasPrefix("the role \(role) may not create the schema \(schema)"))
        try await server.run("CREATE SCHEMA \(schema); GRANT USAGE ON SCHEMA \(schema) TO \(role)")
        let second = try await Self.refusal(address, schema: schema)
        #expect(second.hasPrefix("the role \(role) may not create tables in the schema \(schema)"))
        try await server.run("GRANT CREATE ON SCHEMA \(schema) TO \(role)")
        var settings = PostgresStoreSettings(address: Secret(address))
        settings.schema = schema
        try await PostgresEventStore.open(settings, logger: TestJournal.logger).close()
        try await server.run("SET client_min_messages = warning; DROP SCHEMA \(schema) CASCADE; DROP ROLE \(role)")
    }

    @Test func `a role that does not own the tables`() async throws {
        let journal = try await TestJournal()
        try await journal.open().close()
        let role = Self.newName()
        try await journal.server.run(
            """
            CREATE ROLE \(role) LOGIN; GRANT USAGE, CREATE ON SCHEMA \(journal.schema) TO \(role);
            GRANT ALL ON ALL TABLES IN SCHEMA \(journal.schema) TO \(role)
            """
        )
        let reason = try await Self.refusal(journal.server.address(for: role), schema: journal.schema)
        #expect(reason.hasPrefix("the table \(journal.schema).accounts belongs to another role"))
        try await journal.server.run(
            "SET client_min_messages = warning; DROP SCHEMA \(journal.schema) CASCADE; DROP OWNED BY \(role); DROP ROLE \(role)"
        )
    }

    @Test func `a standby`() async throws {
        let primary = try await PostgresServer.make()
        let standby = try await PostgresServer.makeStandby(of: primary)
        let reason = try await Self.refusal(standby.address)
        #expect(reason.hasPrefix("the server is a standby, which only reads"))
        // With both, the store finds the one that can be written to.
        var settings = PostgresStoreSettings(
            address: Secret(
                "postgresql://tollgate@127.0.0.1:\(standby.port),127.0.0.1:\(primary.port)/postgres?sslmode=disable"
                    + "&target_session_attrs=read-write&connect_timeout=120"
            )
        )
        settings.schema = PostgresServer.newSchema()
        try await PostgresEventStore.open(settings, logger: TestJournal.logger).close()
    }
}
