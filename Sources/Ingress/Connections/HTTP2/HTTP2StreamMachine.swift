/// Decides how to handle what a client sends on one stream of an HTTP/2 connection, as ``WriteLaneMachine`` does for HTTP/1.1.
///
/// A request that does not name its host is refused. A client that waits for 100 (Continue) is told when its body is needed. One that
/// keeps sending after the response is told to stop, which does not affect the response.
struct HTTP2StreamMachine: Sendable, Equatable {
    /// A part of the request.
    enum Part: Equatable {
        /// - Parameters:
        ///   - isValid: whether it names one valid host.
        ///   - awaitsContinue: whether the client waits for 100 (Continue).
        case head(isValid: Bool, awaitsContinue: Bool)
        case body(Int)
        case end
    }

    /// What to do with a part.
    enum Decision: Equatable {
        case pass
        case drop
        /// Respond with 400, and read nothing more of the request.
        case refuse
        /// Pass it, and tell the client that nothing more of the request is needed.
        case passAndReset
    }

    /// What may still arrive.
    private enum Phase: Equatable {
        /// The body, or a part of it, has not arrived.
        case open(awaitsContinue: Bool)
        /// The response was sent before the body's end; this many bytes have arrived since.
        case dropping(Int)
        /// Nothing more of the request arrives, or is needed.
        case ended
        case refused
    }

    private var phase = Phase.open(awaitsContinue: false)

    /// Decides about the next part of the request.
    mutating func received(_ part: Part) -> Decision {
        switch (phase, part) {
        case (.refused, _): return .drop
        case (_, .head(isValid: false, _)):
            phase = .refused
            return .refuse
        case (.open, .head(isValid: true, let awaitsContinue)): phase = .open(awaitsContinue: awaitsContinue)
        case (.open, .body): phase = .open(awaitsContinue: false)
        case (.dropping(let count), .body(let more)):
            // A client that does not stop is told only once.
            phase = count + more > PassedRequests.dropLimit ? .ended : .dropping(count + more)
            return phase == .ended ? .passAndReset : .pass
        case (_, .end): phase = .ended
        case (.dropping, .head), (.ended, .head), (.ended, .body): break
        }
        return .pass
    }

    /// The body is needed now.
    /// - Returns: whether to tell the client to send it.
    mutating func wantsBody() -> Bool {
        guard phase == .open(awaitsContinue: true) else { return false }
        phase = .open(awaitsContinue: false)
        return true
    }

    /// The end of the response passes.
    /// - Returns: whether to tell the client that nothing more of the request is needed: without 100 it need not send the body, so the
    ///   stream would stay open.
    mutating func responseEnded() -> Bool {
        guard case .open(let awaitsContinue) = phase else { return false }
        phase = awaitsContinue ? .ended : .dropping(0)
        return awaitsContinue
    }
}
