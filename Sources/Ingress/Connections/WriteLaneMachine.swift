import NIOHTTP1

/// Decides how to handle what a client sends on one HTTP/1.1 connection, and how the connection ends.
///
/// The lane itself handles plain writes, one at a time; all other requests are passed to the server behind it. Responses keep the
/// requests' order: a request that arrives while a write is in flight waits in the lane, and a client that sends ahead is not read from
/// until it is its turn.
struct WriteLaneMachine: Sendable, Equatable {
    /// A part of a request.
    enum Part {
        /// - Parameter isWrite: whether the lane could handle the request itself. Only relevant if ``takesWrites``.
        case head(HTTPRequestHead, isWrite: Bool)
        case body(Int)
        case end
    }

    /// What to do with a part.
    enum Decision: Equatable {
        /// Keep it until the write before it has its response.
        case wait
        /// Collect the body that follows; a client that waits for 100 (Continue) is told to send it.
        case gatherBody(saysContinue: Bool)
        /// Add it to the body that is collected.
        case gather
        /// The write is complete.
        case answer
        case pass
        case drop
        /// The client sends too much after the last response.
        case close
    }

    /// What to do after a response of the lane's own.
    enum Ending: Equatable {
        case goOn
        /// - Parameter saysSo: whether the response must say that the connection closes.
        case close(saysSo: Bool)
    }

    /// What to do when a client has timed out.
    enum Verdict: Equatable {
        case wait
        case close
        /// Timed out reading the body of a write.
        case refuse
    }

    /// What can continue now.
    enum Step: Equatable {
        case takeWaiting
        /// Pass on delayed events.
        case tellEvents
        /// Pass on the delayed error. The last step of the connection.
        case tellError
        case read
    }

    /// What the lane is doing with the current request.
    private enum Phase: Equatable {
        /// The next part is a request's head.
        case idle
        case collecting
        case answering
        /// Requests were let through and have no response yet.
        case passing(PassedRequests)
    }

    private var phase = Phase.idle
    /// Whether any request has arrived so far.
    private var hadRequest = false
    /// How many parts wait.
    private var waiting = 0
    /// Whether the next part is one that has waited.
    private var isResuming = false
    /// Whether events wait that would end the connection.
    private var hasEvents = false
    /// Whether an error waits behind the request in flight.
    private var hasError = false
    /// Whether the channel asked for more while nothing could be taken.
    private var readIsDue = false
    /// Whether the connection is old, so that the next response is its last.
    private var isAged = false
    /// Whether the response that passes closes the connection.
    private var isLastResponse = false
    /// Number of bytes that arrived after the last response; nil before it.
    private var dropped: Int?

    /// What the connection is doing. Only a request ends its silence: a connection that was only read from is still silent.
    var standing: ConnectionStanding {
        guard phase == .idle else { return .busy }
        return hadRequest ? .idle : .silent
    }

    /// Whether a write of the lane itself has no response yet.
    var isAnswering: Bool { phase == .answering }
    /// Whether the lane may handle a request that arrives now.
    var takesWrites: Bool { phase == .idle && dropped == nil && (waiting == 0 || isResuming) }

    /// Whether requests are with Hummingbird.
    var isPassing: Bool {
        if case .passing = phase { true } else { false }
    }

    /// Whether something waits for the requests in flight.
    var hasKeptBack: Bool { hasEvents || hasError || waiting > 0 }

    // MARK: - From the client

    /// A write arrived completely, while ``takesWrites``.
    mutating func receivedWhole() {
        precondition(takesWrites, "a write that comes whole is taken only where nothing is in flight")
        hadRequest = true
        phase = .answering
    }

    /// Decides about the next part of a request.
    mutating func received(_ part: Part) -> Decision {
        guard phase != .answering, waiting == 0 || isResuming else {
            waiting += 1
            return .wait
        }
        isResuming = false
        return decide(part)
    }

    /// The part that is received next is the oldest one that waits.
    mutating func resume() {
        precondition(waiting > 0 && phase != .answering, "a part waits until its turn comes")
        waiting -= 1
        isResuming = true
    }

