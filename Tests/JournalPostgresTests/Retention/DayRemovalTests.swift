import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct DayRemovalTests {
    /// The day of three days ago, with one chunk in it that was written then.
    private static func journalWithOldDay(status: String) async throws -> (
        TestJournal, PostgresEventStore, DayPartitions.Day
    ) {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let then = store.parts.clock.now + .seconds(-3 * 86_400)
        try await store.parts.partitions.prepare(at: then)
        let day = DayPartitions.Day(holding: then)
        try await journal.server.run(
            """
            INSERT INTO chunks SELECT slot, \(day.first + 4096), count, accepted_first, accepted_last, accounts, counts, content FROM chunks;
            INSERT INTO deliveries(account, sequence, origin, status, attempts, fault_is_last_attempts)
                SELECT accounts[1], first, 1, '\(status)', 1, false FROM chunks WHERE first < \(day.end)
            """,
            schema: journal.schema
        )
        return (journal, store, day)
    }

    private static func tables(of day: DayPartitions.Day, in journal: TestJournal) async throws -> [String] {
        try await journal.server.run(
            "SELECT relname FROM pg_class WHERE relnamespace = '\(journal.schema)'::regnamespace "
                + "AND relkind = 'r' AND relname LIKE '%\\_\(day.name)' ORDER BY 1"
        )
    }

    @Test func `drops the tables of a day that is settled, and what belongs to its events`() async throws {
        let (journal, store, day) = try await Self.journalWithOldDay(status: "discarded")
        #expect(try await Self.tables(of: day, in: journal) == ["chunks_\(day.name)", "delivered_\(day.name)"])
        let removed = try await store.removeSettled(acceptedBefore: TestJournal.event("a").acceptedAt + .seconds(1))
        #expect(removed == 1)
        #expect(try await Self.tables(of: day, in: journal) == [])
        #expect(try await journal.server.run("SELECT count(*) FROM deliveries", schema: journal.schema) == ["0"])
        #expect(try await journal.server.run("SELECT count(*) FROM chunks", schema: journal.schema) == ["1"])
        await store.close()
    }

    @Test func `keeps a day with a delivery that waits for a person`() async throws {
        let (journal, store, day) = try await Self.journalWithOldDay(status: "rejected")
        let removed = try await store.removeSettled(acceptedBefore: TestJournal.event("a").acceptedAt + .seconds(1))
        #expect(removed == 0)
        #expect(try await Self.tables(of: day, in: journal).count == 2)
        await store.close()
    }

    @Test func `goes on where another node was interrupted`() async throws {
        let (journal, store, day) = try await Self.journalWithOldDay(status: "discarded")
        try await journal.server.run("ALTER TABLE chunks DETACH PARTITION chunks_\(day.name)", schema: journal.schema)
        let removal = DayRemoval(connection: store.parts.duties, logger: TestJournal.logger)
        _ = try await removal.drop(day)
        #expect(try await Self.tables(of: day, in: journal) == [])
        await store.close()
    }

    @Test func `drops the identities of events that are all gone`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let rotation = IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger)
        try await rotation.rotate(from: 1)
        try await IdentityFilters.make(store.parts.duties)
        _ = try await store.append(AppendRequest(events: [TestJournal.event("b")], policy: .each))
        #expect(try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0)) == 0)
        let parts = "SELECT number FROM identity_parts ORDER BY number"
        #expect(try await journal.server.run(parts, schema: journal.schema) == ["1", "2"])
        try await journal.server.run(
            "DELETE FROM chunks WHERE first = (SELECT min(first) FROM chunks)",
            schema: journal.schema
        )
        _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
        #expect(try await journal.server.run(parts, schema: journal.schema) == ["2"])
        #expect(try await journal.server.run("SELECT count(*) FROM identity_filters", schema: journal.schema) == ["0"])
        guard case .stored = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))[0]
        else {
            Issue.record("what is gone is not new")
            return
        }
        await store.close()
    }

    @Test func `names days and their numbers`() throws {
        let day = try #require(DayPartitions.Day(table: "chunks_20261129"))
        #expect(day.start.rfc3339.hasPrefix("2026-11-29T00:00:00"))
        #expect(day.name == "20261129" && day.next.name == "20261130" && day.end == day.next.first)
        #expect(SlotNumbers.time(of: day.first) == day.start)
        #expect(DayPartitions.Day(table: "chunks_imported") == nil)
    }
}
