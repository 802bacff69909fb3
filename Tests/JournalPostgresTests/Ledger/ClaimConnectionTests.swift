import Dispatch
import Events
import Journal
import Synchronization
import TestSupport
import Testing

@testable import JournalPostgres

/// What owners read waits for nobody who counts or looks something up.
@Suite struct ClaimConnectionTests {
    /// What has happened on other threads and in other tasks.
    private final class Observed: Sendable {
        let begunReads = Mutex(0)
        let claimed = Mutex<Int?>(nil)
        let end = DispatchSemaphore(value: 0)
    }

    @Test func `slow reads and counts keep no account from being taken, claimed and held`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("a")], policy: .each))
        let seen = Observed()
        let connections = [store.parts.points, store.parts.counts, store.parts.walks]
        let reads = connections.map { connection in
            Task {
                try await store.read(on: connection) { _ throws(PostgresFailure) in
                    seen.begunReads.withLock { $0 += 1 }
                    seen.end.wait()
                }
            }
        }
        defer { for _ in connections { seen.end.signal() } }
        try await waitUntil("the connections are busy") { seen.begunReads.withLock { $0 == connections.count } }
        let claim = Task {
            let lease = try await store.lease("lago")
            _ = try await store.hold(of: "lago")
            _ = try await store.newestPosition()
            let block = try await store.claimBlock(under: lease, limit: BlockLimit(events: 9, bytes: 1 << 20))
            seen.claimed.withLock { $0 = block?.deliveries.count ?? 0 }
        }
        try await waitUntil("the event is claimed") { seen.claimed.withLock { $0 != nil } }
        #expect(seen.claimed.withLock { $0 } == 1)
        for _ in connections { seen.end.signal() }
        for read in reads { try await read.value }
        try await claim.value
        await store.close()
    }
}
