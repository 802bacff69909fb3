import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

/// Removing chunks of a day that must stay.
@Suite struct ChunkRemovalTests {
    private static let acceptedAt = TestJournal.event("a").acceptedAt

    @Test func `rows that somebody has locked keep no append waiting`() async throws {
        // A server of its own: new indexes of other tests would wait for the transaction that holds the lock.
        let journal = try await TestJournal(on: PostgresServer.make())
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        try await journal.server.run(
            """
            INSERT INTO deliveries(account, sequence, origin, status, attempts, fault_is_last_attempts)
                SELECT accounts[1], first, 1, 'discarded', 1, false FROM chunks;
            INSERT INTO attempts(account, sequence, ordinal, at, latency, status, deduplicated)
                SELECT accounts[1], first, 1, 0, 0, 'rejected', false FROM chunks
            """,
            schema: journal.schema
        )
        async let blocking: [String]? = try? journal.server.run(
            "BEGIN; SELECT 1 FROM attempts FOR UPDATE; SELECT pg_sleep(600); COMMIT",
            schema: journal.schema
        )
        let holder =
            "FROM pg_stat_activity WHERE query LIKE '%attempts FOR UPDATE; SELECT pg_sleep(600)%' AND wait_event = 'PgSleep'"
        try await waitUntil("the row is locked") {
            try await journal.server.run("SELECT count(*) \(holder)") == ["1"]
        }
        async let removed = store.removeSettled(acceptedBefore: Self.acceptedAt + .seconds(1))
        let waiting = """
            SELECT count(*) FROM pg_stat_activity
            WHERE application_name = 'tollgate removals' AND wait_event_type = 'Lock'
            """
        try await waitUntil("the removal waits for it") { try await journal.server.run(waiting) == ["1"] }
        let stored = try await store.append(AppendRequest(events: [TestJournal.event("b")], policy: .each))
        if case .stored = stored[0] {} else { Issue.record("\(stored)") }
        #expect(try await journal.server.run("SELECT count(*) \(holder)") == ["1"], "it was locked all the time")
        try await journal.server.run("SELECT pg_terminate_backend(pid) \(holder)")
        #expect(await blocking == nil)
        #expect(try await removed == 1)
        #expect(try await journal.server.run("SELECT count(*) FROM attempts", schema: journal.schema) == ["0"])
        await store.close()
    }

    /// The indexes begin with the account, and the server cannot know how little is to be removed.
    @Test func `looks up what belongs to a chunk by account, however large the tables are`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let rows = "accounts a, generate_series(1, 20000) n"
        try await journal.server.run(
            """
            INSERT INTO accounts(name) SELECT 'other' || n FROM generate_series(1, 3) n;
            INSERT INTO attempts(account, sequence, ordinal, at, latency, status, deduplicated)
                SELECT a.number, n, 1, 0, 0, 'rejected', false FROM \(rows);
            INSERT INTO amendments(account, sequence, first_attempt, at, client, destination)
                SELECT a.number, n, 1, 0, 'c', '' FROM \(rows);
            INSERT INTO deliveries(account, sequence, origin, status, attempts, fault_is_last_attempts)
                SELECT a.number, n, 1, 'discarded', 1, false FROM \(rows);
            INSERT INTO delivered(account, slot, first, last, events, at, latency, deduplicated, skipped)
                SELECT a.number, 0, n, n, 1, 0, 0, false, false FROM \(rows);
            ANALYZE attempts, amendments, deliveries, delivered
            """,
            schema: journal.schema
        )
        let tables = ["attempts", "amendments", "deliveries", "delivered"]
        func expectIndexes(_ statement: Statement, _ types: String, _ values: String, of tables: [String]) async throws
        {
            let lines = try await statement.genericPlan(types, values, over: store.parts.removals)
            for table in tables {
                #expect(!lines.contains { $0.contains("Seq Scan on \(table)") }, "\(lines)")
                #expect(lines.contains { $0.contains("Index") && $0.contains(" on \(table)") }, "\(lines)")
            }
            let conditions = lines.filter { $0.contains("Index Cond") }
            #expect(conditions.contains { $0.contains("account = ") && $0.contains("sequence >= ") }, "\(lines)")
            #expect(conditions.allSatisfy { !$0.contains("sequence") || $0.contains("account = ") }, "\(lines)")
        }
        try await expectIndexes(.removeChunks, "int2, int8[], int8[]", "0::int2, '{5}', '{9}'", of: tables)
        for table in ["attempts", "amendments", "deliveries"] {
            try await expectIndexes(.removeRows(of: table), "int8, int8, int8", "5, 9, 100", of: [table])
        }
        let removed = try await store.parts.removals.run(.removeRows(of: "attempts"), [.int8(5), .int8(9), .int8(100)])
        #expect(removed.affected == 16, "four events of four accounts")
        await store.close()
    }

    @Test func `a walk ends in each slot where chunks are too young by far`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        try await journal.server.run(
            """
            INSERT INTO chunks SELECT slot, first + (n::int8 << 22), count, accepted_first, accepted_last, accounts, counts, content
                FROM chunks, generate_series(1, 600) n
            """,
            schema: journal.schema
        )
        func steps(before limit: Timestamp) async throws -> (count: Int, isInVain: Bool) {
            try await store.read(on: store.parts.walks) { (session) throws(PostgresFailure) in
                var (walk, count) = (RetentionWalk(0..<Int64.max, before: limit), 0)
                while try walk.step(session) != nil { count += 1 }
                return (count, walk.isInVain)
            }
        }
        #expect(try await steps(before: Self.acceptedAt + .seconds(-7200)) == (1, true))
        #expect(try await steps(before: Self.acceptedAt + .seconds(-1800)) == (3, false))
        await store.close()
    }
}
