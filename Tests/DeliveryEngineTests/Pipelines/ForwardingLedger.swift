import Events
import Journal
import JournalSQLite

/// A journal in front of a store, which changes some of what the store does.
protocol ForwardingLedger: DeliveryLedger {
    var store: SQLiteEventStore { get }
}

/// What is not changed.
extension ForwardingLedger {
    // MARK: AccountLeasing

    func lease(_ provider: ProviderName) async throws(StoreError) -> AccountLease { try await store.lease(provider) }

    func isSafe(_ lease: AccountLease, at now: ContinuousClock.Instant) -> Bool { store.isSafe(lease, at: now) }

    func waitForEnd(of lease: AccountLease) async -> LeaseEnd { await store.waitForEnd(of: lease) }

    func giveBack(_ lease: AccountLease, unsent: [SequenceNumber]) async throws(StoreError) {
        try await store.giveBack(lease, unsent: unsent)
    }

    // MARK: JournalGrowth, RetryScheduling

    func newestPosition() async throws(StoreError) -> JournalPosition { try await store.newestPosition() }

    func waitForEvents(after position: JournalPosition) async { await store.waitForEvents(after: position) }

    func makeRetriesDue(of provider: ProviderName, waitingBeyond limit: Timestamp, at now: Timestamp)
        async throws(StoreError)
    {
        try await store.makeRetriesDue(of: provider, waitingBeyond: limit, at: now)
    }

    // MARK: DeliveryLedger

    func claimBlock(under lease: AccountLease, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock? {
        try await store.claimBlock(under: lease, limit: limit)
    }

    func claimDue(under lease: AccountLease, at now: Timestamp, limit: BlockLimit) async throws(StoreError)
        -> [ClaimedDelivery]
    {
        try await store.claimDue(under: lease, at: now, limit: limit)
    }

    func nextDue(for provider: ProviderName) -> Timestamp? { store.nextDue(for: provider) }

    func bringForward(under lease: AccountLease, by step: Duration) async throws(StoreError) {
        try await store.bringForward(under: lease, by: step)
    }

    func claimInterrupted(under lease: AccountLease) async throws(StoreError) -> [ClaimedDelivery] {
        try await store.claimInterrupted(under: lease)
    }

    nonisolated(nonsending) func intend(_ sequences: [SequenceNumber], under lease: AccountLease)
        async throws(StoreError)
    {
        try await store.intend(sequences, under: lease)
    }

    func departs(_ sequences: [SequenceNumber], under lease: AccountLease) { store.departs(sequences, under: lease) }

    nonisolated(nonsending) func settle(_ settlement: Settlement, under lease: AccountLease) async throws(StoreError) {
        try await store.settle(settlement, under: lease)
    }

    func hold(_ hold: ProviderHold?, under lease: AccountLease) async throws(StoreError) {
        try await store.hold(hold, under: lease)
    }

    func hold(of provider: ProviderName) async throws(StoreError) -> ProviderHold? {
        try await store.hold(of: provider)
    }

    func operatorHold(of provider: ProviderName) async throws(StoreError) -> OperatorHold? {
        try await store.operatorHold(of: provider)
    }
}
