/// The progress of one request and its response, and what an end at that point means.
///
/// It knows nothing of bytes: its owner reports when the first byte leaves, when the response begins and when it is complete.
struct ExchangeMachine: Equatable, Sendable {
    private enum State: Equatable {
        /// No byte of the request has left.
        case waiting
        /// The request, or a part of it, was handed to the system: how much of it the vendor has is unknown.
        case sent
        /// The response has begun.
        case answering(keepsConnection: Bool)
        case ended
    }

    /// What a complete response means.
    enum Completion: Equatable, Sendable {
        /// - Parameter isReusable: whether the connection may carry another exchange.
        case answered(isReusable: Bool)
        /// The vendor ended a response that it had not begun.
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

    /// The response's status and header fields have arrived.
    /// - Parameter keepsConnection: whether the vendor keeps the connection open and continues with HTTP after the response.
    mutating func answerBegan(keepsConnection: Bool) {
        guard state == .sent else { return }
        state = .answering(keepsConnection: keepsConnection)
    }

    /// The response is complete.
    /// - Parameter requestIsWritten: whether the whole request has left; a vendor that responds before it has read all of the request may
    ///   never read the rest.
    mutating func answerEnded(requestIsWritten: Bool) -> Completion {
        defer { state = .ended }
        guard case .answering(let keepsConnection) = state else { return .broken }
        return .answered(isReusable: keepsConnection && requestIsWritten)
    }
}
