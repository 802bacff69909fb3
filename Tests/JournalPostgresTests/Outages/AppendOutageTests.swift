import Events
import Journal
import PostgresServer
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

/// How appends wait for a database that does not answer, and what new connections must lead to.
@Suite struct AppendOutageTests {
    private static func request(_ id: String) -> AppendRequest {
        AppendRequest(events: [TestJournal.event(id)], policy: .each)
    }

    /// Stores an event, however often a busy machine makes the database answer too late.
    private static func store(_ id: String, in store: PostgresEventStore) async throws {
        try await waitUntil("the event is stored") { await !isRefused(store, id) }
    }

    /// Whether an append was refused since the database does not answer.
    private static func isRefused(_ store: PostgresEventStore, _ id: String) async -> Bool {
        do throws(StoreError) {
            _ = try await store.append(request(id))
            return false
        } catch {
            if case .unreachable = error { return true }
            return false
        }
    }

    @Test func `an append that a lock holds up is answered after the time that it may wait, and stored once`()
        async throws
    {
        // A server of its own: new indexes of other tests would wait for the transaction that holds the lock.
        let journal = try await TestJournal(on: PostgresServer.make()) { $0.outagePatience = .seconds(8) }
        let store = try await journal.open()
        try await Self.store("first", in: store)
        // Whoever holds a row of the slots keeps every append from its commit, until it is ended.
        let locking = "SELECT 1 FROM slots FOR UPDATE; SELECT pg_sleep(600)"
        async let blocking: [String]? = try? journal.server.run(
            "BEGIN; \(locking); COMMIT -- \(journal.schema)",
            schema: journal.schema
        )
        let holder =
            "FROM pg_stat_activity WHERE query LIKE '%\(locking)%\(journal.schema)' AND wait_event = 'PgSleep'"
        try await waitUntil("the rows are locked") {
            try await journal.server.run("SELECT count(*) \(holder)") == ["1"]
        }
        // A try may be given up because its caller has left, before it has lasted long enough to tell.
        try await waitUntil("it is known that nothing is stored") {
            #expect(await Self.isRefused(store, "second"))
            return store.outage != nil
        }
        #expect(try await journal.server.run("SELECT pg_terminate_backend(pid) \(holder)") == ["t"])
        #expect(await blocking == nil)
        try await waitUntil("it is found out that appends work again") { store.outage == nil }
        // The repeat of the client finds what the lost try has stored, or stores it.
        try await Self.store("second", in: store)
        #expect(try await store.events(withID: "second", of: "shop").count == 1)
        await store.close()
    }

    @Test func `a database that commits stores no events as long as somebody has locked all slots of this node`()
        async throws
    {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await Self.store("first", in: store)
        let number: Int64 = try #require(store.ledger.keeper.node)
        let node = Parameter.int8(number)
        let connection = journal.connection()
        var settings = journal.settings.connection("holder", session: ["idle_in_transaction_session_timeout": "0"])
        settings.patience = .seconds(310)
        let holder = PostgresConnection(settings)
        try await holder.run(Statement("BEGIN"))
        try await holder.run(Statement("SELECT slot FROM slots WHERE node = $1 FOR UPDATE"), [node])
        #expect(try await connection.run(.probeAppend, [node]).isEmpty)
        _ = try await store.ledger.slots.takeSlot()
        #expect(try await connection.run(.probeAppend, [node]).count == 1, "another slot of the node is free")
        try await holder.run(Statement("ROLLBACK"))
        #expect(try await connection.run(.probeAppend, [node]).count == 1)
        #expect(try await connection.run(.probeAppend, [.int8(0)]).count == 1, "a node without a slot can take one")
        await holder.close()
        await connection.close()
        await store.close()
    }

    @Test func `writes and reads fail at once in an outage, and work again after it`() async throws {
        let server = try await PostgresServer.make()
        var settings = PostgresStoreSettings(address: Secret(server.address))
        settings.schema = PostgresServer.newSchema()
        settings.outagePatience = .seconds(8)
        settings.lease = .seconds(60)
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        try await Self.store("before", in: store)
        try await server.crash()
        try await waitUntil("the outage is noticed") { store.parts.reach.isOut }
        #expect(await Self.isRefused(store, "during"))
        do throws(StoreError) {
            _ = try await store.backlog(of: "lago")
            Issue.record("there is no database to read from")
        } catch {
            guard case .unreachable(_, let retryAfter) = error else { throw error }
            #expect(retryAfter >= .seconds(1))
        }
        try await server.start()
        try await waitUntil("the outage has ended") { store.outage == nil }
        try await Self.store("after", in: store)
        #expect(try await store.events(withID: "before", of: "shop").count == 1)
        #expect(try await store.events(withID: "during", of: "shop").isEmpty)
        await store.close()
    }

    @Test func `a connection that leads to another journal is refused, and reported`() async throws {
        let server = try await PostgresServer.make()
        var settings = PostgresStoreSettings(address: Secret(server.address))
        (settings.outagePatience, settings.lease) = (.seconds(8), .seconds(60))
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        try await Self.store("1", in: store)
        try await server.run("UPDATE meta SET value = 'another' WHERE name = 'journal'", schema: settings.schema)
        try await server.crashAndRestart()
        let expected = "the database has another journal now"
        let fault = try await #require(store.waitForAnotherJournal())
        guard case .unusable(_, let reason) = fault else { throw fault }
        #expect(reason.contains(expected))
        #expect(await Self.isRefused(store, "2"))
        await store.close()
    }

    @Test func `a journal that takes the place of another one under its sessions is noticed, and not entered`()
        async throws
    {
        let journal = try await TestJournal { $0.lease = .seconds(15) }
        let store = try await journal.open()
        try await journal.server.run(
            "UPDATE meta SET value = 'another' WHERE name = 'journal'; DELETE FROM nodes",
            schema: journal.schema
        )
        try await waitUntil("it is noticed") { store.parts.identity.fault != nil }
        #expect(await store.waitForAnotherJournal() != nil)
        #expect(try await journal.server.run("SELECT count(*) FROM nodes", schema: journal.schema) == ["0"])
        await store.close()
    }

    @Test func `an append fails in time although a table is gone, and the store closes`() async throws {
        let journal = try await TestJournal { $0.outagePatience = .seconds(8) }
        let store = try await journal.open()
        try await Self.store("1", in: store)
        try await journal.server.run("ALTER TABLE identity_parts RENAME TO elsewhere", schema: journal.schema)
        await #expect(throws: StoreError.self) { try await store.append(Self.request("2")) }
        let hasClosed = Mutex(false)
        let closing = Task {
            await store.close()
            hasClosed.withLock { $0 = true }
        }
        try await waitUntil("the store has closed") { hasClosed.withLock { $0 } }
        await closing.value
    }

    @Test func `tells of settlements that another gateway has written`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        let stored = try await first.append(Self.request("1"))
        guard case .stored(let sequence)? = stored.first else {
            Issue.record("\(stored)")
            return
        }
        #expect(try await second.settled(among: [sequence: ["lago"]]).isEmpty)
        let lease = try await first.lease("lago")
        let block = try await first.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
        #expect(block?.deliveries.map(\.sequence) == [sequence])
        let attempt = Attempt(at: Timestamp(milliseconds: 1), latency: .zero, httpStatus: 200, status: .delivered)
        let run = DeliveredRun(sequences: [sequence], attempt: attempt)
        try await first.settle(Settlement(provider: "lago", delivered: [run]), under: lease)
        #expect(try await second.settled(among: [sequence: ["lago", "polar"]]) == [sequence: ["lago"]])
        await first.close()
        await second.close()
    }
}
