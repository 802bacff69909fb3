import Events
import Logging
import Routing

/// One line a request, for the operator, and its place in the metrics.
struct AccessLog: Sendable {
    let logger: Logger
    let metrics: RequestMetrics

    /// What a request was about.
    struct Entry: Sendable {
        let requestID: String
        let method: String
        /// Without the query, which may hold a key.
        let path: String
        var endpoint = EndpointClass.unknown
        var status = 0
        var client: Client?
        /// Events that were accepted.
        var accepted = 0
    }

    func write(_ entry: Entry, _ duration: Duration) {
        metrics.answered(entry.endpoint, status: entry.status, duration)
        guard logger.logLevel <= .info else { return }
        logger.info(
            "request",
            metadata: [
                "request_id": "\(entry.requestID)", "method": "\(entry.method)", "path": "\(entry.path)",
                "status": "\(entry.status)", "client": "\(entry.client?.name.rawValue ?? "-")",
                "tenant": "\(entry.client?.tenant.rawValue ?? "-")", "accepted": "\(entry.accepted)",
                "ms": "\(duration.wholeMilliseconds)",
            ]
        )
    }

    /// A request failed for a reason of ours; the client is told the request's id only.
    func failed(_ requestID: String, _ error: any Error) {
        logger.error("a request failed", metadata: ["request_id": "\(requestID)", "error": "\(error)"])
    }
}
