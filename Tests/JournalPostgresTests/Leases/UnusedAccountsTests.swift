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
        let upkeep = LedgerUpkeep(
            keeper: store.ledger.keeper,
            desk: store.ledger.desk,
            testimonies: store.ledger.testimonies,
            logger: TestJournal.logger
        )
        for _ in 0..<2 {
            try await store.read(on: store.parts.claims) { (session) throws(PostgresFailure) in
                try upkeep.releaseUnused(session)
            }
        }
        let held = "SELECT name FROM accounts WHERE node IS NOT NULL"
        #expect(try await journal.server.run(held, schema: journal.schema) == ["polar"])
        try await store.giveBack(lease, unsent: [])
        await store.close()
    }
}
