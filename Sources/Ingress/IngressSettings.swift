package import Routing

/// What an operator may set of the HTTP server.
package struct IngressSettings: Sendable, Equatable {
    package var host: String
    /// 0 takes any free port.
    package var port: Int
    /// The most bytes of a request body, before and after decompression.
    package var bodyLimitBytes: Int
    /// The most events of a request, in the canonical API and at every facade.
    package var eventLimit = 10_000
    /// Whether the administrative endpoints are served here: what decides about deliveries, shows all tenants' backlogs, or changes the
    /// configuration.
    package var servesAdministration: Bool
    /// Whether it is a listener of its own for the administration, for which some connections are kept.
    package var isForAdministration = false

    /// Whether `GET /metrics` needs no key here. True by default only where nothing but administration is meant to be served.
    package var opensMetrics = false

    package var patience = Patience()
    package var capacity = Capacity()

    /// How long a client may stall. A connection is looked at every `interval`: a request whose head or body stood still for two whole
    /// ones is given up, and so is a connection whose output was not taken, or on which nothing moved, for eight.
    package struct Patience: Sendable, Equatable {
        package var interval: Duration = .seconds(15)
        /// The fewest bytes of a body that are no standstill.
        package var bodyBytes = 8 << 10
        /// How long a connection may be open without a request.
        package var firstRequest: Duration? = .seconds(10)
        /// How long a connection may be used: afterwards it closes behind the next answer. A tenth more or less, by chance. Nil: no limit.
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

    /// How much clients may hold at a time, over all listeners.
    package struct Capacity: Sendable, Equatable {
        /// The most connections. Beyond it one that is silent or idle makes room, and if there is none, the new one is closed.
        package var connections = 10_000
        /// The most connections of one address (of one /64 network in IPv6); nil: 1,000, and no more than half of all.
        package var connectionsPerAddress: Int?
        /// Proxies that bring many clients' requests: their connections are limited together with all others only.
        package var trustedProxies: [NetworkRange] = []
        /// The most bytes of request bodies in memory.
        package var bodyBytes = 256 << 20
        /// The most event streams of one client, and of all.
        package var streamsPerClient = 20
        /// The most reads of one client at a time, of the journal or of vendors. A tenant's other clients keep their share.
        package var readsPerClient = 8
        package var streams = 200

        package init() {}

        /// The most connections of one address.
        package var effectiveConnectionsPerAddress: Int {
            connectionsPerAddress ?? min(1000, max(1, connections / 2))
        }
    }
}
