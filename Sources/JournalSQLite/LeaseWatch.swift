import Events
import Journal
import JournalFormat
import Synchronization

/// Who waits for the end of which lease.
final class LeaseWatch: Sendable {
    private struct State {
        /// Each rises to the epoch of the account's newest lease, and above it when that is given back.
        var epochs: [ProviderName: AdvancingValue<Int64>] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Tells those who wait for the end of an earlier lease of the account.
    func rise(_ provider: ProviderName, to epoch: Int64) {
        number(of: provider)?.advance(to: epoch)
    }

    /// Returns when the lease has ended, when the task is cancelled, or when the watch is closed.
    func waitForEnd(of lease: AccountLease) async {
        await number(of: lease.provider)?.wait(after: lease.epoch)
    }

    /// Wakes everyone, now and from now on.
    func close() {
        let all = state.withLock { state in
            state.isClosed = true
            return Array(state.epochs.values)
        }
        for epoch in all { epoch.close() }
    }

    /// - Returns: nil if the watch is closed.
    private func number(of provider: ProviderName) -> AdvancingValue<Int64>? {
        state.withLock { state in
            if state.isClosed { return nil }
            if let known = state.epochs[provider] { return known }
            let number = AdvancingValue(rising: 0)
            state.epochs[provider] = number
            return number
        }
    }
}
