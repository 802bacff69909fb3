/// How far one request and its answer have come, and what an end means.
///
/// It knows nothing of bytes: whoever carries the exchange out says when the first byte leaves, when the answer begins and when it is
/// complete.
struct ExchangeMachine: Equatable, Sendable {
    private enum State: Equatable {
        /// No byte of the request has left.
        case waiting
        /// The request, or a part of it, was handed to the system: how much of it the vendor has is unknown.
        case sent
        /// The answer has begun.
        case answering(keepsConnection: Bool)
        case ended
    }

    /// What a complete answer means.
    enum Completion: Equatable, Sendable {
        /// - Parameter isReusable: whether the connection may carry another exchange.
        case answered(isReusable: Bool)
        /// The vendor ended an answer that it had not begun.
        case broken
    }

    private var state = State.waiting

    /// Whether a byte of the request may have reached the vendor.
    var wasSent: Bool { state != .waiting }

    /// The request is about to be handed to the system.
    mutating func leaves() {
        precondition(state == .waiting, "an exchange is sent once")
        state = .sent
    }

    /// The answer's status and fields are there.
    /// - Parameter keepsConnection: whether the vendor says that the connection stays, and speaks HTTP after the answer.
    mutating func answerBegan(keepsConnection: Bool) {
        guard state == .sent else { return }
        state = .answering(keepsConnection: keepsConnection)
    }

    /// The answer is complete.
    /// - Parameter requestIsWritten: whether all of the request has left; a vendor that answers before it has read the request to its
    ///   end may never read on.
    mutating func answerEnded(requestIsWritten: Bool) -> Completion {
        defer { state = .ended }
        guard case .answering(let keepsConnection) = state else { return .broken }
        return .answered(isReusable: keepsConnection && requestIsWritten)
    }
}
