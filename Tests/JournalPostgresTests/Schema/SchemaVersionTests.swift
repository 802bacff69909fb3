import Events
import Journal
import Logging
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

/// Tables of other versions than this one.
@Suite struct SchemaVersionTests {
    /// The newest format, and the two that follow it.
    private static let (now, next, last) = (JournalMeta.format, JournalMeta.format + 1, JournalMeta.format + 2)

    /// Formats that do not exist yet: the next one adds a column and an index, the last one another column, and removes the first.
    private static let future = SchemaHistory(
        changes: SchemaHistory.current.changes + [
            SchemaHistory.Change(
                format: next,
                expand: [
                    Statement("ALTER TABLE accounts ADD COLUMN IF NOT EXISTS note text NOT NULL DEFAULT ''"),
                    Statement("DROP INDEX IF EXISTS accounts_by_note"),
                    Statement("CREATE INDEX CONCURRENTLY accounts_by_note ON accounts(note)"),
                ]
            ),
            SchemaHistory.Change(
                format: last,
                expand: [Statement("ALTER TABLE accounts ADD COLUMN IF NOT EXISTS comment text NOT NULL DEFAULT ''")],
                contract: [Statement("ALTER TABLE accounts DROP COLUMN IF EXISTS note")]
            ),
        ]
    )

    /// The same, but the last format cannot be reached.
    private static let failing = SchemaHistory(
        changes: future.changes.dropLast() + [
            SchemaHistory.Change(
                format: last,
                expand: future.changes[future.changes.count - 1].expand + [Statement("SELECT 1 / 0")]
            )
        ]
    )

    /// The address of a database that other tests do not use. An index that is built beside writers waits for every
    /// transaction of its database that began before, and other tests keep some open for long.
    private static let database = Task<String, any Error> {
        let server = try await PostgresServer.shared()
        let name = PostgresServer.newSchema()
        try await server.run("CREATE DATABASE \(name) TEMPLATE template0")
        return server.address(ofDatabase: name)
    }

    private static func newJournal() async throws -> TestJournal {
        let address = try await database.value
        return try await TestJournal { $0.address = Secret(address) }
    }

    /// Runs SQL in a journal's schema.
    @discardableResult
    private static func run(_ sql: String, in journal: TestJournal) async throws -> [String] {
        try await journal.server.run(sql, at: journal.settings.address.reveal(), schema: journal.schema)
    }

    private static func schema(_ journal: TestJournal, _ history: SchemaHistory) -> (Schema, PostgresConnection) {
        let connection = journal.connection()
        let schema = Schema(
            connection: connection,
            settings: journal.settings,
            logger: TestJournal.logger,
            history: history
        )
        return (schema, connection)
    }

    private static func columns(of journal: TestJournal) async throws -> [String] {
        try await run(
            """
            SELECT column_name FROM information_schema.columns
            WHERE table_schema = '\(journal.schema)' AND table_name = 'accounts' AND column_name IN ('note', 'comment') ORDER BY 1
            """,
            in: journal
        )
    }

    private static func meta(_ name: String, of journal: TestJournal) async throws -> String? {
        try await run("SELECT convert_from(value, 'UTF8') FROM meta WHERE name = '\(name)'", in: journal).first
    }

    @Test func `the first start makes the tables, and the next ones find the same journal`() async throws {
        let journal = try await Self.newJournal()
        let (schema, connection) = Self.schema(journal, .current)
        let first = try await schema.open()
        #expect(try await schema.open() == first)
        #expect(first.format == JournalMeta.format && first.oldestWriter == JournalMeta.format)
        await connection.close()
    }

    @Test func `gateways that start together on an empty database make one journal`() async throws {
        let journal = try await Self.newJournal()
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let (schema, connection) = Self.schema(journal, .current)
                    let meta = try await schema.open()
                    await connection.close()
                    return meta.journalID
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
    }

