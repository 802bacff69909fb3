import NIOHTTP1

/// The requests without a response that ``WriteLane`` let through, as far as they decide how the connection continues after a response
/// that is sent before the request's body has arrived.
///
/// A small remainder of a body is read and dropped, so that the connection can be reused. If the remainder is large, or of unknown
/// length, the response says that the connection closes. It closes after a short delay, during which incoming bytes are still dropped,
/// because closing at once could destroy the response.
struct PassedRequests: Sendable, Equatable {
    /// Maximum number of bytes that are read and dropped after a response.
    static let dropLimit = 256 << 10

    /// Requests without a response; at least 1.
    private var open: Int
    /// For the newest one: whether its body is incomplete, and how much of it is missing; nil if unknown.
    private var isBodyOpen = true
    private var rest: Int?
    /// Whether the client waits for 100 (Continue).
    private var awaitsContinue = false

    init(_ head: HTTPRequestHead) {
        open = 0
        received(head)
    }

    /// The head of another request was let through.
    mutating func received(_ head: HTTPRequestHead) {
        open += 1
        isBodyOpen = true
        let isChunked = head.headers.contains(name: "transfer-encoding")
        rest = isChunked ? nil : head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        awaitsContinue =
            !head.version.precedes1_1 && rest != 0
            && head.headers.first(name: "expect")?.lowercased() == "100-continue"
    }

    /// A part of the newest request's body arrived, so the client does not wait for 100 (Continue).
    mutating func received(bytes: Int) {
        rest = rest.map { max(0, $0 - bytes) }
        awaitsContinue = false
    }

    /// The newest request is complete.
    mutating func receivedEnd() {
        isBodyOpen = false
        awaitsContinue = false
    }

    /// The body is needed now.
    /// - Returns: whether to tell the client to send it.
    mutating func wantsBody() -> Bool {
        defer { awaitsContinue = false }
        return awaitsContinue && open == 1
    }

    /// Whether no other request waits behind the current one.
    var isOneOnly: Bool { open == 1 }

    /// Whether the connection must close after the response whose head is written now.
    var closesBehindAnswer: Bool {
        guard open == 1, isBodyOpen else { return false }
        // Without 100 the client need not send the body, so what arrives next could be either the body or another request.
        return awaitsContinue || rest.map { $0 > Self.dropLimit } ?? true
    }

    /// The oldest one has its response.
    /// - Returns: whether none is left.
    mutating func answered() -> Bool {
        open -= 1
        return open <= 0
    }
}
