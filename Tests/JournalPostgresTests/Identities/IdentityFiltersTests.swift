import Events
import Journal
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct IdentityFiltersTests {
    @Test func `looks the next keys of a part up by its index`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let connection = PostgresConnection(
            journal.settings.connection("plan", session: ["enable_seqscan": "off"])
        )
        let plan = try await Statement.readKeys(in: 1).genericPlan("int8, int8", "5, 10", over: connection)
        #expect(plan.contains { $0.contains("Index Cond: (key >= $1)") }, "\(plan)")
        await connection.close()
        await store.close()
    }

    @Test func `asks the table until a filter is loaded`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        try await IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger).rotate(from: 1)
        try await IdentityFilters.make(store.parts.duties)
        let parts = IdentityParts(try await store.parts.duties.run(.readIdentityParts))
        #expect(parts.filtered == [1])
        let filters = IdentityFilters(store.parts.duties)
        let own = store.parts.keys.key(of: TestJournal.event("a"), 0)
        let keys = Set<Int64>(1...100).union([own])
        #expect(filters.possible(keys, in: 1, parts) == keys, "it is not loaded yet")
        try await waitUntil("the filter is loaded") { filters.possible(keys, in: 1, parts).count < keys.count }
        #expect(filters.possible(keys, in: 1, parts).contains(own))
        filters.keep(IdentityParts())
        #expect(filters.possible(keys, in: 1, parts) == keys, "it was forgotten")
        await store.close()
    }
}
