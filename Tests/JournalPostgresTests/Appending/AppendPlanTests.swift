import Journal
import Testing

@testable import JournalPostgres

@Suite struct AppendPlanTests {
    /// The statement is planned once, perhaps while a part is empty, and must look identities up by their index for ever.
    @Test func `reads no table whole`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let connection = PostgresConnection(
            journal.settings.connection("plan", session: ["enable_seqscan": "off"])
        )
        let lease = SlotLease(slot: 1, epoch: 1, node: 1)
        let append = HandMadeAppend(of: ["b"], under: lease, after: nil, in: store)
        let explained = Statement("EXPLAIN " + Statement.append(into: [1]).text)
        let plan = try await connection.run(explained, append.parameters)
        let lines = plan.map { $0.text(0) }
        #expect(lines.contains { $0.contains("identities_1_pkey") })
        #expect(!lines.contains { $0.contains("Seq Scan on identities_1") || $0.contains("Seq Scan on slots") })
        await connection.close()
        await store.close()
    }
}
