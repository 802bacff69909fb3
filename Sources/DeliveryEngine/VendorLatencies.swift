package import Events
import Synchronization
package import Telemetry

/// How long each provider account takes to respond.
package final class VendorLatencies: Sendable {
    private let counts = Mutex<[ProviderName: LatencyCounts]>([:])

    init() {}

    /// The latency counts of an account; the same object for the life of the process.
    func counts(of provider: ProviderName) -> LatencyCounts {
        counts.withLock { counts in
            if let known = counts[provider] { return known }
            let new = LatencyCounts()
            counts[provider] = new
            return new
        }
    }

    /// The counts since the start; zero for an account that was not called.
    package func snapshot(of provider: ProviderName) -> LatencyCounts.Snapshot {
        counts.withLock { $0[provider] }?.snapshot ?? LatencyCounts.Snapshot()
    }
}
