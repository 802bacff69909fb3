package import Events

/// Decides who delivers to a provider account: one holder at a time, across all processes.
package protocol AccountLeasing: Sendable {
    /// Waits until the caller has the lease. Within one process, the latest caller gets it at once, and the previous lease ends.
    /// - Throws: ``StoreError/closed`` when the store closes.
    func lease(_ provider: ProviderName) async throws(StoreError) -> AccountLease

    /// Returns when the lease ends or should end; also when the waiting task is cancelled or the store closes.
    func waitForEnd(of lease: AccountLease) async -> LeaseEnd

    /// Whether a request may leave under this lease: no other process can get the account before the request has left. Answered without
    /// I/O; asked before each request.
    func isSafe(_ lease: AccountLease, at now: ContinuousClock.Instant) -> Bool

    /// Ends the lease. When this returns, that is on disk: the next holder claims again what was claimed and not settled under this
    /// lease.
    /// - Parameter unsent: claimed events that no request has carried; their intents are withdrawn.
    /// - Throws: ``StoreError/leaseLost`` if it has ended already.
    func giveBack(_ lease: AccountLease, unsent: [SequenceNumber]) async throws(StoreError)
}

/// The right to deliver to one account.
package struct AccountLease: Sendable, Hashable {
    package let provider: ProviderName
    /// Rises whenever the account changes hands. Nothing can be written under a past epoch.
    package let epoch: Int64

    package init(provider: ProviderName, epoch: Int64) {
        self.provider = provider
        self.epoch = epoch
    }
}

/// Why ``AccountLeasing/waitForEnd(of:)`` has returned.
package enum LeaseEnd: Sendable, Equatable {
    /// Another holder wants the account: settle what is in flight, then return the lease.
    case wanted
    /// Another holder has the account: everything done under the lease is refused.
    case lost
    /// Nothing happened to the lease: the task was cancelled, or the store closes.
    case unwatched
}
