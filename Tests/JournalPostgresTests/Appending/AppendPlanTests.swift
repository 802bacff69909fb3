import Events
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
        let request = PreparedAppend(
            AppendRequest(events: [TestJournal.event("b")], policy: .each),
            ([1], [1]),
            keys: store.parts.keys
        )
        let decision = GroupDecision([request], taken: [:], given: [], keys: store.parts.keys)
        var numbers = SlotNumbers(slot: 1, newest: nil)
        let group = ChunkGroup(
            decision.accepted,
            of: [request],
            numberedBy: &numbers,
            at: store.parts.clock.now,
            names: store.parts.names.current,
            limitBytes: 1 << 18
        )
        let explained = Statement("EXPLAIN " + Statement.append(into: [1]).text)
        let plan = try await connection.run(explained, AppendParameters(group, decision, lease).parameters)
        let lines = plan.map { $0.text(0) }
        #expect(lines.contains { $0.contains("identities_1_pkey") })
        #expect(!lines.contains { $0.contains("Seq Scan on identities_1") || $0.contains("Seq Scan on slots") })
        await connection.close()
        await store.close()
    }
}
