import NIOCore

/// One connection to a vendor, with one exchange at a time: what it can be used for, and what its end means.
///
/// It is free again only when everything that came with a response has been read: bytes beyond a response end the connection, and are
/// never mistaken for the response to the next request.
struct ConnectionMachine: Sendable {
    enum State: Equatable, Sendable {
        /// The protocol is not agreed on yet: a TLS handshake may be in progress.
        case greeting
        case free
        case busy(exchange: Int)
        /// The response is complete, and more bytes may have followed it.
        case answered
        case ended
    }

    /// What the end of a connection means for others.
    enum End: Equatable, Sendable {
        /// It had already ended.
        case known
        /// The connection was never ready for a request.
        case greetingFails
        /// The exchange in flight gets no complete response.
        case exchangeFails
        /// - Parameter byVendor: whether the vendor closed it.
        case wasFree(byVendor: Bool)
    }

    /// How long an idle connection is kept: less than most servers do.
    static let longestIdle = TimeAmount.seconds(30)

    private(set) var state = State.greeting
    /// When the state times out.
    private(set) var due: NIODeadline

    /// - Parameter due: when the connection must be ready for its first request.
    init(due: NIODeadline) {
        self.due = due
    }

    /// The connection is ready for its first request.
    /// - Returns: whether it was not before.
    mutating func greeted(at now: NIODeadline) -> Bool {
        guard state == .greeting else { return false }
        state = .free
        due = now + Self.longestIdle
        return true
    }

    /// An exchange begins; the connection must be free.
    mutating func began(_ exchange: Int, until deadline: NIODeadline) {
        precondition(state == .free, "a connection has one exchange at a time")
        state = .busy(exchange: exchange)
        due = deadline
    }

    /// The response of the exchange is complete.
    mutating func answerEnded(at now: NIODeadline) {
        guard case .busy = state else { return }
        state = .answered
        due = now + Self.longestIdle
    }

    /// Everything that has arrived so far is read.
    /// - Returns: whether this made the connection free.
    mutating func readCompleted() -> Bool {
        guard state == .answered else { return false }
        state = .free
        return true
    }

    /// The connection is closed, or must be.
    mutating func end(byVendor: Bool) -> End {
        defer { state = .ended }
        switch state {
        case .ended: return .known
        case .greeting: return .greetingFails
        case .busy: return .exchangeFails
        case .free, .answered: return .wasFree(byVendor: byVendor)
        }
    }

    /// Whether the state has timed out.
    func isOverdue(at now: NIODeadline) -> Bool {
        state != .ended && due <= now
    }
}
