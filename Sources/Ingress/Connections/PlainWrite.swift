import NIOHTTP1

/// The head of a write of events in its plainest form: `POST /v1/events`, a body of known and moderate length, nothing encoded and
/// nothing to negotiate. Most writes are so; the rest goes the long way.
struct PlainWrite: Sendable {
    private(set) var authorization: String?
    private(set) var apiKey: String?
    private(set) var contentType: String?
    private(set) var requestID: String?
    private(set) var traceParent: String?
    /// Of the body.
    let length: Int
    /// Whether the client wants the connection closed after the answer.
    private(set) var isLast = false

    /// A longer body is read as a stream.
    private static let longestBody = 4 << 20

    /// Nil if the request is of another kind, or asks for anything beyond the plain.
    /// - Parameter limit: what a body may have at most.
    init?(_ head: HTTPRequestHead, limitBytes limit: Int) {
        guard head.method == .POST, head.version == .http1_1, head.uri == "/v1/events" else { return nil }
        var length: Int?
        var hosts = 0
        for (name, value) in head.headers {
            switch name.utf8.count {
            case 14 where name.isField("content-length"):
                guard length == nil, let bytes = Int(value) else { return nil }
                length = bytes
            case 4 where name.isField("host"): hosts += 1
            case 13 where name.isField("authorization"): authorization = value
            case 9 where name.isField("x-api-key"): apiKey = value
            case 12 where name.isField("content-type"): contentType = value
            case 12 where name.isField("x-request-id"): requestID = value
            case 11 where name.isField("traceparent"): traceParent = value
            case 10 where name.isField("connection"):
                guard !value.isField("upgrade") else { return nil }
                isLast = isLast || value.isField("close")
            case 16 where name.isField("content-encoding"), 17 where name.isField("transfer-encoding"),
                6 where name.isField("expect"), 6 where name.isField("prefer"), 7 where name.isField("upgrade"),
                14 where name.isField("ce-specversion"):
                return nil
            default: break
            }
        }
        guard hosts == 1, let length, (0...min(limit, Self.longestBody)).contains(length) else { return nil }
        self.length = length
    }
}

extension String {
    /// Whether this is the name, which is in lower case, in whatever case.
    fileprivate func isField(_ name: String) -> Bool {
        utf8.elementsEqual(name.utf8) { $0 == $1 || ((65...90).contains($0) && $0 + 32 == $1) }
    }
}
