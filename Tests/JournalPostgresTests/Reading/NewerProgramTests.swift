import Events
import Journal
import JournalFormat
import PostgresServer
import Testing

@testable import JournalPostgres

/// Chunks of a newer version, as a gateway of an older one sees them while the gateways are updated one after another.
@Suite struct NewerProgramTests {
    private static let limit = BlockLimit(events: 9, bytes: 1 << 20)

    @Test func `an event whose plan cannot be read is refused, and delivered once it can be`() async throws {
        let journal = try await TestJournal()
        let writer = try await journal.open()
        _ = try await writer.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        try await journal.server.run(
            "CREATE TABLE kept AS SELECT * FROM plans; DELETE FROM plans",
            schema: journal.schema
        )
        let reader = try await journal.open()
        let lease = try await reader.lease("lago")
        do throws(StoreError) {
            _ = try await reader.claimBlock(under: lease, limit: Self.limit)
            Issue.record("nothing tells where the event goes")
        } catch {
            guard case .failed(let reason) = error else { throw error }
            #expect(reason.contains("cannot be read by this version"))
        }
        #expect(try await journal.server.run("SELECT count(*) FROM damage", schema: journal.schema) == ["0"])
        try await journal.server.run(
            "INSERT INTO plans OVERRIDING SYSTEM VALUE SELECT * FROM kept",
            schema: journal.schema
        )
        let block = try #require(try await reader.claimBlock(under: lease, limit: Self.limit))
        #expect(block.deliveries.map(\.event.id) == ["a"])
        for store in [writer, reader] { await store.close() }
    }

    @Test(arguments: [
        (ChunkFault.unknownVersion(3), true), (.unknownPacking(2), true), (.unknownOrigin(1), true),
        (.unknownPlan(1), true), (.truncated, false), (.checksum, false), (.malformed, false),
        (.misplaced(first: 1, count: 1), false),
    ])
    func `tells damage from what a newer version has written`(fault: ChunkFault, isOfNewerProgram: Bool) {
        #expect(fault.isOfNewerProgram == isOfNewerProgram)
    }
}
