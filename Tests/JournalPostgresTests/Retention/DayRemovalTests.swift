import Events
import Journal
import PostgresServer
import TestSupport
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
        let removal = DayRemoval(connection: store.parts.removals, logger: TestJournal.logger)
        _ = try await removal.drop(day)
        #expect(try await Self.tables(of: day, in: journal) == [])
        await store.close()
    }

    @Test(arguments: [false, true])
    func `retention finishes what another node has begun`(chunksAreGone: Bool) async throws {
        let (journal, store, day) = try await Self.journalWithOldDay(status: "discarded")
        let drop = chunksAreGone ? "; DROP TABLE chunks_\(day.name)" : ""
        try await journal.server.run(
            "ALTER TABLE chunks DETACH PARTITION chunks_\(day.name)\(drop)",
            schema: journal.schema
        )
        let removed = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
        #expect(removed == (chunksAreGone ? 0 : 1))
        #expect(try await Self.tables(of: day, in: journal) == [])
        #expect(try await journal.server.run("SELECT count(*) FROM deliveries", schema: journal.schema) == ["0"])
        await store.close()
    }

    @Test func `takes a day back that somebody needs since its removal was begun`() async throws {
        let (journal, store, day) = try await Self.journalWithOldDay(status: "discarded")
        try await journal.server.run(
            "ALTER TABLE chunks DETACH PARTITION chunks_\(day.name); INSERT INTO pins VALUES ('late', 0, 9000000000000000)",
            schema: journal.schema
        )
        let limit = TestJournal.event("a").acceptedAt + .seconds(1)
        #expect(try await store.removeSettled(acceptedBefore: limit) == 0)
        #expect(try await Self.tables(of: day, in: journal).count == 2)
        #expect(try await journal.server.run("SELECT count(*) FROM chunks", schema: journal.schema) == ["2"])
        try await store.unpin("late")
        #expect(try await store.removeSettled(acceptedBefore: limit) == 1)
        #expect(try await Self.tables(of: day, in: journal) == [])
        await store.close()
    }

    @Test func `looks at no day after one that is too young`() async throws {
        let (journal, store, day) = try await Self.journalWithOldDay(status: "discarded")
        let next = day.next
        func setAge(_ milliseconds: Int) async throws {
            let time = TestJournal.event("a").acceptedAt.milliseconds + Int64(milliseconds)
            try await journal.server.run(
                "UPDATE chunks SET accepted_last = \(time) WHERE first < \(day.end)",
                schema: journal.schema
            )
        }
        try await journal.server.run(
            """
            INSERT INTO chunks SELECT slot, \(next.first + 4096), count, accepted_first, accepted_last, accounts, counts, content
                FROM chunks WHERE first < \(day.end);
            INSERT INTO deliveries(account, sequence, origin, status, attempts, fault_is_last_attempts)
                SELECT accounts[1], first, 1, 'discarded', 1, false FROM chunks WHERE first >= \(next.first) AND first < \(next.end)
            """,
            schema: journal.schema
        )
        let limit = TestJournal.event("a").acceptedAt + .seconds(1)
        try await setAge(7_200_000)
        #expect(try await store.removeSettled(acceptedBefore: limit) == 0)
        try await setAge(0)
        #expect(try await store.removeSettled(acceptedBefore: limit) == 2)
        await store.close()
    }

    @Test func `an empty day stays until no append of it can be on its way`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let today = DayPartitions.Day(holding: store.parts.clock.now)
        func remove(minutesAfterEnd minutes: Int64) async throws {
            let now = SystemWallClock().now
            let time = today.next.start.milliseconds + minutes * 60_000
            store.parts.clock.measured(database: time, sent: now, received: now)
            _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
        }
        try await remove(minutesAfterEnd: 50)
        #expect(try await Self.tables(of: today, in: journal).count == 2)
        // A heartbeat may have set the clock right in between.
        try await waitUntil("the day is gone") {
            try await remove(minutesAfterEnd: 70)
            return try await Self.tables(of: today, in: journal).isEmpty
        }
        await store.close()
    }

    @Test func `drops a table of identities whose part was forgotten`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger).rotate(from: 1)
        try await journal.server.run("DELETE FROM identity_parts WHERE number = 1", schema: journal.schema)
        _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
        let tables = """
            SELECT relname FROM pg_class WHERE relnamespace = '\(journal.schema)'::regnamespace
                AND relkind = 'r' AND relname ~ '^identities_'
            """
        #expect(try await journal.server.run(tables) == ["identities_2"])
        await store.close()
    }

    @Test func `removes filters whose part was forgotten, and no others`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let rotation = IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger)
        try await rotation.rotate(from: 1)
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        try await rotation.rotate(from: 2)
        try await IdentityFilters.make(store.parts.duties)
        try await journal.server.run("DELETE FROM identity_parts WHERE number = 1", schema: journal.schema)
        let filters = "SELECT DISTINCT part FROM identity_filters ORDER BY part"
        #expect(try await journal.server.run(filters, schema: journal.schema) == ["1", "2"])
        _ = try await store.removeSettled(acceptedBefore: Timestamp(milliseconds: 0))
        #expect(try await journal.server.run(filters, schema: journal.schema) == ["2"])
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
        try await journal.removeChunks(where: "first = (SELECT min(first) FROM chunks)")
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
