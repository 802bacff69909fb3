import Access
package import Events
import Foundation
import Logging
import Routing
package import Telemetry

/// Writes the lines of the access log; implemented by `Gateway`.
///
/// A separate protocol, because writing one line per request through a logger's dictionaries would cost a third of the throughput.
package protocol RequestLogging: Sendable {
    /// Whether lines are written at all.
    var isOn: Bool { get }
    /// Writes one line. Never waits for the consumer of the log.
    func write(_ entry: RequestLogEntry)
}

/// One request with its response.
package struct RequestLogEntry: Sendable {
    package let requestID: String
    package let method: String
    /// Without the query, and without keys.
    package var path: String
    /// Nil if the request has no valid trace context.
    package var trace: TraceContext?
    package var status = 0
    /// Nil if there is no valid key.
    package var caller: Caller?
    /// Number of accepted events.
    package var accepted = 0
    /// IDs of the first of them.
    package var ids: [EventID] = []
    package var duration = Duration.zero
    /// The class under which the request is counted.
    let endpoint: EndpointClass

    /// Maximum number of ids in a line.
    static let mostIDs = 10

    init(_ request: IncomingRequest, countedAs metricsClass: EndpointClass) {
        requestID = RequestID.of(request.requestID)
        method = request.method
        path = request.path
        trace = TraceContext(request.traceParent)
        endpoint = metricsClass
    }
}

/// Writes one line per request for the operator, and counts it in the metrics.
struct AccessLog: Sendable {
    let output: any RequestLogging
    /// For requests that failed because of the gateway.
    let logger: Logger
    let metrics: RequestMetrics
    let routes: CurrentRoutes
    /// Nil if nothing is traced.
    let tracer: Tracer?

    /// A request has arrived: its trace is continued, or starts here.
    func begin(_ entry: inout RequestLogEntry) {
        guard let tracer else { return }
        entry.trace = tracer.begin(entry.trace)
    }

    /// - Parameter entry: completed in place, because a copy costs as much as the line.
    func write(_ entry: inout RequestLogEntry, _ duration: Duration) {
        metrics.answered(entry.endpoint, status: entry.status, duration)
        if let tracer, let identity = entry.trace?.identity { record(entry, identity, duration, by: tracer) }
        guard output.isOn else { return }
        entry.duration = duration
        if entry.endpoint != .write { entry.path = Self.withoutKeys(entry.path, routes.current.keys) }
        output.write(entry)
    }

    /// Only requests that bring events have a span.
    private func record(_ entry: RequestLogEntry, _ identity: SpanIdentity, _ duration: Duration, by tracer: Tracer) {
        guard entry.accepted > 0 || entry.endpoint == .write else { return }
        let path = entry.endpoint == .write ? entry.path : Self.withoutKeys(entry.path, routes.current.keys)
        let (start, end) = Tracer.times(ofLast: duration)
        tracer.record(
            TraceSpan(
                "accept",
                .server,
                at: TraceSpan.Position(identity, parentID: entry.trace?.parentID),
                start: start,
                end: end,
                attributes: [
                    TraceSpan.Attribute("http.request.method", .text(entry.method)),
                    TraceSpan.Attribute("url.path", .text(path)),
                    TraceSpan.Attribute("http.response.status_code", .integer(entry.status)),
                    TraceSpan.Attribute("tollgate.request_id", .text(entry.requestID)),
                    TraceSpan.Attribute("tollgate.client", .text(entry.caller?.client.name.rawValue ?? "-")),
                    TraceSpan.Attribute("tollgate.events", .integer(entry.accepted)),
                ],
                // A client's error is not a failure of the server (OpenTelemetry's conventions for HTTP).
                failure: entry.status >= 500 ? "status \(entry.status)" : nil
            )
        )
    }

    /// Removes a key that a client put into the address by mistake: a valid one, and anything that looks like one.
    static func withoutKeys(_ path: String, _ keys: KeyTable) -> String {
        let parts = path.split(separator: "/", maxSplits: mostParts, omittingEmptySubsequences: false)
        let shown = parts.prefix(mostParts).map { part in
            isKey(String(part), keys) ? "[redacted]" : withoutOurs(String(part))
        }
        return (parts.count > mostParts ? shown + ["…"] : shown).joined(separator: "/")
    }

    /// No served path has more parts. Examining all parts of a path with thousands would cost more than its request.
    private static let mostParts = 64

    /// Whether a part of a path is a valid key.
    private static func isKey(_ part: String, _ keys: KeyTable) -> Bool {
        !part.isEmpty && keys.holder(of: KeyDigest(of: part.removingPercentEncoding ?? part)) != nil
    }

    /// Replaces everything that has the form of a generated key, even if it is not valid.
    private static func withoutOurs(_ part: String) -> String {
        guard part.contains("tg_") else { return part }
        return part.replacing(/tg_[A-Za-z0-9_]{16,}/, with: "tg_[redacted]")
    }

    /// A request failed because of the gateway; the client only gets the request's id.
    func failed(_ requestID: String, _ error: any Error) {
        logger.error("a request failed", metadata: ["request_id": "\(requestID)", "error": "\(error)"])
    }
}
