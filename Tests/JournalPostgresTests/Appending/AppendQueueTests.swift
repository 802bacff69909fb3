import Events
import Journal
import JournalFormat
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct AppendQueueTests {
    @Test func `a writer that could not store its last group is asked after the others`() async throws {
        let settings = PostgresStoreSettings(address: Secret("postgresql:///none"))
        let queue = AppendQueue(settings, reach: DatabaseReach(settings, logger: TestJournal.logger))
        let other = Task { await queue.next(for: 1) }
        try await waitUntil("the first writer waits") { queue.idleWriters == 1 }
        let failed = Task { await queue.next(for: 2, hasFailed: true) }
        try await waitUntil("both writers wait") { queue.idleWriters == 2 }
        let request = AppendRequest(events: [TestJournal.event("a")], policy: .each)
        let append = PreparedAppend(request, ([1], [1]), keys: IdentityKeys(key: SipHash(key0: 1, key1: 2)))
        let answer = Task { try await queue.append(append) }
        try await waitUntil("a writer has taken the request") { queue.idleWriters == 1 }
        queue.close()
        let (taken, untaken) = (await other.value ?? [], await failed.value ?? [])
        #expect(taken.count == 1 && untaken.isEmpty)
        for entry in taken + untaken { entry.answer.give(.success([.stored(7)])) }
        #expect(try await answer.value == [.stored(7)])
    }
}
