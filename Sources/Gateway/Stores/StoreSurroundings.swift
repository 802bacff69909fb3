import CoreMetrics
import Logging

/// What the gateway passes to the store that it opens.
struct StoreSurroundings: Sendable {
    let metrics: any MetricsFactory
    let logger: Logger
    /// Digest of the routes that this gateway starts with.
    let routesDigest: [UInt8]
}
