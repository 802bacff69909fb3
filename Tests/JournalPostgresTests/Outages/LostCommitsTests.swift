import Events
import Journal
import JournalFormat
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

/// A database that has lost commits that it had confirmed, as after a failover to a standby that was behind.
@Suite struct LostCommitsTests {
    private static func events(_ store: PostgresEventStore, _ ids: String...) async throws -> [Int] {
        var counts: [Int] = []
        for id in ids { counts.append(try await store.events(withID: EventID(id), of: "shop").count) }
        return counts
    }

    @Test func `lost events are appended again, leases end, and what could be billed twice is held`() async throws {
        let server = try await PostgresServer.make()
        var settings = PostgresStoreSettings(address: Secret(server.address))
        settings.lease = .seconds(60)
        settings.outagePatience = .seconds(300)
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        async let restoring: Void = store.restoreLostEvents()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("kept")], policy: .each))
        let lost = ["lost-1", "lost-2"].map { TestJournal.event($0) }
        guard case .stored(let sequence)? = try await store.append(AppendRequest(events: lost, policy: .each)).first
        else {
            Issue.record("it is new")
            return
        }
        let lease = try await store.lease("lago")
        _ = try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
        try await store.intend([sequence], under: lease)
        try await server.run(
            """
            DELETE FROM chunks WHERE first = \(sequence.rawValue);
            DELETE FROM identities_1 WHERE place >= \(sequence.rawValue) AND place <= \(sequence.rawValue) + 4095
            """,
            schema: settings.schema
        )
        try await server.crashAndRestart()
        try await waitUntil("the loss is noticed") { store.lostEvents == 2 }
        #expect(await store.waitForEnd(of: lease) == .lost)
        try await waitUntil("they are there again") {
            try await Self.events(store, "kept", "lost-1", "lost-2") == [1, 1, 1]
        }
        try await waitUntil("the provider is held") { try await store.operatorHold(of: "lago") != nil }
        // A new connection finds everything.
        try await server.crashAndRestart()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("after")], policy: .each))
        #expect(store.lostEvents == 2)
        await store.close()
        await restoring
    }

    @Test func `a database that has kept everything is not suspected`() async throws {
        let server = try await PostgresServer.make()
        var settings = PostgresStoreSettings(address: Secret(server.address))
        (settings.lease, settings.outagePatience) = (.seconds(60), .seconds(300))
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        for number in 1...20 {
            _ = try await store.append(AppendRequest(events: [TestJournal.event("\(number)")], policy: .each))
        }
        try await server.crashAndRestart()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("after")], policy: .each))
        #expect(store.lostEvents == 0)
        await store.close()
    }

    /// A store of a server of its own, which holds an account with an event that may be in flight.
    private static func sending(_ server: PostgresServer) async throws -> (PostgresEventStore, AccountLease) {
        var settings = PostgresStoreSettings(address: Secret(server.address))
        (settings.lease, settings.outagePatience) = (.seconds(60), .seconds(300))
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let lease = try await store.lease("lago")
        let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
        try await store.intend(try #require(block).deliveries.map(\.sequence), under: lease)
        return (store, lease)
    }

    /// Takes the account again, over connections of which some may be lost and do not know it yet.
    private static func leaseAgain(_ store: PostgresEventStore) async throws -> AccountLease {
        for _ in 0..<10 {
            do throws(StoreError) {
                return try await store.lease("lago")
            } catch {
                guard case .unreachable = error else { throw error }
            }
        }
        return try await store.lease("lago")
    }

    /// Connections may be refused for a while.
    private static func isHeld(_ store: PostgresEventStore) async -> Bool {
        (try? await store.operatorHold(of: "lago")) != nil
    }

    private static func hasLost(_ lease: AccountLease, _ store: PostgresEventStore) -> Bool {
        store.ledger.desk.works.allSatisfy { $0.lease != lease }
    }

    @Test func `an account of which the database has fewer intents than it has confirmed is held`() async throws {
        let server = try await PostgresServer.make()
        let (store, lease) = try await Self.sending(server)
        try await server.run("DELETE FROM flights", schema: PostgresStoreSettings.usualSchema)
        try await server.crashAndRestart()
        try await waitUntil("the provider is held") { await Self.isHeld(store) }
        try await waitUntil("the lease has ended") { Self.hasLost(lease, store) }
        #expect(store.lostEvents == 0)
        await store.close()
    }

    @Test func `so is an account that was left before its intents were lost`() async throws {
        let server = try await PostgresServer.make()
        let (store, lease) = try await Self.sending(server)
        try await store.giveBack(lease, unsent: [])
        try await server.run("DELETE FROM flights", schema: PostgresStoreSettings.usualSchema)
        try await server.crashAndRestart()
        try await waitUntil("the provider is held") { await Self.isHeld(store) }
        // Otherwise every new connection would find the same loss, and hold what an operator has resumed.
        try await waitUntil("the loss is found once") { store.holdings.accounts.isEmpty }
        await store.close()
    }

    @Test func `leases end although the hold cannot be written, which is tried again until it can`() async throws {
        let server = try await PostgresServer.make()
        let (store, lease) = try await Self.sending(server)
        let schema = PostgresStoreSettings.usualSchema
        try await server.run("DELETE FROM chunks; ALTER TABLE operator_holds RENAME TO elsewhere", schema: schema)
        try await server.crashAndRestart()
        try await waitUntil("the lease has ended") { Self.hasLost(lease, store) }
        #expect(store.lostEvents == 1)
        try await server.run("ALTER TABLE elsewhere RENAME TO operator_holds", schema: schema)
        try await waitUntil("the provider is held") { await Self.isHeld(store) }
        await store.close()
    }

    @Test func `after a failover leases are taken anew, and nothing is held if nothing is missing`() async throws {
        let primary = try await PostgresServer.make()
        let standby = try await PostgresServer.makeStandby(of: primary)
        try await primary.waitForStandby()
        var settings = PostgresStoreSettings(address: Secret(primary.address(orThatOf: standby)))
        (settings.lease, settings.outagePatience) = (.seconds(60), .seconds(300))
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        _ = try await store.append(AppendRequest(events: [TestJournal.event("before")], policy: .each))
        let lease = try await store.lease("lago")
        let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
        let claimed = try #require(block).deliveries.map(\.sequence)
        try await store.intend(claimed, under: lease)
        try await primary.crash()
        try await standby.promote()
        try await waitUntil("the lease has ended") { Self.hasLost(lease, store) }
        let stored = try await store.append(AppendRequest(events: [TestJournal.event("after")], policy: .each))
        guard case .stored? = stored.first else {
            Issue.record("\(stored)")
            return
        }
        let next = try await Self.leaseAgain(store)
        #expect(next.epoch > lease.epoch)
        #expect(try await store.claimInterrupted(under: next).map(\.sequence) == claimed)
        #expect(store.lostEvents == 0)
        #expect(try await store.operatorHold(of: "lago") == nil)
        await store.close()
    }

    @Test func `a chunk is missed however long the database was away, unless retention has removed it`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let event = TestJournal.event("a")
        guard case .stored(let first)? = try await store.append(AppendRequest(events: [event], policy: .each)).first
        else {
            Issue.record("it is new")
            return
        }
        let connection = journal.connection()
        func lost() async throws -> Int {
            let tail = CommittedTail()
            let chunk = ChunkEvents(first: first, events: [event], sizes: [1])
            tail.confirmed([chunk], in: SlotNumbers.slot(of: first.rawValue), at: .now - .seconds(3600))
            try await connection.read { (session) throws(PostgresFailure) in try tail.check(session) }
            return tail.lostEvents
        }
        #expect(try await lost() == 0)
        try await journal.server.run("DELETE FROM chunks", schema: journal.schema)
        #expect(try await lost() == 1)
        try await journal.server.run("UPDATE slots SET removed = \(first.rawValue)", schema: journal.schema)
        #expect(try await lost() == 0)
        await connection.close()
        await store.close()
    }
}
