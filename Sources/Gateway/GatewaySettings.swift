package import Foundation
package import Ingress

/// The server's own settings; vendors, routes and clients are configured in `routes.json`.
package struct GatewaySettings: Sendable {
    package var routesFile: URL
    /// Whether `routes.json` may contain vendors' keys.
    package var allowsInlineSecrets = false
    package var dataFolder: URL
    /// Where the journal is.
    package var store = StoreSettings.embedded
    package var ingress = IngressSettings()
    /// A separate listener for the administrative endpoints, which serves all others too; nil: they are served by ``ingress``.
    package var administration: IngressSettings?
    /// The server's certificate; nil for plain HTTP.
    package var certificate: ServerCertificate.Files?
    /// Certificate authorities for vendors in addition to the system's, in PEM.
    package var vendorRoots: URL?
    /// Maximum events that may wait for one vendor; at the limit, writes get 503. Nil: no limit.
    package var backlogLimitEvents: Int?
    /// Maximum bytes of the store; at the limit, writes get 503. Nil: the size of the disk.
    package var diskLimitBytes: Int?
    /// How long delivered events are kept: the deduplication window.
    package var retention = usualRetention
    /// How long entries of the audit log are kept.
    package var auditRetention = usualAuditRetention
    /// Whether the clock is trusted although it is far ahead of the newest event.
    package var acceptsClock = false
    /// The key of the demo client, which gets the scope `admin`, if the simulated vendors run; nil otherwise.
    package var demoKey: String?
    /// The simulated vendors, if they run in this process; nil otherwise.
    package var simulators: (any SimulatorControlling)?
    /// Whether a crash may leave a core dump, which contains keys and events.
    package var allowsCoreDumps = false
    /// Where traces are sent; nil if nothing is traced.
    package var tracing: TracingSettings?
    /// How long a shutdown waits for requests in flight.
    package var grace = Duration.seconds(25)
    /// The environment variables with credentials.
    package var environment: [String: String]

    /// The default retention: a month of billing, and some days to correct it.
    package static let usualRetention = Duration.seconds(35 * 86_400)

    /// The default retention of audit entries: more than a year, so that a yearly audit finds them all.
    package static let usualAuditRetention = Duration.seconds(400 * 86_400)

    /// Everything else has its default.
    package init(routesFile: URL, dataFolder: URL, environment: [String: String]) {
        self.routesFile = routesFile
        self.dataFolder = dataFolder
        self.environment = environment
    }
}
