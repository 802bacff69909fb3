import Events
import Journal
import PostgresServer
import Testing

@testable import JournalPostgres

/// How a gateway enters the list of those that are there, and leaves it.
@Suite struct NodeKeeperTests {
    private func nodes(_ journal: TestJournal) async throws -> [String] {
        try await journal.server.run("SELECT count(*) FROM nodes", schema: journal.schema)
    }

    /// - Parameter saysGoodbye: whether the end is one of a gateway that stops, or of one that is killed.
    @Test(arguments: [true, false])
    func `leaves the list when it stops, also before its first heartbeat`(saysGoodbye: Bool) async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        await store.close()
        #expect(try await nodes(journal) == ["0"])
        let settings = journal.settings
        let keeper = NodeKeeper(
            NodeDescription(name: "short", version: "1"),
            routes: [1],
            settings: LeaseSettings(lease: settings.lease),
            connection: settings.connection("beat"),
            clock: DatabaseClock(),
            logger: TestJournal.logger
        )
        let connection = journal.connection()
        try await keeper.start(over: connection) { _ in }
        keeper.stop(sayingGoodbye: saysGoodbye)
        await keeper.waitForEnd()
        await connection.close()
        #expect(try await nodes(journal) == [saysGoodbye ? "0" : "1"])
    }
}
