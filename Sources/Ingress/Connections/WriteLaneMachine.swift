import NIOHTTP1

/// Decides what happens to what a client sends on one HTTP/1.1 connection, and how the connection ends.
///
/// Plain writes are answered by the lane itself, one at a time; all other requests pass to the server behind it. Responses keep the
/// requests' order: a request that comes while a write is being answered waits in the lane, and a client that sends ahead is not read
/// from until its turn has come.
struct WriteLaneMachine: Sendable, Equatable {
    /// A part of a request.
    enum Part {
        /// - Parameter isWrite: whether the lane could answer the request itself. Of interest only where ``takesWrites``.
        case head(HTTPRequestHead, isWrite: Bool)
        case body(Int)
        case end
    }

    /// What to do with a part.
    enum Decision: Equatable {
        /// Keep it until the write before it is answered.
        case wait
        /// Gather the body that follows; a client that waits for 100 (Continue) is told to send it.
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
        /// - Parameter saysSo: whether the response has to say that the connection closes.
        case close(saysSo: Bool)
    }

    /// What to do when a client has used up its time.
    enum Verdict: Equatable {
        case wait
        case close
        /// Timed out reading the body of a write.
        case refuse
    }

    /// What can continue now.
    enum Step: Equatable {
        case takeWaiting
        /// Events that were kept back.
        case tellEvents
        /// The error that was kept back. The last step of the connection.
        case tellError
        case read
    }

    private enum Phase: Equatable {
        /// The next part is a request's head.
        case idle
        case collecting
        case answering
        /// Requests were let pass and are not answered yet.
        case passing(PassedRequests)
    }

    private var phase = Phase.idle
    /// Whether a request has come, ever.
    private var hadRequest = false
    /// How many parts wait.
    private var waiting = 0
    /// Whether the next part is one that has waited.
    private var isResuming = false
    private var hasEvents = false
    private var hasError = false
    private var readIsDue = false
    /// Whether the connection is old, so that the next response is its last.
    private var isAged = false
    /// Whether the response that passes closes the connection.
    private var isLastResponse = false
    /// Bytes that came after the last response; nil before it.
    private var dropped: Int?

    /// What the connection does. Nothing but a request ends its silence: a connection that was only read from is silent still.
    var standing: ConnectionStanding {
        guard phase == .idle else { return .busy }
        return hadRequest ? .idle : .silent
    }

    var isAnswering: Bool { phase == .answering }
    /// Whether a request that comes now may be answered by the lane.
    var takesWrites: Bool { phase == .idle && dropped == nil && (waiting == 0 || isResuming) }

    var isPassing: Bool {
        if case .passing = phase { true } else { false }
    }

    /// Whether something waits for the requests in flight.
    var hasKeptBack: Bool { hasEvents || hasError || waiting > 0 }

    // MARK: - From the client

    /// A write came whole, where ``takesWrites``.
    mutating func receivedWhole() {
        precondition(takesWrites, "a write that comes whole is taken only where nothing is in flight")
        hadRequest = true
        phase = .answering
    }

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
        // In the idle phase: what is left of a body whose request is answered.
        case (.idle, .body), (.idle, .end), (.collecting, .head), (.answering, _): break
        }
        return .pass
    }

    /// Drops what comes after the last response of the connection, up to a limit.
    private mutating func drop(_ part: Part, behind count: Int) -> Decision {
        if case .body(let more) = part { dropped = count + more }
        return dropped ?? 0 > PassedRequests.dropLimit ? .close : .drop
    }

    /// The body of a request that passed is wanted now.
    /// - Returns: whether to tell the client, which waits for it.
    mutating func wantsBody() -> Bool {
        guard case .passing(var requests) = phase else { return false }
        let mustTell = requests.wantsBody()
        phase = .passing(requests)
        return mustTell
    }

    /// More could be read.
    /// - Returns: whether to read; otherwise ``next(isWritable:)`` says when. Only a client that sends ahead, or does not take its
    ///   responses, is kept from it: to stop and start reading costs two system calls.
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

    /// Bytes came that are no request.
    /// - Returns: whether to keep the error back: it does not take away the response to the request before.
    mutating func keepsBackError() -> Bool {
        guard phase == .answering else { return false }
        hasError = true
        return true
    }

    mutating func patienceEnded(_ patience: PatienceEnded, isWritable: Bool) -> Verdict {
        switch (phase, patience) {
        case (.idle, .age) where waiting == 0: return .close
        case (_, .age):
            isAged = true
            return .wait
        case (.collecting, _): return .refuse
        // The response is ours to give, whatever is still to come after the request.
        case (.answering, _), (.passing, .head), (.passing, .first): return .wait
        case (.passing, .idle) where isWritable: return .wait
        case (.idle, _), (.passing, _): return .close
        }
    }

    // MARK: - To the client

    /// A write is answered.
    /// - Parameter isLast: whether the client wants the connection closed.
    mutating func answered(isLast: Bool) -> Ending {
        phase = .idle
        if isLast { return .close(saysSo: false) }
        // A client that has sent ahead has its responses first.
        return isAged && waiting == 0 ? .close(saysSo: true) : .goOn
    }

    /// A write is refused before its body has come. The connection is to close in a while: a client that is still sending may need a
    /// moment for the response.
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
    /// - Returns: whether the connection is to close in a while.
    mutating func passedEnd() -> Bool {
        if case .passing(var requests) = phase { phase = requests.answered() ? .idle : .passing(requests) }
        guard isLastResponse, dropped == nil else { return false }
        dropped = 0
        return true
    }

    /// What can continue now; nil: nothing. A client that does not take its responses gets no more of them made.
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
