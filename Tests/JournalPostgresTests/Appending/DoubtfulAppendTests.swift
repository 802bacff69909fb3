import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

/// An append whose answer was lost may still be on its way to the server.
@Suite struct DoubtfulAppendTests {
    private static func request(_ id: String) -> AppendRequest {
        AppendRequest(events: [TestJournal.event(id)], policy: .each)
    }

    @Test func `nothing commits below what was stored after an append without an answer`() async throws {
        // A server of its own: new indexes of other tests would wait for the transaction that holds the lock.
        let journal = try await TestJournal(on: PostgresServer.make())
        let store = try await journal.open()
        guard case .stored(let first)? = try await store.append(Self.request("first")).first else {
            Issue.record("it is new")
            return
        }
        let old = try await Self.lease(journal)
        // Whoever holds the row of the slot keeps the append from its commit. This one holds it until it is ended.
        async let blocking: [String]? = try? journal.server.run(
            "BEGIN; SELECT 1 FROM slots FOR UPDATE; SELECT pg_sleep(600); COMMIT",
            schema: journal.schema
        )
        let holder =
            "FROM pg_stat_activity WHERE query LIKE '%FOR UPDATE; SELECT pg_sleep(600)%' AND wait_event = 'PgSleep'"
        try await waitUntil("the row is locked") {
            try await journal.server.run("SELECT count(*) \(holder)") == ["1"]
        }
        async let second = store.append(Self.request("second"))
        try await waitUntil("the session of the waiting append is ended") {
            try await journal.server.run(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE application_name = 'tollgate append' AND wait_event_type = 'Lock'
                """
            ) == ["t"]
        }
        #expect(try await journal.server.run("SELECT pg_terminate_backend(pid) \(holder)") == ["t"])
        #expect(await blocking == nil)
        guard case .stored(let next)? = try await second.first else {
            Issue.record("it is new")
            return
        }
        // What was sent under the old lease arrives now.
        let late = HandMadeAppend(of: ["late"], under: old, after: first.rawValue, in: store)
        let connection = journal.connection()
        #expect(AppendOutcome(try await connection.run(.append(late.form, into: [1]), late.parameters)) == .fenced)
        await connection.close()
        #expect(try await Self.lease(journal).slot == old.slot, "the slot stays the writer's")
        let lease = try await store.lease("lago")
        let limit = BlockLimit(events: 9, bytes: 1 << 20)
        var claimed: [SequenceNumber] = []
        while let block = try await store.claimBlock(under: lease, limit: limit) {
            claimed += block.deliveries.map(\.sequence)
        }
        #expect(claimed == [first, next])
        #expect(try await journal.server.run("SELECT sum(count) FROM chunks", schema: journal.schema) == ["2"])
        await store.close()
    }

    @Test func `nothing is stored where no part takes identities, since no repeat would be found`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        guard case .stored(let first)? = try await store.append(Self.request("first")).first else {
            Issue.record("it is new")
            return
        }
        let lease = try await Self.lease(journal)
        try await journal.server.run("DELETE FROM identity_parts", schema: journal.schema)
        let append = HandMadeAppend(of: ["second"], under: lease, after: first.rawValue, in: store)
        let connection = journal.connection()
        #expect(AppendOutcome(try await connection.run(.append(append.form, into: []), append.parameters)) == .stale)
        await connection.close()
        #expect(try await journal.server.run("SELECT sum(count) FROM chunks", schema: journal.schema) == ["1"])
        await store.close()
    }

    @Test func `a lease that is renewed twice, since an answer was lost, is the same, and a late try changes nothing`()
        async throws
    {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(Self.request("a"))
        let lease = try await Self.lease(journal)
        let connection = journal.connection()
        func renew(_ epoch: Int64, node: Int64) async throws -> [Int64] {
            let parameters: [Parameter] = [.int2(lease.slot), .int8(epoch), .int8(node)]
            return try await connection.run(.renewSlot, parameters).map { $0.integer(0) }
        }
        #expect(try await renew(lease.epoch, node: lease.node) == [lease.epoch + 1])
        #expect(try await renew(lease.epoch, node: lease.node) == [lease.epoch + 1])
        #expect(try await renew(lease.epoch + 1, node: lease.node) == [lease.epoch + 2])
        #expect(try await renew(lease.epoch, node: lease.node).isEmpty)
        #expect(try await renew(lease.epoch + 2, node: lease.node &- 1).isEmpty)
        #expect(try await Self.lease(journal).epoch == lease.epoch + 2)
        await connection.close()
        await store.close()
    }

    /// The lease of the only slot that somebody holds.
    private static func lease(_ journal: TestJournal) async throws -> SlotLease {
        let connection = journal.connection()
        let rows = try await connection.run(Statement("SELECT slot, epoch, node FROM slots WHERE node IS NOT NULL"))
        await connection.close()
        try #require(rows.count == 1)
        return SlotLease(
            slot: Int16(clamping: rows[0].integer(0)),
            epoch: rows[0].integer(1),
            node: rows[0].integer(2)
        )
    }
}
