import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

/// The database goes away under a gateway, and comes back.
@Suite struct OutageTests {
    private static let limit = BlockLimit(events: 9, bytes: 1 << 20)

    @Test func `no request may leave while the database is away, and all goes on when it is back`() async throws {
        // A server of its own: others must not notice.
        let server = try await PostgresServer.make()
        var settings = PostgresStoreSettings(address: Secret(server.address))
        settings.schema = PostgresServer.newSchema()
        settings.lease = .seconds(30)
        settings.outagePatience = .seconds(600)
        let store = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        let events = (1...5).map { TestJournal.event("\($0)") }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
        let lease = try await store.lease("lago")
        let claimed = try #require(try await store.claimBlock(under: lease, limit: Self.limit)).deliveries.map(
            \.sequence
        )
        try await waitUntil("requests may leave") { store.isSafe(lease, at: .now) }
        try await server.crash()
        try await waitUntil("requests stop") { !store.isSafe(lease, at: .now) }
        // What is sent now waits for the database, as long as it takes.
        let attempt = Attempt(at: Timestamp(milliseconds: 1), latency: .zero, httpStatus: 200, status: .delivered)
        let run = Settlement(provider: "lago", delivered: [DeliveredRun(sequences: claimed, attempt: attempt)])
        async let settled: Void = store.settle(run, under: lease)
        try await server.start()
        let isSettled: Bool
        do {
            try await settled
            isSettled = true
        } catch StoreError.leaseLost {
            isSettled = false
        }
        // The lease may have ended meanwhile, if nobody was there to renew it; then the next one begins where the books end.
        let next = isSettled && store.isSafe(lease, at: .now) ? lease : try await store.lease("lago")
        let rest = try await store.claimBlock(under: next, limit: Self.limit)?.deliveries.map(\.sequence) ?? []
        #expect(rest == (isSettled ? [] : claimed))
        #expect(try await store.backlog(of: "lago").events == rest.count)
        try await waitUntil("requests leave again") { store.isSafe(next, at: .now) }
        await store.close()
    }

    @Test func `a node that is buried comes back under another number, and has lost its leases`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let lease = try await store.lease("lago")
        let node = try #require(store.ledger.keeper.node)
        try await journal.server.run("DELETE FROM nodes WHERE node = \(node)", schema: journal.schema)
        #expect(await store.waitForEnd(of: lease) == .lost)
        #expect(!store.isSafe(lease, at: .now))
        let next = try await store.lease("lago")
        #expect(next.epoch > lease.epoch)
        #expect(store.ledger.keeper.node != node)
        try await waitUntil("requests leave again") { store.isSafe(next, at: .now) }
        await store.close()
    }

    @Test func `a node that was silent for longer than its lease is buried by others, not by itself`() async throws {
        let journal = try await TestJournal()
        let (store, connection) = (try await journal.open(), journal.connection())
        let node = try #require(store.ledger.keeper.node)
        // In one transaction, so that no heartbeat comes in between.
        func buried(by other: Int64) async throws -> Int {
            let expiry = Statement("UPDATE nodes SET expires_at = now() WHERE node = $1")
            return try await connection.transaction([(expiry, [.int8(node)]), (.bury, [.int8(other)])])[1].count
        }
        #expect(try await buried(by: node) == 0)
        #expect(try await buried(by: node &+ 1) == 1)
        await connection.close()
        await store.close()
    }

    @Test func `a gateway that ends leaves its accounts to the others at once`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        let lease = try await first.lease("lago")
        async let next = second.lease("lago")
        await first.close()
        #expect(try await next.epoch > lease.epoch)
        await second.close()
    }

    @Test func `an operator can have a gateway let its accounts go`() async throws {
        let journal = try await TestJournal()
        let (first, second) = (try await journal.open(), try await journal.open())
        let lease = try await first.lease("lago")
        let node = try #require(first.ledger.keeper.node)
        try await journal.server.run("UPDATE nodes SET draining = true WHERE node = \(node)", schema: journal.schema)
        #expect(await first.waitForEnd(of: lease) == .wanted)
        async let next = second.lease("lago")
        try await first.giveBack(lease, unsent: [])
        #expect(try await next.epoch > lease.epoch)
        await first.close()
        await second.close()
    }
}
