import Dispatch
import Events
import Journal
import PostgresServer
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

/// What is done beside the pulse must not look like an outage.
@Suite struct HousekeepingTests {
    private static let holder =
        "FROM pg_stat_activity WHERE query LIKE '%LOCK TABLE duties%pg_sleep(600)%' AND wait_event = 'PgSleep'"

    @Test func `a chore that waits for a lock keeps nobody from seeing what others do`() async throws {
        // A server of its own: new indexes of other tests would wait for the transaction that holds the lock.
        let journal = try await TestJournal(on: PostgresServer.make())
        let (store, other) = (try await journal.open(), try await journal.open())
        async let blocking: [String]? = try? journal.server.run(
            "BEGIN; LOCK TABLE duties IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600); COMMIT",
            schema: journal.schema
        )
        try await waitUntil("the table is locked") {
            try await journal.server.run("SELECT count(*) \(Self.holder)") == ["1"]
        }
        let waiting = """
            SELECT count(*) > 1 FROM pg_stat_activity
            WHERE application_name = 'tollgate chores' AND wait_event_type = 'Lock'
            """
        try await waitUntil("the chores of both wait for it") { try await journal.server.run(waiting) == ["t"] }
        let stored = try await other.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        guard case .stored(let sequence)? = stored.first else {
            Issue.record("\(stored)")
            return
        }
        try await waitUntil("the event is seen") {
            let slot = UInt16(SlotNumbers.slot(of: sequence.rawValue))
            return store.parts.newest.position.number(inStream: slot) >= sequence
        }
        #expect(store.parts.reach.silence == nil && store.outage == nil)
        #expect(try await journal.server.run("SELECT count(*) \(Self.holder)") == ["1"], "it was locked all the time")
        try await journal.server.run("SELECT pg_terminate_backend(pid) \(Self.holder)")
        #expect(await blocking == nil)
        await store.close()
        await other.close()
    }

    @Test func `a chore that fails is done again after its interval, and keeps no other from being done`() async throws
    {
        let journal = try await TestJournal()
        let runs = Mutex((failing: 0, others: 0))
        let housekeeping = Housekeeping(connection: journal.settings.connection("test"), logger: TestJournal.logger)
        housekeeping.start([
            Housekeeping.Chore(name: "failing", interval: .milliseconds(1)) { _ throws(PostgresFailure) in
                runs.withLock { $0.failing += 1 }
                throw .refused(.lockNotAvailable, message: "")
            },
            Housekeeping.Chore(name: "working", interval: .milliseconds(1)) { _ in runs.withLock { $0.others += 1 } },
        ])
        try await waitUntil("both were done several times") { runs.withLock { $0.failing > 3 && $0.others > 3 } }
        housekeeping.stop()
        await housekeeping.waitForEnd()
    }

    @Test func `removes old intents in steps, and only when they are old`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let numbers = "SELECT min(number) || ' ' || max(number) FROM flights WHERE account = 7"
        func add(_ numbers: ClosedRange<Int>) async throws {
            try await journal.server.run(
                """
                INSERT INTO flights(account, epoch, number, sequences)
                SELECT 7, 1, n, '{}' FROM generate_series(\(numbers.lowerBound), \(numbers.upperBound)) n
                """,
                schema: journal.schema
            )
        }
        func step(_ removal: FlightRemoval, at time: ContinuousClock.Instant) async throws -> FlightRemoval {
            try await store.parts.points.read { (session) throws(PostgresFailure) in
                var removal = removal
                try removal.step(of: 7, at: time, session)
                return removal
            }
        }
        try await add(1...31_001)
        let start = ContinuousClock.now
        var removal = try await step(FlightRemoval(), at: start)
        try await add(31_002...31_010)
        removal = try await step(removal, at: start + .seconds(59))
        #expect(try await journal.server.run(numbers, schema: journal.schema) == ["1 31010"])
        removal = try await step(removal, at: start + .seconds(61))
        #expect(try await journal.server.run(numbers, schema: journal.schema) == ["30001 31010"])
        removal = try await step(removal, at: start + .seconds(62))
        #expect(try await journal.server.run(numbers, schema: journal.schema) == ["31001 31010"])
        _ = try await step(removal, at: start + .seconds(123))
        #expect(try await journal.server.run(numbers, schema: journal.schema) == ["31010 31010"])
        await store.close()
    }

    @Test func `retention removes the old intents of backfills that have ended, which have no owner`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await journal.server.run(
            """
            INSERT INTO lanes(number, provider, account, adapter, filter, routes, first, state, rate, started_by,
                started_at, changed_by, changed_at, ended_at)
            VALUES (1, 6, 7, 'lago', '', '', '', 'done', 1, 'me', 0, 'me', 0, 1),
                (2, 6, 8, 'lago', '', '', '', 'running', 1, 'me', 0, 'me', 0, NULL);
            INSERT INTO flights(account, epoch, number, sequences)
                SELECT a, 1, n, '{}' FROM generate_series(7, 8) a, generate_series(1, 3) n
            """,
            schema: journal.schema
        )
        _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
        let left = "SELECT account || ' ' || number FROM flights ORDER BY account, number"
        #expect(try await journal.server.run(left, schema: journal.schema) == ["7 3", "8 1", "8 2", "8 3"])
        await store.close()
    }
}
