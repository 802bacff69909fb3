package import Foundation
package import Ingress

/// The server's own settings; what concerns vendors, routes and clients stands in `routes.json`.
package struct GatewaySettings: Sendable {
    package var routesFile: URL
    /// Whether vendors' keys may stand in `routes.json`.
    package var allowsInlineSecrets: Bool
    package var dataFolder: URL
    package var ingress: IngressSettings
    /// Where the administrative endpoints are served, with all others; nil: at the address of ``ingress``.
    package var administration: IngressSettings?
    /// The server's certificate; nil for plain HTTP.
    package var certificate: ServerCertificate.Files?
    /// Roots that vendors' certificates may come from, beside the system's, in PEM.
    package var vendorRoots: URL?
    /// The most events that may wait for one vendor; at it, writes are answered 503. Nil: no limit.
    package var backlogLimitEvents: Int?
    /// The most bytes that the store may use; at it, writes are answered 503. Nil: as much as the disk has.
    package var diskLimitBytes: Int?
    /// How long events are kept once they are settled: the deduplication window.
    package var retention: Duration
    /// Whether the clock is believed though it is far ahead of the newest event.
    package var acceptsClock: Bool
    /// Whether a crash may leave a core dump, which holds keys and events.
    package var allowsCoreDumps: Bool
    /// How long a shutdown may wait for what is under way.
    package var grace: Duration
    /// The variables from which credentials come.
    package var environment: [String: String]

    /// How long events are kept if nobody says otherwise: a month of billing, and some days to correct it.
    package static let usualRetention = Duration.seconds(35 * 86_400)

    package init(
        routesFile: URL,
        allowsInlineSecrets: Bool = false,
        dataFolder: URL,
        ingress: IngressSettings = IngressSettings(),
        administration: IngressSettings? = nil,
        certificate: ServerCertificate.Files? = nil,
        vendorRoots: URL? = nil,
        backlogLimitEvents: Int? = nil,
        diskLimitBytes: Int? = nil,
        retention: Duration = usualRetention,
        acceptsClock: Bool = false,
        allowsCoreDumps: Bool = false,
        grace: Duration = .seconds(25),
        environment: [String: String]
    ) {
        self.routesFile = routesFile
        self.allowsInlineSecrets = allowsInlineSecrets
        self.dataFolder = dataFolder
        self.ingress = ingress
        self.administration = administration
        self.certificate = certificate
        self.vendorRoots = vendorRoots
        self.backlogLimitEvents = backlogLimitEvents
        self.diskLimitBytes = diskLimitBytes
        self.retention = retention
        self.acceptsClock = acceptsClock
        self.allowsCoreDumps = allowsCoreDumps
        self.grace = grace
        self.environment = environment
    }
}
