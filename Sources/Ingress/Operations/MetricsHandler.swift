import HTTPTypes
import Hummingbird
import NIOCore

/// Writes the gateway's metrics; `Gateway` fills it.
package protocol MetricsReporting: Sendable {
    /// The metrics as they are now, in the Prometheus text format 0.0.4. Without keys, and without the names of clients and tenants.
    func text() async -> [UInt8]
}

/// `GET /metrics`: for a collector on this machine without a key, for others with the scope `admin`.
struct MetricsHandler: Sendable {
    let reporting: any MetricsReporting
    /// Whether the gateway listens for this machine alone.
    private let isLocal: Bool

    init(reporting: any MetricsReporting, listeningOn host: String) {
        self.reporting = reporting
        isLocal = host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// Whether this request needs no key: it comes from this machine, and no proxy says that it passes it on for somebody else.
    func isOpen(to request: Request) -> Bool {
        let marks: [HTTPField.Name] = [.forwarded, .forwardedFor, .via]
        return isLocal && marks.allSatisfy { request.headers[$0] == nil }
    }

    func respond() async -> Response {
        let text = await reporting.text()
        return Response(
            status: .ok,
            headers: [.contentType: "text/plain; version=0.0.4; charset=utf-8", .contentLength: "\(text.count)"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: text))
        )
    }
}

// Safe: constants that are tokens by RFC 9110.
extension HTTPField.Name {
    fileprivate static let forwarded = HTTPField.Name("Forwarded")!
    fileprivate static let forwardedFor = HTTPField.Name("X-Forwarded-For")!
    fileprivate static let via = HTTPField.Name("Via")!
}
