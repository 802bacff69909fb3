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

    /// Whether `GET /metrics` needs no key here. True by default only where nothing but administration is meant to be served.
    package var opensMetrics = false

    /// The most connections of clients; those that come later wait until one ends.
    package var connectionLimit = 10_000
    package var patience = Patience()

    /// How long a client may stall. A connection is looked at every `interval`: a request whose head or body stood still for two whole
    /// ones is given up, and so is a connection on which nothing moved for eight.
    package struct Patience: Sendable, Equatable {
        package var interval: Duration = .seconds(15)
        /// The fewest bytes of a body that are no standstill.
        package var bodyBytes = 8 << 10

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
}
