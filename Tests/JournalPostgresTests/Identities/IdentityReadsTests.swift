import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct IdentityReadsTests {
    @Test func `looks ranges of keys up by the index of each part`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger).rotate(from: 1)
        let connection = PostgresConnection(journal.settings.connection("plan", session: ["enable_seqscan": "off"]))
        let plan = try await Statement.readIdentities(inAnyOf: [1, 2]).genericPlan(
            "int8[], int8[]",
            "'{1,5}', '{2,9}'",
            over: connection
        )
        let conditions = plan.count { $0.contains("Index Cond: ((key >= r.low) AND (key <= r.high))") }
        #expect(conditions == 2, "\(plan)")
        await connection.close()
        await store.close()
    }

    @Test func `reads no further than to the limit, however many events are asked for`() async throws {
        var journal = try await TestJournal { settings in
            // Each event in a chunk of its own, and none in memory.
            (settings.chunkBytes, settings.cacheBytes, settings.pageBytes) = (1, 0, 1)
        }
        let ids = (1...60).map { EventID("event-\($0)") }
        let writer = try await journal.open()
        let events = ids.map { TestJournal.event($0.rawValue) }
        _ = try await writer.append(AppendRequest(events: events, policy: .each))
        await writer.close()
        try await journal.server.run(
            "UPDATE chunks SET content = set_byte(content, 40, get_byte(content, 40) # 16) "
                + "WHERE first = (SELECT max(first) FROM chunks)",
            schema: journal.schema
        )
        func damaged() async throws -> [String] {
            try await journal.server.run("SELECT count(*) FROM damage", schema: journal.schema)
        }

        let narrow = try await journal.open()
        await #expect(throws: StoreError.unfinishedRead) { _ = try await narrow.events(withIDs: ids, of: "shop") }
        #expect(try await narrow.events(withIDs: [ids[58]], of: "shop").map(\.event.id) == [ids[58]])
        // Whoever reads all would have come across the damage at the end.
        #expect(try await damaged() == ["0"])
        await narrow.close()

        journal.settings.pageBytes = 1 << 20
        let wide = try await journal.open()
        #expect(try await wide.events(withIDs: ids, of: "shop").map(\.event.id) == Array(ids.dropLast()))
        #expect(try await damaged() == ["1"])
        await wide.close()
    }
}
