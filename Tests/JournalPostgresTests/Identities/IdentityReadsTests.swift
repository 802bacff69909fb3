import PostgresServer
import Testing

@testable import JournalPostgres

@Suite struct IdentityReadsTests {
    @Test func `looks ranges of keys up by the index of each part`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        try await IdentityRotation(connection: store.parts.duties, logger: TestJournal.logger).rotate(from: 1)
        let connection = PostgresConnection(journal.settings.connection("plan", session: ["enable_seqscan": "off"]))
        let plan = try await Statement.readIdentities(inAnyOf: [1, 2]).genericPlan(
            "int8[], int8[]",
            "'{1,5}', '{2,9}'",
            over: connection
        )
        let conditions = plan.count { $0.contains("Index Cond: ((key >= r.low) AND (key <= r.high))") }
        #expect(conditions == 2, "\(plan)")
        await connection.close()
        await store.close()
    }
}
