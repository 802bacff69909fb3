import DeliveryEngine
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
        /// Nil if the request has none that conforms.
        var trace: TraceContext?
        var endpoint = EndpointClass.unknown
        var status = 0
        var client: Client?
        /// Events that were accepted.
        var accepted = 0
        /// Ids of the first of them.
        var ids: [EventID] = []

        /// How many ids stand in a line.
        static let mostIDs = 10
    }

    func write(_ entry: Entry, _ duration: Duration) {
        metrics.answered(entry.endpoint, status: entry.status, duration)
        guard logger.logLevel <= .info else { return }
        var metadata: Logger.Metadata = [
            "request_id": "\(entry.requestID)", "method": "\(entry.method)", "path": "\(Self.withoutKeys(entry.path))",
            "status": "\(entry.status)", "client": "\(entry.client?.name.rawValue ?? "-")",
            "tenant": "\(entry.client?.tenant.rawValue ?? "-")", "accepted": "\(entry.accepted)",
            "ms": "\(duration.wholeMilliseconds)",
        ]
        if !entry.ids.isEmpty { metadata["ids"] = "\(entry.ids.map(\.rawValue).joined(separator: ","))" }
        if let trace = entry.trace {
            metadata["trace_id"] = "\(trace.traceID)"
            metadata["parent_id"] = "\(trace.parentID)"
        }
        logger.info("request", metadata: metadata)
    }

    /// A key of ours that somebody put into the address by mistake is cut to its prefix.
    private static func withoutKeys(_ path: String) -> String {
        guard path.contains(keyPrefix) else { return path }
        return path.replacing(/tg_[A-Za-z0-9_]{16,}/, with: "tg_[redacted]")
    }

    private static let keyPrefix = "tg_"

    /// A request failed for a reason of ours; the client is told the request's id only.
    func failed(_ requestID: String, _ error: any Error) {
        logger.error("a request failed", metadata: ["request_id": "\(requestID)", "error": "\(error)"])
    }
}
