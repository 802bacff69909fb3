package import Events
import Synchronization
package import Telemetry

/// How many events the requests to each provider account carry.
package final class VendorBatchSizes: Sendable {
    private let counts = Mutex<[ProviderName: BatchSizeCounts]>([:])

    init() {}

    /// Where the requests to an account are counted: one for the life of the process.
    func counts(of provider: ProviderName) -> BatchSizeCounts {
        counts.withLock { counts in
            if let known = counts[provider] { return known }
            let new = BatchSizeCounts()
            counts[provider] = new
            return new
        }
    }

    /// What was counted since the start; nothing for an account that was not called.
    package func snapshot(of provider: ProviderName) -> [BatchSizeCounts.Bucket] {
        counts.withLock { $0[provider] }?.snapshot ?? []
    }
}
