import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct DutyTests {
    /// Old enough to remove.
    private static let limit = TestJournal.event("a").acceptedAt + .seconds(1)

    /// A store whose journal has one event that is settled.
    private static func storeWithOldEvent(_ journal: TestJournal) async throws -> PostgresEventStore {
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let lease = try await store.lease("lago")
        let block = try #require(try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20)))
        let attempt = Attempt(at: Timestamp(milliseconds: 1), latency: .zero, httpStatus: 200, status: .delivered)
        let run = DeliveredRun(sequences: block.deliveries.map(\.sequence), attempt: attempt)
        try await store.settle(Settlement(provider: "lago", delivered: [run]), under: lease)
        return store
    }

    private static func chunks(_ journal: TestJournal) async throws -> [String] {
        try await journal.server.run("SELECT count(*) FROM chunks", schema: journal.schema)
    }

    @Test func `a gateway removes nothing while another one does`() async throws {
        let journal = try await TestJournal()
        let first = try await Self.storeWithOldEvent(journal)
        let second = try await journal.open()
        let node = try #require(second.ledger.keeper.node)
        let duty = try #require(try await second.retentionDuty(for: node))
        #expect(try await first.removeSettled(acceptedBefore: Self.limit) == 0)
        #expect(try await Self.chunks(journal) == ["1"])
        try await duty.giveBack()
        #expect(try await first.removeSettled(acceptedBefore: Self.limit) == 1)
        #expect(try await Self.chunks(journal) == ["0"])
        await first.close()
        await second.close()
    }

    @Test func `the duty of a gateway that died goes to another, and what the dead one still tries is refused`()
        async throws
    {
        let journal = try await TestJournal()
        let first = try await Self.storeWithOldEvent(journal)
        let second = try await journal.open()
        let node = try #require(second.ledger.keeper.node)
        let duty = try #require(try await second.retentionDuty(for: node))
        try await journal.server.run("DELETE FROM nodes WHERE node = \(node)", schema: journal.schema)
        try await waitUntil("another gateway has removed the event") {
            try await first.removeSettled(acceptedBefore: Self.limit) == 1
        }
        await #expect(throws: StoreError.leaseLost) {
            try await second.removeSettled(acceptedBefore: Self.limit, as: duty)
        }
        await first.close()
        await second.close()
    }

    @Test func `a gateway takes a duty again that it has not managed to give back`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let node = try #require(store.ledger.keeper.node)
        let lost = try #require(try await store.retentionDuty(for: node))
        let again = try #require(try await store.retentionDuty(for: node))
        #expect(again.epoch > lost.epoch)
        #expect(try await lost.isHeld() == false)
        try await lost.giveBack()
        #expect(try await again.isHeld())
        await store.close()
    }

    @Test func `duties of different names are independent`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        let nodes = (try #require(first.ledger.keeper.node), try #require(second.ledger.keeper.node))
        let duties = try #require(try await first.retentionDuty(for: nodes.0))
        try await waitUntil("the other duty is free") {
            try await DutyLease.take(.identities, for: nodes.1, over: second.parts.duties) != nil
        }
        #expect(try await second.retentionDuty(for: nodes.1) == nil)
        #expect(try await duties.isHeld())
        await first.close()
        await second.close()
    }

    /// What a duty asks may take minutes: a lock that somebody keeps, or a network that has gone silent.
    @Test func `a gateway that is stopped waits for no duty`() async throws {
        let journal = try await TestJournal()
        // The tables are made.
        await (try await journal.open()).close()
        let locking = "LOCK TABLE duties; SELECT pg_sleep(600)"
        async let blocking: [String]? = try? journal.server.run(
            "BEGIN; \(locking); COMMIT -- \(journal.schema)",
            schema: journal.schema
        )
        let holder = "FROM pg_stat_activity WHERE query LIKE '%\(locking)%\(journal.schema)' AND wait_event = 'PgSleep'"
        try await waitUntil("the duties are locked") {
            try await journal.server.run("SELECT count(*) \(holder)") == ["1"]
        }
        let store = try await journal.open()
        let removal = Task { try await store.removeSettled(acceptedBefore: Self.limit) }
        try await waitUntil("a duty waits for the lock") {
            let waiting = """
                SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
                WHERE NOT l.granted AND l.relation = to_regclass('duties') AND a.query LIKE '%INSERT INTO duties%'
                """
            return try await journal.server.run(waiting, schema: journal.schema) == ["1"]
        }
        removal.cancel()
        guard case .failure(let error as StoreError) = await removal.result, case .unreachable = error else {
            Issue.record("it has removed events without the duty")
            return
        }
        await store.close()
        #expect(try await journal.server.run("SELECT pg_terminate_backend(pid) \(holder)") == ["t"])
        #expect(await blocking == nil)
    }
}
