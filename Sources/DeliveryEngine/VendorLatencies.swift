package import Events
import Synchronization
package import Telemetry

/// How long each provider account took to answer.
package final class VendorLatencies: Sendable {
    private let counts = Mutex<[ProviderName: LatencyCounts]>([:])

    init() {}

    /// Where the latencies of an account are counted: one for the life of the process.
    func counts(of provider: ProviderName) -> LatencyCounts {
        counts.withLock { counts in
            if let known = counts[provider] { return known }
            let new = LatencyCounts()
            counts[provider] = new
            return new
        }
    }

    /// What was counted since the start; nothing for an account that was not called.
    package func snapshot(of provider: ProviderName) -> LatencyCounts.Snapshot {
        counts.withLock { $0[provider] }?.snapshot ?? LatencyCounts.Snapshot()
    }
}
