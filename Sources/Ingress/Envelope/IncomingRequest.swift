import Hummingbird
import NIOCore

/// The parts of a request that all APIs have in common.
struct IncomingRequest: Sendable {
    let method: String
    /// Without the query.
    let path: String
    /// The values of `X-Request-Id` and `traceparent`, as the client sent them.
    let requestID: String?
    let traceParent: String?
    let address: SocketAddress?
}

extension IncomingRequest {
    init(_ request: Request, from address: SocketAddress?) {
        self.init(
            method: request.method.rawValue,
            path: request.uri.path,
            requestID: request.headers[.requestID],
            traceParent: request.headers[.traceParent],
            address: address
        )
    }
}
