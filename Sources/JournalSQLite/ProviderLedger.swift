import Events
import Journal
import JournalFormat
import Synchronization

/// The progress of every provider that a plan in the journal names, and who holds which account.
final class ProviderLedger: Sendable {
    fileprivate struct State {
        var providers: [ProviderName: ProviderProgress]
        /// The epoch of the lease that holds the account.
        var epochs: [ProviderName: Int64] = [:]
        /// No lease is given twice, nor by another store of the process.
        var lastEpoch = Int64.random(in: 1...(1 << 40)) << 20
    }

    private let state: Mutex<State>

    init(_ providers: [ProviderName: ProviderProgress]) {
        state = Mutex(State(providers: providers))
    }

    // MARK: Progress

    /// Reads or changes one provider's progress; nil if no plan in the journal names it.
    func withProgress<Result: Sendable>(
        of provider: ProviderName,
        _ body: (inout ProviderProgress) -> Result
    ) -> Result? {
        state.withLock { state in
            guard let index = state.providers.index(forKey: provider) else { return nil }
            return body(&state.providers.values[index])
        }
    }

    /// Reads or changes the progress of the account that the lease is for; nil if no plan in the journal names it.
    /// - Throws: ``StoreError/leaseLost`` if somebody else has the account.
    func withProgress<Result: Sendable>(
        under lease: AccountLease,
        _ body: (inout ProviderProgress) -> Result
    ) throws(StoreError) -> Result? {
        try state.withLock { (state) throws(StoreError) in
            guard state.epochs[lease.provider] == lease.epoch else { throw .leaseLost }
            guard let index = state.providers.index(forKey: lease.provider) else { return nil }
            return body(&state.providers.values[index])
        }
    }

    /// The largest backlog of all providers, in events: what a lane has claimed does not count.
    var largestBacklog: Int {
        state.withLock { state in
            state.providers.reduce(0) { $1.value.isLane ? $0 : max($0, $1.value.pending + $1.value.retrying) }
        }
    }

    /// The providers for which something waits, without the accounts of lanes.
    var withBacklog: [ProviderName] {
        state.withLock { state in
            state.providers.filter { !$0.value.isLane && $0.value.pending + $0.value.retrying > 0 }.map(\.key)
        }
    }

    /// Where each provider's walk begins after a restart.
    var cursors: [ProviderName: Int64] {
        state.withLock { $0.providers.mapValues(\.cursor) }
    }

    /// Whether all these providers have settled all events of a range.
    func isSettled(_ range: ClosedRange<Int64>, by names: [ProviderName]) -> Bool {
        state.withLock { state in names.allSatisfy { state.providers[$0]?.isSettled(range) ?? false } }
    }

    /// Begins the progress of a lane's account.
    func add(_ account: ProviderName, beginningBehind position: Int64) {
        state.withLock { $0.providers[account] = ProviderProgress(position: position, isLane: true) }
    }

    /// Takes note of a committed chunk. A provider that is new begins its walk with it.
    func appended(_ range: ClosedRange<Int64>, events counts: [(provider: ProviderName, events: Int)]) {
        state.withLock { state in
            for (provider, _) in counts where state.providers[provider] == nil {
                state.providers[provider] = ProviderProgress(position: range.lowerBound - 1)
            }
            for index in state.providers.values.indices {
                let name = state.providers.keys[index]
                let events = counts.first { $0.provider == name }?.events ?? 0
                state.providers.values[index].appended(range, events: events)
            }
        }
    }

    // MARK: Leases

    /// A lease that nobody has yet.
    func newLease(of provider: ProviderName) -> AccountLease {
        state.withLock { state in
            state.lastEpoch += 1
            return AccountLease(provider: provider, epoch: state.lastEpoch)
        }
    }

    /// Whether the account is held under this lease.
    func holds(_ lease: AccountLease) -> Bool {
        state.withLock { $0.epochs[lease.provider] == lease.epoch }
    }

    /// Whether the account is held at all.
    func isHeld(_ provider: ProviderName) -> Bool {
        state.withLock { $0.epochs[provider] != nil }
    }

    /// Gives the account to the holder of a new lease. The writer alone does, so that nothing is committed meanwhile under the old one.
    func grant(_ lease: AccountLease) {
        state.withLock { $0.change(lease.provider, to: lease.epoch) }
    }

    /// Ends a lease, if it has not ended. The writer alone does.
    func end(_ lease: AccountLease) {
        state.withLock { state in
            guard state.epochs[lease.provider] == lease.epoch else { return }
            state.change(lease.provider, to: nil)
        }
    }
}

extension ProviderLedger.State {
    fileprivate mutating func change(_ provider: ProviderName, to epoch: Int64?) {
        let wasHeld = epochs[provider] != nil
        epochs[provider] = epoch
        guard wasHeld, let index = providers.index(forKey: provider) else { return }
        providers.values[index].endClaims()
    }
}
