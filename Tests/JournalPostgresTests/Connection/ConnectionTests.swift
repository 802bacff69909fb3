import Events
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct ConnectionTests {
    private func withConnection(_ body: (PostgresConnection, PostgresServer) async throws -> Void) async throws {
        let journal = try await TestJournal()
        var settings = journal.settings.connection("test")
        // A busy machine takes its time.
        (settings.statementTimeout, settings.patience) = (.seconds(300), .seconds(310))
        let connection = PostgresConnection(settings)
        try await body(connection, journal.server)
        await connection.close()
    }

    @Test func `sends and gets values of each type`() async throws {
        try await withConnection { connection, _ in
            let rows = try await connection.run(
                Statement("SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11"),
                [
                    .bool(true), .int2(-7), .int4(70_000), .int8(.min), .float8(1.5), .text("Zürich ☂"),
                    .bytea([0, 255]),
                    .int2s([1, -1]), .int8s([]), .texts(["a", "", "{\"}"]), .text(nil),
                ]
            )
            let row = try #require(rows.first)
            #expect(row.bool(0))
            #expect((1...3).map { row.integer($0) } == [-7, 70_000, .min])
            #expect(row.float(4) == 1.5)
            #expect(row.text(5) == "Zürich ☂")
            #expect(row.bytes(6) == [0, 255])
            #expect(row.integers(7) == [1, -1])
            #expect(row.integers(8) == [])
            #expect(row.texts(9) == ["a", "", "{\"}"])
            #expect(row.isNull(10) && row.optionalText(10) == nil)
        }
    }

    @Test func `tells why the server refused a statement, and goes on`() async throws {
        try await withConnection { connection, _ in
            await #expect(throws: PostgresFailure.refused(SQLState(code: "22012"), message: "division by zero")) {
                try await connection.run(Statement("SELECT 1 / $1"), [.int4(0)])
            }
            let rows = try await connection.run(Statement("SELECT 1 / $1"), [.int4(1)])
            #expect(rows.first?.integer(0) == 1)
        }
    }

    @Test func `reports a statement without an answer as unknown, and connects again`() async throws {
        try await withConnection { connection, server in
            let process = try await connection.run(Statement("SELECT pg_backend_pid()")).first?.integer(0) ?? 0
            async let sleeping: Void = {
                do throws(PostgresFailure) {
                    try await connection.run(Statement("SELECT pg_sleep(600)"))
                    Issue.record("it was not ended")
                } catch {
                    #expect(!error.isCertain)
                }
            }()
            // Not while it is prepared: then nothing was sent that could be carried out.
            let end =
                "SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity "
                + "WHERE pid = \(process) AND wait_event = 'PgSleep'"
            try await waitUntil("the statement is ended") { try await server.run(end) == ["1"] }
            await sleeping
            let other = try await connection.run(Statement("SELECT pg_backend_pid()")).first?.integer(0)
            #expect(other != process)
        }
    }

    @Test func `repeats a read when the connection was lost`() async throws {
        try await withConnection { connection, server in
            let read = Statement.read("SELECT pg_backend_pid()")
            let process = try await connection.run(read).first?.integer(0) ?? 0
            _ = try await server.run("SELECT pg_terminate_backend(\(process))")
            let other = try await connection.run(read).first?.integer(0)
            #expect(other != process)
        }
    }

    @Test func `closes the connection when an answer takes too long`() async throws {
        let journal = try await TestJournal()
        var settings = journal.settings.connection("test")
        // The server must not be the first to give up.
        (settings.statementTimeout, settings.patience) = (.seconds(600), .seconds(8))
        let connection = PostgresConnection(settings)
        let sleeping = "SELECT pg_sleep(600) /* \(journal.schema) */"
        try await waitUntil("an answer takes too long") {
            do throws(PostgresFailure) {
                try await connection.run(Statement(sleeping))
                Issue.record("it was answered")
            } catch {
                // On a busy machine it may take as long to connect.
                if case .unreachable = error { return false }
                #expect(error == .unknown(reason: "no answer within 8.0 seconds"))
            }
            return true
        }
        try await waitUntil("it connects again") {
            (try? await connection.run(Statement("SELECT 1::int4")))?.first?.integer(0) == 1
        }
        await connection.close()
        let left = "FROM pg_stat_activity WHERE query = '\(sleeping)' AND wait_event = 'PgSleep'"
        try await journal.server.run("SELECT pg_terminate_backend(pid) \(left)")
    }

    @Test func `a task on the connection's thread sends its statements without leaving it`() async throws {
        try await withConnection { connection, _ in
            let other = FirstAnswer<Void>()
            try await withTaskExecutorPreference(connection) {
                // Safe: it ends at once, when the thread is free.
                let waiting = Task(executorPreference: connection) { other.give(()) }
                let rows = try await connection.run(Statement("SELECT 1::int4"))
                #expect(rows.first?.integer(0) == 1)
                #expect(!other.isGiven, "the thread was not given to another task")
                await waiting.value
                #expect(other.isGiven, "the thread is free while a task waits")
                #expect(try await connection.run(Statement("SELECT 2::int4")).first?.integer(0) == 2)
            }
            #expect(try await connection.run(Statement("SELECT 3::int4")).first?.integer(0) == 3)
        }
    }

    @Test func `lets a cancelled caller go at once, and carries out what it has asked`() async throws {
        let journal = try await TestJournal()
        var settings = journal.settings.connection("test")
        (settings.statementTimeout, settings.lockTimeout) = (.seconds(600), .seconds(600))
        settings.patience = .seconds(610)
        let connection = PostgresConnection(settings, whenCancelled: .leaves)
        let (server, table) = (journal.server, "public." + PostgresServer.newSchema())
        try await server.run("CREATE TABLE \(table)(a int4)")
        let locking = "LOCK TABLE \(table); SELECT pg_sleep(600)"
        async let blocking: [String]? = try? server.run("BEGIN; \(locking); COMMIT")
        let holder = "FROM pg_stat_activity WHERE query LIKE '%\(locking)%' AND wait_event = 'PgSleep'"
        try await waitUntil("the table is locked") { try await server.run("SELECT count(*) \(holder)") == ["1"] }
        // The second waits for its turn, behind the first.
        let callers = (1...2).map { number in
            Task { try await connection.run(Statement("INSERT INTO \(table) VALUES ($1)"), [.int4(Int32(number))]) }
        }
        for caller in callers { caller.cancel() }
        for caller in callers {
            await #expect(throws: PostgresFailure.unknown(reason: "the caller was cancelled")) {
                try await caller.value
            }
        }
        #expect(try await server.run("SELECT pg_terminate_backend(pid) \(holder)") == ["t"])
        #expect(await blocking == nil)
        try await waitUntil("both rows are there") {
            try await server.run("SELECT a FROM \(table) ORDER BY a") == ["1", "2"]
        }
        await connection.close()
    }

    @Test func `undoes a transaction of which one statement was refused`() async throws {
        try await withConnection { connection, _ in
            let table = PostgresServer.newSchema()
            await #expect(throws: PostgresFailure.self) {
                try await connection.transaction([
                    (Statement("CREATE TABLE public.\(table)(a int4)"), []), (Statement("SELECT 1 / 0"), []),
                ])
            }
            let left = try await connection.run(Statement("SELECT to_regclass($1) IS NULL"), [.text("public.\(table)")])
            #expect(left.first?.bool(0) == true)
        }
    }

    @Test func `takes nothing after it was closed`() async throws {
        let connection = try await TestJournal().connection()
        await connection.close()
        await #expect(throws: PostgresFailure.closed) { try await connection.run(Statement("SELECT 1")) }
    }

    @Test func `says nothing of a password`() async throws {
        var settings = try await TestJournal().settings.connection("test")
        settings.address = Secret("postgresql://nobody:hunter2@127.0.0.1:1/none")
        let connection = PostgresConnection(settings)
        do throws(PostgresFailure) {
            try await connection.run(Statement("SELECT 1"))
        } catch {
            #expect(!error.reason.contains("hunter2"))
            #expect(error.isCertain)
        }
        #expect(!"\(settings)".contains("hunter2"))
        await connection.close()
    }
}
