import NIOCore

/// One connection to a vendor, with one exchange at a time: what may be done with it, and what its end means.
///
/// It is free again only when all that came with an answer has been read: what a vendor sends beyond an answer ends the connection, and
/// is never taken for the answer to the next request.
struct ConnectionMachine: Sendable {
    enum State: Equatable, Sendable {
        /// It is not known yet how to speak: TLS may have to be agreed upon.
        case greeting
        case free
        case busy(exchange: Int)
        /// The answer is complete, and may have been followed by something.
        case answered
        case ended
    }

    /// What the end of a connection means for others.
    enum End: Equatable, Sendable {
        /// It had ended before.
        case known
        /// The connection was never ready for a request.
        case greetingFails
        /// The exchange in flight gets no complete answer.
        case exchangeFails
        /// - Parameter byVendor: whether the vendor closed it.
        case wasFree(byVendor: Bool)
    }

    /// How long a connection waits for its next request: less than most servers do.
    static let longestIdle = TimeAmount.seconds(30)

    private(set) var state = State.greeting
    /// When the state has lasted too long.
    private(set) var due: NIODeadline

    /// - Parameter due: when the connection must be ready for its first request.
    init(due: NIODeadline) {
        self.due = due
    }

    /// Nothing has to be agreed upon any more before the first request.
    /// - Returns: whether that is news.
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

    /// The answer of the exchange is complete.
    mutating func answerEnded(at now: NIODeadline) {
        guard case .busy = state else { return }
        state = .answered
        due = now + Self.longestIdle
    }

    /// All that has come by now is read.
    /// - Returns: whether the connection has become free by it.
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

    /// Whether the state has lasted too long.
    func isOverdue(at now: NIODeadline) -> Bool {
        state != .ended && due <= now
    }
}
