import HTTPTypes

/// Writes the gateway's metrics; implemented by `Gateway`.
package protocol MetricsReporting: Sendable {
    /// The current metrics in the Prometheus text format 0.0.4. Without keys, and without the names of clients and tenants.
    func text() async -> [UInt8]
}

/// `GET /metrics`. Who may read it is a setting of the listener, ``IngressSettings/opensMetrics``: neither a loopback address nor a
/// missing header proves that no proxy passes on a stranger's request.
struct MetricsHandler: Sendable {
    private let reporting: any MetricsReporting

    init(_ services: EndpointServices) {
        reporting = services.given.operations.reports.metrics
    }

    func respond() async -> EndpointResponse {
        EndpointResponse(
            status: .ok,
            contentType: "text/plain; version=0.0.4; charset=utf-8",
            body: .bytes(await reporting.text())
        )
    }
}
