import Events
import Journal
import JournalSQLite
import Synchronization

/// A journal that gives each lease only when nobody waits for it any more, and remembers which were given back.
final class LateLeases: ForwardingLedger {
    let store: SQLiteEventStore
    private let counts = Mutex((taken: [AccountLease](), returned: [AccountLease]()))

    init(_ store: SQLiteEventStore) {
        self.store = store
    }

    /// All leases that were given, in their order.
    var taken: [AccountLease] { counts.withLock { $0.taken } }
    /// All that were given back.
    var returned: [AccountLease] { counts.withLock { $0.returned } }

    func lease(_ provider: ProviderName) async throws(StoreError) -> AccountLease {
        let lease = try await store.lease(provider)
        let (cancellation, wait) = AsyncStream<Never>.makeStream()
        defer { wait.finish() }
        for await _ in cancellation {}
        counts.withLock { $0.taken.append(lease) }
        return lease
    }

    func giveBack(_ lease: AccountLease, unsent: [SequenceNumber]) async throws(StoreError) {
        try await store.giveBack(lease, unsent: unsent)
        counts.withLock { $0.returned.append(lease) }
    }
}
