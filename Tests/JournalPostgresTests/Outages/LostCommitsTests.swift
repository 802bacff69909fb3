import Events
import Journal
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
}
