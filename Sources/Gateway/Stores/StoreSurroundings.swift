import CoreMetrics
import Logging

/// What the gateway gives to the store that it opens.
struct StoreSurroundings: Sendable {
    let metrics: any MetricsFactory
    let logger: Logger
    /// Digest of the routes that this gateway begins with.
    let routesDigest: [UInt8]
}
