import Journal
import Testing

@testable import JournalPostgres

@Suite struct AppendPlanTests {
    /// The statement is planned once, perhaps while a part is empty, and must look identities up by their index for ever.
    @Test(arguments: [["b"], ["b", "c"], ["b", "c", "d"]])
    func `reads no table whole`(ids: [String]) async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let connection = PostgresConnection(
            journal.settings.connection("plan", session: ["enable_seqscan": "off"])
        )
        let lease = SlotLease(slot: 1, epoch: 1, node: 1)
        let chunkBytes = ids.count > 2 ? 1 : 1 << 18
        let append = HandMadeAppend(of: ids, under: lease, after: nil, in: store, chunkBytes: chunkBytes)
        #expect(append.form == AppendForm.allCases[ids.count - 1])
        func plan(_ statement: Statement) async throws -> [String] {
            let explained = Statement("EXPLAIN " + statement.text)
            return try await connection.run(explained, append.parameters).map { $0.text(0) }
        }
        let lookingUp = try await plan(.appendUnlessKnown(append.form, into: [1]))
        #expect(lookingUp.contains { $0.contains("identities_1_pkey") })
        let lines = try await plan(.append(append.form, into: [1]))
        #expect(!lines.contains { $0.contains("identities_1_pkey") }, "the unique index alone finds repeats")
        for line in lines + lookingUp {
            #expect(!line.contains("Seq Scan on identities_1") && !line.contains("Seq Scan on slots"))
        }
        await connection.close()
        await store.close()
    }
}
