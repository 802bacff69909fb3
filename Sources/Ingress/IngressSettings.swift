package import Routing

/// An operator's settings for the HTTP server.
package struct IngressSettings: Sendable, Equatable {
    package var host: String
    /// 0 selects a free port.
    package var port: Int
    /// Maximum size of a request body in bytes, before and after decompression.
    package var bodyLimitBytes: Int
    /// Maximum number of events per request, in the canonical API and at every facade.
    package var eventLimit = 10_000
    /// Whether the administrative endpoints are served here: those that decide about deliveries, show all tenants' backlogs, or change
    /// the configuration.
    package var servesAdministration: Bool
    /// Whether it is a separate listener for administration, for which some connections are reserved.
    package var isForAdministration = false

    /// Whether `GET /metrics` needs no key here. True by default only on listeners for administration.
    package var opensMetrics = false

    /// The dashboard's settings; nil if this listener serves none.
    package var dashboard: DashboardSettings?

    package var patience = Patience()
    package var capacity = Capacity()

    /// The client timeouts. A connection is checked every `interval`: a request whose head or body was stalled for two whole
    /// intervals is closed, and so is a connection whose output was not read, or without traffic, for eight.
    package struct Patience: Sendable, Equatable {
        package var interval: Duration = .seconds(15)
        /// A body that receives fewer bytes per interval is stalled.
        package var bodyBytes = 8 << 10
        /// How long a connection may be open without a request.
        package var firstRequest: Duration? = .seconds(10)
        /// The maximum age of a connection: afterwards it closes with the next response. Varies randomly by a tenth. Nil: no limit.
        package var age: Duration? = .seconds(3600)

        package init() {}
    }

    package init(
        host: String = "127.0.0.1",
        port: Int = 8080,
        bodyLimitBytes: Int = 32 << 20,
        servesAdministration: Bool = true
    ) {
        self.host = host
        self.port = port
        self.bodyLimitBytes = bodyLimitBytes
        self.servesAdministration = servesAdministration
    }

    /// The resource limits of clients, over all listeners.
    package struct Capacity: Sendable, Equatable {
        /// Maximum connections. At the limit, a silent or idle one is closed for a new one; if there is none, the new one is closed.
        package var connections = 10_000
        /// Maximum connections of one address (one /64 network in IPv6); nil: 1,000, but at most half of the total.
        package var connectionsPerAddress: Int?
        /// Proxies in front of many clients: their connections count only towards the total limit.
        package var trustedProxies: [NetworkRange] = []
        /// Maximum number of bytes of request bodies in memory.
        package var bodyBytes = 256 << 20
        /// Maximum number of event streams per client; ``streams`` limits all of them.
        package var streamsPerClient = 20
        /// Maximum number of concurrent reads per client, of the journal or of vendors. A tenant's other clients keep their share.
        package var readsPerClient = 8
        package var streams = 200

        package init() {}

        /// Maximum number of connections of one address.
        package var effectiveConnectionsPerAddress: Int {
            connectionsPerAddress ?? min(1000, max(1, connections / 2))
        }
    }
}
