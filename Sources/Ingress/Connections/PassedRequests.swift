import NIOHTTP1

/// The unanswered requests that ``WriteLane`` let pass, as far as they decide how the connection continues after a response
/// that comes before its request's body.
///
/// A small rest of a body is read and dropped, so that the connection can be reused. For a large rest, or one of unknown length,
/// the response says that the connection closes, and it does after a short delay, during which incoming bytes are still
/// dropped, because closing at once could destroy the response.
struct PassedRequests: Sendable, Equatable {
    /// The most that is read and dropped after an answer.
    static let dropLimit = 256 << 10

    /// Not answered, at least 1.
    private var open: Int
    /// Of the newest: whether its body is still to come, and how much of it; nil: unknown.
    private var isBodyOpen = true
    private var rest: Int?
    /// Whether the client waits for 100 (Continue).
    private var awaitsContinue = false

    init(_ head: HTTPRequestHead) {
        open = 0
        received(head)
    }

    mutating func received(_ head: HTTPRequestHead) {
        open += 1
        isBodyOpen = true
        let isChunked = head.headers.contains(name: "transfer-encoding")
        rest = isChunked ? nil : head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        awaitsContinue =
            !head.version.precedes1_1 && rest != 0
            && head.headers.first(name: "expect")?.lowercased() == "100-continue"
    }

    mutating func received(bytes: Int) {
        rest = rest.map { max(0, $0 - bytes) }
        awaitsContinue = false
    }

    mutating func receivedEnd() {
        isBodyOpen = false
        awaitsContinue = false
    }

    /// The body is wanted now.
    /// - Returns: whether to tell the client, which waits for it.
    mutating func wantsBody() -> Bool {
        defer { awaitsContinue = false }
        return awaitsContinue && open == 1
    }

    /// Whether no other request waits behind the one that is answered now.
    var isOneOnly: Bool { open == 1 }

    /// Whether the connection has to close after the answer whose head is written now.
    var closesBehindAnswer: Bool {
        guard open == 1, isBodyOpen else { return false }
        // Without 100 the client need not send the body, so what comes next could be either that or a request.
        return awaitsContinue || rest.map { $0 > Self.dropLimit } ?? true
    }

    /// The oldest is answered.
    /// - Returns: whether none is left.
    mutating func answered() -> Bool {
        open -= 1
        return open <= 0
    }
}
