import Events
import Journal
import JournalFormat
import PostgresServer
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

    /// A journal whose part 1 is closed and has no filter.
    private static func closedPart() async throws -> (TestJournal, PostgresEventStore) {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        try await IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger).rotate(from: 1)
        return (journal, store)
    }

    private static func blocks(_ journal: TestJournal) async throws -> [String] {
        try await journal.server.run("SELECT count(*) FROM identity_filters", schema: journal.schema)
    }

    @Test func `a filter that was made while its part was dropped leaves nothing behind`() async throws {
        let (journal, store) = try await Self.closedPart()
        let making = IdentityFilters.making(IdentityFilter(capacity: 1), of: 1)
        try await store.parts.duties.transaction(making)
        #expect(try await Self.blocks(journal) != ["0"])
        try await store.parts.duties.transaction(IdentityFilters.forgetting(1))
        #expect(try await Self.blocks(journal) == ["0"])
        try await store.parts.duties.transaction(making)
        #expect(try await Self.blocks(journal) == ["0"], "the part is gone")
        await store.close()
    }

    @Test func `a part that is dropped while its filter is being written loses that, too`() async throws {
        let (journal, store) = try await Self.closedPart()
        var settings = journal.settings.connection("maker", session: ["idle_in_transaction_session_timeout": "0"])
        settings.patience = .seconds(310)
        let maker = PostgresConnection(settings)
        let process = try #require(try await maker.run(.readProcess).first).integer(0)
        try await maker.run(Statement("BEGIN"))
        for (statement, parameters) in IdentityFilters.making(IdentityFilter(capacity: 1), of: 1) {
            try await maker.run(statement, parameters)
        }
        async let forgetting = store.parts.duties.transaction(IdentityFilters.forgetting(1))
        try await waitUntil("whoever drops the part waits for the filter") {
            try await journal.server.run(
                "SELECT count(*) FROM pg_stat_activity WHERE \(process) = ANY(pg_blocking_pids(pid))"
            ) == ["1"]
        }
        try await maker.run(Statement("COMMIT"))
        _ = try await forgetting
        #expect(try await Self.blocks(journal) == ["0"])
        await maker.close()
        await store.close()
    }

    @Test func `asks the table until a filter is loaded`() async throws {
        let (_, store) = try await Self.closedPart()
        try await IdentityFilters.make(store.parts.duties)
        let parts = IdentityParts(try await store.parts.duties.run(.readIdentityParts))
        #expect(parts.filtered == [1])
        let filters = IdentityFilters(store.parts.duties)
        let own = store.parts.keys.key(of: TestJournal.event("a"), 0)
        let keys = Array(1...100) + [own]
        func possible() -> [Int64] { filters.possible(keys, in: parts).first { $0.part == 1 }?.keys ?? [] }
        #expect(possible() == keys, "it is not loaded yet")
        try await waitUntil("the filter is loaded") { possible().count < keys.count }
        #expect(possible().contains(own))
        filters.keep(IdentityParts())
        #expect(possible() == keys, "it was forgotten")
        await store.close()
    }
}
