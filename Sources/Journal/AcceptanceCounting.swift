package import Events
import Synchronization

/// Says how many events were accepted for each provider.
package protocol AcceptanceCounting: Sendable {
    /// How many new events with a delivery to each provider this process has written since it opened the store. Known without I/O.
    var acceptedSinceOpening: [ProviderName: Int] { get }
}

/// Counts accepted events by provider, once for each commit.
package final class AcceptedCounts: Sendable {
    private let counts = Mutex<[ProviderName: Int]>([:])

    /// Starts at zero.
    package init() {}

    /// Counts events that are on disk now.
    package func add(_ events: some Sequence<(provider: ProviderName, events: Int)>) {
        counts.withLock { counts in
            for (provider, events) in events { counts[provider, default: 0] += events }
        }
    }

    /// The counts so far.
    package var current: [ProviderName: Int] { counts.withLock { $0 } }
}
