import Events
import Journal
import JournalSQLite
import Synchronization

/// A journal of which the first lease is lost: whoever asks whether a request may leave hears it, and whoever waits for the end of the
/// lease does not, or later than the pipeline needs to close.
final class UnheardLoss: ForwardingLedger {
    let store: SQLiteEventStore
    private let first = Mutex<AccountLease?>(nil)
    private let waits = Atomic(0)

    init(_ store: SQLiteEventStore) {
        self.store = store
    }

    private func isFirst(_ lease: AccountLease) -> Bool { first.withLock { $0 == lease } }

    func lease(_ provider: ProviderName) async throws(StoreError) -> AccountLease {
        let lease = try await store.lease(provider)
        first.withLock { $0 = $0 ?? lease }
        return lease
    }

    func isSafe(_ lease: AccountLease, at now: ContinuousClock.Instant) -> Bool {
        !isFirst(lease) && store.isSafe(lease, at: now)
    }

    func waitForEnd(of lease: AccountLease) async -> LeaseEnd {
        // The pipeline waits before it has anything to send.
        let isPipeline = waits.add(1, ordering: .relaxed).oldValue == 0
        return isFirst(lease) && !isPipeline ? .lost : await store.waitForEnd(of: lease)
    }
}
