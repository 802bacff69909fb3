package import Events
package import Journal
import Synchronization

/// The leases that tests hold, by store and account.
private let held = Mutex<[ObjectIdentifier: [ProviderName: AccountLease]]>([:])

/// Calls to the ledger for tests that do not care who delivers: each account is taken when it is first used, and kept.
extension EventStore {
    /// The test's lease of an account; a new one if it has none, or has lost it.
    package func heldLease(of provider: ProviderName) async throws(StoreError) -> AccountLease {
        let store = ObjectIdentifier(self)
        if let lease = held.withLock({ $0[store]?[provider] }), isSafe(lease, at: .now) { return lease }
        let lease = try await lease(provider)
        held.withLock { $0[store, default: [:]][provider] = lease }
        return lease
    }

    /// Claims the next events of an account.
    package func claimBlock(for provider: ProviderName, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock? {
        try await claimBlock(under: heldLease(of: provider), limit: limit)
    }

    /// Claims retries of an account.
    package func claimDue(for provider: ProviderName, at now: Timestamp, limit: BlockLimit) async throws(StoreError)
        -> [ClaimedDelivery]
    {
        try await claimDue(under: heldLease(of: provider), at: now, limit: limit)
    }

    /// Claims retries with no limit of bytes that matters.
    package func claimDue(for provider: ProviderName, at now: Timestamp, limit: Int) async throws(StoreError)
        -> [ClaimedDelivery]
    {
        try await claimDue(for: provider, at: now, limit: BlockLimit(events: limit, bytes: 1 << 30))
    }

    /// Claims what was interrupted.
    package func claimInterrupted(for provider: ProviderName) async throws(StoreError) -> [ClaimedDelivery] {
        try await claimInterrupted(under: heldLease(of: provider))
    }

    /// Writes down what is about to be sent.
    package func intend(_ sequences: [SequenceNumber], at provider: ProviderName) async throws(StoreError) {
        try await intend(sequences, under: heldLease(of: provider))
    }

    /// Records outcomes.
    package func settle(_ settlement: Settlement) async throws(StoreError) {
        try await settle(settlement, under: heldLease(of: settlement.provider))
    }

    /// Writes or lifts the hold of a provider.
    package func hold(_ provider: ProviderName, _ hold: ProviderHold?) async throws(StoreError) {
        try await self.hold(hold, under: heldLease(of: provider))
    }

    /// Ends the test's lease of an account; the next call takes another one.
    package func giveBack(_ provider: ProviderName, unsent: [SequenceNumber] = []) async throws(StoreError) {
        try await giveBack(heldLease(of: provider), unsent: unsent)
    }
}