    @Test func `tables that a person has made get a journal with the first start`() async throws {
        let journal = try await Self.newJournal()
        try await Self.run(SchemaScript(making: journal.schema).text, in: journal)
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("1")], policy: .each))
        await store.close()
        let again = try await journal.open()
        let results = try await again.append(AppendRequest(events: [TestJournal.event("1")], policy: .each))
        #expect(results.count == 1)
        guard case .duplicate = results[0] else {
            Issue.record("\(results)")
            return
        }
        await again.close()
    }

    @Test func `a newer version brings the tables to its format while the older one goes on`() async throws {
        let journal = try await Self.newJournal()
        let old = try await journal.open()
        _ = try await old.append(AppendRequest(events: [TestJournal.event("1")], policy: .each))
        let (schema, connection) = Self.schema(journal, Self.future)
        let meta = try await schema.open()
        #expect(meta.format == Self.last && meta.oldestWriter == Self.now)
        #expect(try await Self.columns(of: journal) == ["comment", "note"])
        // The node that changed the tables is not in the list any more, and nobody has the duty. The older one may have
        // another just now.
        #expect(try await Self.run("SELECT count(*) FROM nodes", in: journal) == ["1"])
        let held = "SELECT count(*) FROM duties WHERE name = 'schema' AND node IS NOT NULL"
        #expect(try await Self.run(held, in: journal) == ["0"])
        let results = try await old.append(
            AppendRequest(events: [TestJournal.event("1"), TestJournal.event("2")], policy: .each)
        )
        #expect(results.count == 2)
        // It may start again, too.
        let (again, other) = Self.schema(journal, .current)
        #expect(try await again.open().format == Self.last)
        await other.close()
        await connection.close()
        await old.close()
    }

    @Test func `a journal of the first format gets the log of migrations while its gateways go on`() async throws {
        let journal = try await Self.newJournal()
        let old = try await journal.open()
        _ = try await old.append(AppendRequest(events: [TestJournal.event("1")], policy: .each))
        for statement in [
            "DROP TABLE migration_log",
            "UPDATE meta SET value = '1' WHERE name IN ('format', 'oldest_writer', 'contracted')",
            "UPDATE nodes SET format = 1",
        ] { try await Self.run(statement, in: journal) }
        let new = try await journal.open()
        #expect(try await Self.meta("format", of: journal) == "\(Self.now)")
        #expect(try await Self.meta("oldest_writer", of: journal) == "1")
        #expect(try await new.migrationActs().isEmpty)
        _ = try await old.append(AppendRequest(events: [TestJournal.event("2")], policy: .each))
        #expect(try await new.events(withID: "2", of: "shop").count == 1)
        await old.close()
        await new.close()
    }

    @Test func `nodes of a newer version that start together change the tables once`() async throws {
        let journal = try await Self.newJournal()
        try await journal.open().close()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    let (schema, connection) = Self.schema(journal, Self.future)
                    let meta = try await schema.open()
                    #expect(meta.format == Self.last)
                    await connection.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Self.columns(of: journal) == ["comment", "note"])
    }

    @Test func `a change that was interrupted is finished by the next node`() async throws {
        let journal = try await Self.newJournal()
        try await journal.open().close()
        let (broken, connection) = Self.schema(journal, Self.failing)
        let reason = await refusalReason {
            _ = try await broken.open()
        }
        #expect(reason.hasPrefix("its tables could not be brought to format \(Self.last): division by zero"))
        #expect(try await Self.meta("format", of: journal) == "\(Self.next)")
        // The node that failed is in the list until its lease ends.
        try await Self.run("UPDATE nodes SET expires_at = now()", in: journal)
        let (schema, other) = Self.schema(journal, Self.future)
        #expect(try await schema.open().format == Self.last)
        await connection.close()
        await other.close()
    }

    @Test func `an index that waits for an old transaction holds nobody up, and the node keeps its duty`() async throws
    {
        // A server of its own: indexes of other tests would wait for the old transaction as well.
        let journal = try await TestJournal(on: PostgresServer.make())
        let old = try await journal.open()
        async let backup: [String]? = try? journal.server.run(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1; SELECT pg_sleep(600); COMMIT"
        )
        let holder =
            "FROM pg_stat_activity WHERE query LIKE '%SELECT 1; SELECT pg_sleep(600)%' AND wait_event = 'PgSleep'"
        try await waitUntil("the transaction has begun") {
            try await journal.server.run("SELECT count(*) \(holder)") == ["1"]
        }
        var upgrade = SchemaUpgrade(settings: journal.settings, history: Self.future, logger: TestJournal.logger)
        upgrade.lease = .seconds(20)
        let expansion = Task { [upgrade] in try await upgrade.expand() }
        // Beyond the time that other statements wait for locks, and that the node was registered for.
        try await waitUntil("one try waits, and the node is renewed") {
            try await journal.server.run(
                """
                SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY accounts_by_note%'
                    AND clock_timestamp() - query_start > interval '21 s'
                    AND EXISTS (SELECT FROM nodes WHERE draining AND expires_at > clock_timestamp())
                """,
                schema: journal.schema
            ) == ["1"]
        }
        _ = try await old.append(AppendRequest(events: [TestJournal.event("1")], policy: .each))
        #expect(try await journal.server.run("SELECT pg_terminate_backend(pid) \(holder)") == ["t"])
        #expect(await backup == nil)
        try await expansion.value
        #expect(try await Self.meta("format", of: journal) == "\(Self.last)")
        await old.close()
    }

    @Test func `what older gateways used is removed when the last of them is gone`() async throws {
        let journal = try await Self.newJournal()
        let old = try await journal.open()
        let (schema, connection) = Self.schema(journal, Self.future)
        _ = try await schema.open()
        let upgrade = SchemaUpgrade(settings: journal.settings, history: Self.future, logger: TestJournal.logger)
        let node: Int64 = 77
        try await Self.run(
            "INSERT INTO nodes(node, name, version, format, routes, expires_at) VALUES (77, 'new', '', \(Self.last), '', now() + interval '1 h')",
            in: journal
        )
        for _ in 0..<2 { try await upgrade.contract(as: node, over: connection) }
        #expect(try await Self.columns(of: journal) == ["comment", "note"])
        await old.close()
        try await upgrade.contract(as: node, over: connection)
        // From now on no older one may start; what it would have used goes with the next step.
        #expect(try await Self.meta("oldest_writer", of: journal) == "\(Self.last)")
        #expect(try await Self.columns(of: journal) == ["comment", "note"])
        await #expect(throws: StoreError.newerFormat(path: journal.schema, found: Self.last, known: Self.now)) {
            _ = try await PostgresEventStore.open(journal.settings, logger: TestJournal.logger)
        }
        try await upgrade.contract(as: node, over: connection)
        #expect(try await Self.columns(of: journal) == ["comment"])
        #expect(try await Self.meta("contracted", of: journal) == "\(Self.last)")
        await connection.close()
    }

    @Test func `prints what the database lacks, and changes nothing`() async throws {
        let journal = try await Self.newJournal()
        let operations = PostgresOperations(journal.settings)
        let all = try await operations.schemaScript()
        #expect(all.text.contains("CREATE TABLE chunks(") && all.text.contains("\"\(journal.schema)\""))
        let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = '\(journal.schema)'"
        #expect(try await Self.run(schemas, in: journal) == ["0"])
        try await journal.open().close()
        let nothing = try await operations.schemaScript()
        #expect(
            nothing.text
                == "-- The tables in the schema \"\(journal.schema)\" have format \(Self.now): nothing to do.\n"
        )
        let changes = try await operations.schemaScript(to: Self.future)
        #expect(
            changes.text.contains(
                """
                SET lock_timeout = 0;
                CREATE INDEX CONCURRENTLY accounts_by_note ON accounts(note);
                SET lock_timeout = '2s';
                """
            )
        )
        #expect(try await Self.columns(of: journal) == [])
        // A person runs it; then the gateway finds nothing to do.
        for statement in changes.text.split(separator: ";") where statement.contains(where: \.isLetter) {
            let text = statement.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
            try await Self.run(text, in: journal)
        }
        #expect(try await Self.columns(of: journal) == ["comment", "note"])
        #expect(try await Self.meta("format", of: journal) == "\(Self.last)")
    }
}
