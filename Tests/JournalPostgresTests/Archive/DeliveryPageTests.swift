import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct DeliveryPageTests {
    @Test func `looks the rows of named events up, however many rows there are`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await journal.server.run(
            """
            INSERT INTO deliveries(account, sequence, origin, status, attempts, fault_is_last_attempts)
                SELECT 1, n, 1, 'rejected', 1, false FROM generate_series(1, 50000) n;
            ANALYZE deliveries
            """,
            schema: journal.schema
        )
        let plan = try await Statement.readDeliveryPageOfEvents.genericPlan(
            "int8, int4, text[], int4[], int4[], int8, int8[]",
            "0, 0, NULL, NULL, NULL, 256, '{5}'",
            over: store.parts.points
        )
        #expect(plan.contains { $0.contains("Index Cond: (sequence = p.number)") }, "\(plan)")
        #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan)")
        await store.close()
    }

    @Test func `finds the deliveries of named events alone`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let events = ["a", "b", "c"].map { TestJournal.event($0) }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
        let lease = try await store.lease("lago")
        let block = try #require(
            try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
        )
        let rejected = block.deliveries.map { SettledDelivery(sequence: $0.sequence, status: .rejected) }
        try await store.settle(Settlement(provider: "lago", exceptions: rejected), under: lease)
        func ids(_ filter: DeliveryFilter) async throws -> [EventID] {
            try await store.deliveries(matching: filter, after: nil, limit: 9).deliveries.map(\.event.id)
        }
        #expect(try await ids(DeliveryFilter(tenant: "shop", eventIDs: ["c", "a"])) == ["a", "c"])
        #expect(try await ids(DeliveryFilter(tenant: "shop", eventIDs: ["x"])) == [])
        #expect(try await ids(DeliveryFilter(tenant: "shop")) == ["a", "b", "c"])
        await store.close()
    }

    @Test func `a run or a chunk whose row makes no sense holds nothing, or no more than fits`() async throws {
        let journal = try await TestJournal()
        let connection = journal.connection()
        func run(_ first: Int64, _ last: Int64, members: String = "NULL") async throws -> RunRow {
            let times = "0::int8, 0::int8, NULL::int2, false, false"
            let columns = "1, \(first)::int8, \(last)::int8, \(times), \(members)::bytea"
            return try RunRow(try await connection.run(Statement("SELECT \(columns)"))[0])
        }
        #expect(try await run(5, 7).sequences(from: 6) == [6, 7])
        #expect(try await run(5, 3).sequences(from: 0) == [])
        #expect(try await run(5, 7).sequences(from: 8) == [])
        #expect(try await run(4090, Int64.max).sequences(from: 0) == Array(4090...4095))
        #expect(try await run(5, 7, members: "'\\x0000a0'").sequences(from: 0) == [5, 7])
        for damaged in ["'\\x'", "'\\x01'", "'\\xffff00'"] {
            // Taken for a run of neighbours, it would make events delivered that were never sent.
            await #expect(throws: PostgresFailure.self, "\(damaged)") { _ = try await run(5, 7, members: damaged) }
        }
        func chunk(_ first: Int64, _ count: Int16) async throws -> ChunkRow {
            let columns = "1::int2, \(first)::int8, \(count)::int2, 0::int8, 0::int8, '\\x'::bytea"
            return ChunkRow(try await connection.run(Statement("SELECT \(columns)"))[0])
        }
        #expect(try await chunk(5, 2).holds(6))
        #expect(try await !chunk(5, 0).holds(5))
        #expect(try await !chunk(5, -3).holds(5))
        #expect(try await chunk(Int64.max - 1, 3).last == Int64.max)
        await connection.close()
    }
}
