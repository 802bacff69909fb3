/// Decides what happens to what a client sends on one stream of an HTTP/2 connection: what ``WriteLaneMachine`` does for HTTP/1.1.
///
/// A request that does not say for which host it is, is refused. A client that waits for 100 (Continue) is told when its body is wanted.
/// One that keeps sending after the response is told to stop, which takes nothing away from the response.
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
        /// Respond with 400, and want nothing more of the request.
        case refuse
        /// Pass it, and tell the client that nothing more of the request is wanted.
        case passAndReset
    }

    private enum Phase: Equatable {
        /// The body is still to come, or a part of it.
        case open(awaitsContinue: Bool)
        /// The response went out before the body's end; so many bytes have come since.
        case dropping(Int)
        /// Nothing more of the request comes, or is wanted.
        case ended
        case refused
    }

    private var phase = Phase.open(awaitsContinue: false)

    mutating func received(_ part: Part) -> Decision {
        switch (phase, part) {
        case (.refused, _): return .drop
        case (_, .head(isValid: false, _)):
            phase = .refused
            return .refuse
        case (.open, .head(isValid: true, let awaitsContinue)): phase = .open(awaitsContinue: awaitsContinue)
        case (.open, .body): phase = .open(awaitsContinue: false)
        case (.dropping(let count), .body(let more)):
            // One that does not stop is told once.
            phase = count + more > PassedRequests.dropLimit ? .ended : .dropping(count + more)
            return phase == .ended ? .passAndReset : .pass
        case (_, .end): phase = .ended
        case (.dropping, .head), (.ended, .head), (.ended, .body): break
        }
        return .pass
    }

    /// The body is wanted now.
    /// - Returns: whether to tell the client, which waits for it.
    mutating func wantsBody() -> Bool {
        guard phase == .open(awaitsContinue: true) else { return false }
        phase = .open(awaitsContinue: false)
        return true
    }

    /// The end of the response passes.
    /// - Returns: whether to tell the client that nothing more of the request is wanted: without 100 it need not send the body, so that the
    ///   stream would stay open for nothing.
    mutating func responseEnded() -> Bool {
        guard case .open(let awaitsContinue) = phase else { return false }
        phase = awaitsContinue ? .ended : .dropping(0)
        return awaitsContinue
    }
}
