import Events
import Journal
import JournalFormat
import Synchronization

/// The progress of every provider that a plan in the journal names.
final class ProviderLedger: Sendable {
    private let providers: Mutex<[ProviderName: ProviderProgress]>

    init(_ providers: [ProviderName: ProviderProgress]) {
        self.providers = Mutex(providers)
    }

    /// Reads or changes one provider's progress; nil if no plan in the journal names it.
    func withProgress<Result: Sendable>(
        of provider: ProviderName,
        _ body: (inout ProviderProgress) -> Result
    ) -> Result? {
        providers.withLock { providers in
            guard let index = providers.index(forKey: provider) else { return nil }
            return body(&providers.values[index])
        }
    }

    /// The largest backlog of all providers, in events.
    var largestBacklog: Int {
        providers.withLock { $0.values.reduce(0) { max($0, $1.pending + $1.retrying) } }
    }

    /// The providers for which something waits.
    var withBacklog: [ProviderName] {
        providers.withLock { $0.filter { $0.value.pending + $0.value.retrying > 0 }.map(\.key) }
    }

    /// Where each provider's walk begins after a restart.
    var cursors: [ProviderName: Int64] {
        providers.withLock { $0.mapValues(\.cursor) }
    }

    /// Whether all these providers have settled all events of a range.
    func isSettled(_ range: ClosedRange<Int64>, by names: [ProviderName]) -> Bool {
        providers.withLock { providers in names.allSatisfy { providers[$0]?.isSettled(range) ?? false } }
    }

    /// Takes note of a committed chunk. A provider that is new begins its walk with it.
    func appended(_ range: ClosedRange<Int64>, events counts: [(provider: ProviderName, events: Int)]) {
        providers.withLock { providers in
            for (provider, _) in counts where providers[provider] == nil {
                providers[provider] = ProviderProgress(position: range.lowerBound - 1)
            }
            for index in providers.values.indices {
                let name = providers.keys[index]
                let events = counts.first { $0.provider == name }?.events ?? 0
                providers.values[index].appended(range, events: events)
            }
        }
    }
}
