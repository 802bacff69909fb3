import Dispatch
import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct UnusedAccountsTests {
    @Test func `an account whose taking was not answered is left to others, and one that is used is not`() async throws
    {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let node = try #require(store.ledger.keeper.node)
        let lease = try await store.lease("polar")
        let account = try await store.parts.names.number(of: "lago")
        #expect(try await !store.ledger.connection.run(.takeFreeAccount, [.int8(node), .int4(account)]).isEmpty)
        try await Self.releaseUnused(of: store)
        #expect(try await journal.server.run(Self.held, schema: journal.schema) == ["polar"])
        try await store.giveBack(lease, unsent: [])
        await store.close()
    }

    @Test func `an account is not left to others while a slow database tells how far it has come`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let account = try await store.parts.names.number(of: "lago")
        let blockers = 8
        let end = DispatchSemaphore(value: 0)
        let reads = (0..<blockers).map { _ in
            Task { try await store.read(on: store.parts.claims) { _ throws(PostgresFailure) in end.wait() } }
        }
        defer { for _ in 0..<blockers { end.signal() } }
        let taking = Task { try await store.lease(account, of: "lago", lane: nil) }
        try await waitUntil("the account is this gateway's") {
            try await journal.server.run(Self.held, schema: journal.schema) == ["lago"]
        }
        try await Self.releaseUnused(of: store)
        #expect(try await journal.server.run(Self.held, schema: journal.schema) == ["lago"])
        for _ in 0..<blockers { end.signal() }
        for read in reads { try await read.value }
        let lease = try await taking.value
        #expect(store.isSafe(lease, at: .now))
        try await store.giveBack(lease, unsent: [])
        await store.close()
    }

    private static let held = "SELECT name FROM accounts WHERE node IS NOT NULL"

    /// As the chore does it in two rounds.
    private static func releaseUnused(of store: PostgresEventStore) async throws {
        let upkeep = LedgerUpkeep(
            keeper: store.ledger.keeper,
            desk: store.ledger.desk,
            slots: store.ledger.slots,
            testimonies: store.ledger.testimonies,
            logger: TestJournal.logger
        )
        for _ in 0..<2 {
            try await store.read(on: store.parts.duties) { (session) throws(PostgresFailure) in
                try upkeep.releaseUnused(session)
            }
        }
    }
}
