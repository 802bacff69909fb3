import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

/// PgBouncer between the store and the database.
@Suite struct PoolerTests {
    /// A schema, and a role whose sessions find it.
    private struct Setup {
        let server: PostgresServer
        let role = PostgresServer.newSchema()
        let schema = PostgresServer.newSchema()

        init() async throws {
            server = try await PostgresServer.shared()
            try await server.run(
                """
                CREATE ROLE \(role) LOGIN; CREATE SCHEMA \(schema) AUTHORIZATION \(role);
                ALTER ROLE \(role) SET search_path = \(schema)
                """
            )
        }

        func settings(_ pooler: PoolerServer, prepares: Bool) -> PostgresStoreSettings {
            var settings = PostgresStoreSettings(address: Secret(pooler.address(for: role)))
            settings.schema = schema
            settings.prepares = prepares
            settings.outagePatience = .seconds(300)
            settings.lease = .seconds(60)
            return settings
        }

        func remove() async throws {
            try await server.run(
                "SET client_min_messages = warning; DROP SCHEMA \(schema) CASCADE; DROP OWNED BY \(role); DROP ROLE \(role)"
            )
        }
    }

    private static func lifeOfEvents(_ settings: PostgresStoreSettings) async throws {
        let (first, second) = (
            try await PostgresEventStore.open(settings, logger: TestJournal.logger),
            try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        )
        let events = (1...20).map { TestJournal.event("\($0)") }
        for event in events { _ = try await first.append(AppendRequest(events: [event], policy: .each)) }
        let repeated = try await second.append(AppendRequest(events: events, policy: .each))
        for result in repeated {
            guard case .duplicate = result else {
                Issue.record("\(result)")
                return
            }
        }
        let lease = try await second.lease("lago")
        var settled = 0
        // A block has events of one stream, and a slow machine begins another.
        while let block = try await second.claimBlock(under: lease, limit: BlockLimit(events: 20, bytes: 1 << 20)) {
            let attempt = Attempt(at: Timestamp(milliseconds: 1), latency: .zero, httpStatus: 200, status: .delivered)
            let run = DeliveredRun(sequences: block.deliveries.map(\.sequence), attempt: attempt)
            try await second.settle(Settlement(provider: "lago", delivered: [run]), under: lease)
            settled += block.deliveries.count
        }
        #expect(settled == 20)
        #expect(try await first.backlog(of: "lago").events == 0)
        await first.close()
        await second.close()
    }

    @Test func `works behind a pooler in transaction mode without prepared statements`() async throws {
        let setup = try await Setup()
        let pooler = try await PoolerServer.make(before: setup.server, .transaction, roles: [setup.role])
        try await Self.lifeOfEvents(setup.settings(pooler, prepares: false))
        try await setup.remove()
    }

    @Test func `refuses prepared statements behind a pooler in transaction mode, by name`() async throws {
        let setup = try await Setup()
        let pooler = try await PoolerServer.make(before: setup.server, .transaction, roles: [setup.role])
        let reason = await refusalReason {
            _ = try await PostgresEventStore.open(setup.settings(pooler, prepares: true), logger: TestJournal.logger)
        }
        #expect(reason.contains("PgBouncer") && reason.contains("--store-prepare off"))
        #expect(
            try await setup.server.run("SELECT count(*) FROM pg_tables WHERE schemaname = '\(setup.schema)'") == ["0"]
        )
        try await setup.remove()
    }

    @Test func `keeps prepared statements behind a pooler in session mode`() async throws {
        let setup = try await Setup()
        let pooler = try await PoolerServer.make(before: setup.server, .session, roles: [setup.role])
        // Each connection keeps a session for itself.
        var settings = setup.settings(pooler, prepares: true)
        (settings.slots, settings.readers) = (1, 2)
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        let results = try await store.append(AppendRequest(events: [TestJournal.event("1")], policy: .each))
        #expect(results.count == 1)
        await store.close()
        try await setup.remove()
    }

    @Test func `asks for the role's search path where sessions cannot set it`() async throws {
        let setup = try await Setup()
        try await setup.server.run("ALTER ROLE \(setup.role) RESET search_path")
        var settings = PostgresStoreSettings(address: Secret(setup.server.address(for: setup.role)))
        settings.schema = setup.schema
        settings.prepares = false
        let reason = await refusalReason {
            _ = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        }
        #expect(reason.contains("search_path does not begin with \(setup.schema)"))
        try await setup.remove()
    }
}