    private mutating func decide(_ part: Part) -> Decision {
        if let dropped { return drop(part, behind: dropped) }
        if case .head = part { hadRequest = true }
        switch (phase, part) {
        case (.idle, .head(let head, isWrite: true)):
            phase = .collecting
            return .gatherBody(saysContinue: head.headers.contains(name: "expect"))
        case (.idle, .head(let head, isWrite: false)):
            phase = .passing(PassedRequests(head))
        case (.passing(var requests), .head(let head, _)):
            requests.received(head)
            phase = .passing(requests)
        case (.passing(var requests), .body(let count)):
            requests.received(bytes: count)
            phase = .passing(requests)
        case (.passing(var requests), .end):
            requests.receivedEnd()
            phase = .passing(requests)
        case (.collecting, .body): return .gather
        case (.collecting, .end):
            phase = .answering
            return .answer
        // While idle: the remainder of a body whose request already has its response.
        case (.idle, .body), (.idle, .end), (.collecting, .head), (.answering, _): break
        }
        return .pass
    }

    /// Drops what arrives after the last response of the connection, up to a limit.
    private mutating func drop(_ part: Part, behind count: Int) -> Decision {
        if case .body(let more) = part { dropped = count + more }
        return dropped ?? 0 > PassedRequests.dropLimit ? .close : .drop
    }

    /// The body of a request that was let through is needed now.
    /// - Returns: whether to tell the client to send it.
    mutating func wantsBody() -> Bool {
        guard case .passing(var requests) = phase else { return false }
        let mustTell = requests.wantsBody()
        phase = .passing(requests)
        return mustTell
    }

    /// More could be read.
    /// - Returns: whether to read now; otherwise ``next(isWritable:)`` says when. Only a client that sends ahead, or does not read its
    ///   responses, is held back: stopping and restarting to read costs two system calls.
    mutating func mayRead(isWritable: Bool) -> Bool {
        if waiting == 0, isWritable { return true }
        readIsDue = true
        return false
    }

    /// An event would end the connection.
    /// - Returns: whether to delay it: a client that has closed its sending side still gets its response, and a shutdown waits for it.
    mutating func keepsBackEnd() -> Bool {
        guard phase == .answering || phase == .collecting else { return false }
        hasEvents = true
        return true
    }

    /// Bytes arrived that are not a request.
    /// - Returns: whether to delay the error, so that the previous request still gets its response.
    mutating func keepsBackError() -> Bool {
        guard phase == .answering else { return false }
        hasError = true
        return true
    }

    /// Decides what to do about a timeout. A write in flight always gets its response.
    mutating func patienceEnded(_ patience: PatienceEnded, isWritable: Bool) -> Verdict {
        switch (phase, patience) {
        case (.idle, .age) where waiting == 0: return .close
        case (_, .age):
            isAged = true
            return .wait
        case (.collecting, _): return .refuse
        // The response is the gateway's own, whatever remains of the request.
        case (.answering, _), (.passing, .head), (.passing, .first): return .wait
        case (.passing, .idle) where isWritable: return .wait
        case (.idle, _), (.passing, _): return .close
        }
    }

    // MARK: - To the client

    /// A write has its response.
    /// - Parameter isLast: whether the client wants the connection closed.
    mutating func answered(isLast: Bool) -> Ending {
        phase = .idle
        if isLast { return .close(saysSo: false) }
        // A client that has sent ahead gets its responses first.
        return isAged && waiting == 0 ? .close(saysSo: true) : .goOn
    }

    /// A write is refused before its body has arrived. The connection closes after a delay, because a client that is still sending may
    /// need time to read the response.
    mutating func refused() {
        phase = .idle
        dropped = 0
    }

    /// The head of a response passes.
    /// - Parameter saysClose: whether it says that the connection closes.
    /// - Returns: whether it has to say so.
    mutating func passedHead(saysClose: Bool) -> Bool {
        var closes = false
        if case .passing(let requests) = phase {
            closes = requests.closesBehindAnswer || (isAged && requests.isOneOnly)
        }
        isLastResponse = closes || saysClose
        return closes
    }

    /// The end of a response passes.
    /// - Returns: whether the connection must close after a delay.
    mutating func passedEnd() -> Bool {
        if case .passing(var requests) = phase { phase = requests.answered() ? .idle : .passing(requests) }
        guard isLastResponse, dropped == nil else { return false }
        dropped = 0
        return true
    }

    /// What can continue now; nil if nothing can. For a client that does not read its responses, no more are produced.
    mutating func next(isWritable: Bool) -> Step? {
        if waiting > 0 { return isWritable && phase != .answering ? .takeWaiting : nil }
        if hasEvents, phase == .idle {
            hasEvents = false
            return .tellEvents
        }
        if hasError {
            if phase == .answering { return nil }
            hasError = false
            return .tellError
        }
        guard readIsDue, isWritable else { return nil }
        readIsDue = false
        return .read
    }
}
