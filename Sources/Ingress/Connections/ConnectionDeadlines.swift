/// Decides when a connection, or a stream of one, times out. It gets the traffic, is asked at intervals, and reads no clock.
struct ConnectionDeadlines: Sendable {
    /// The timeouts. Nil means none.
    struct Limits: Sendable, Equatable {
        /// The interval between two checks.
        var interval: Duration
        /// A body that receives fewer bytes between two checks is stalled.
        var leastBytes: Int
        /// From the start to the first request.
        var firstRequest: Duration?
        /// Maximum age of the connection.
        var age: Duration?
    }

    /// The maximum number of checks for a stalled head or body, for a connection without traffic in either direction, and for
    /// output that is not sent.
    static let (stalledLooks, idleLooks, blockedLooks) = (2, 8, 8)

    private let limits: Limits
    /// Since the connection or stream began, as far as checks have told.
    private var elapsed = Duration.zero
    private var hadRequest = false
    /// Whether it has reached its maximum age: its next response is the last.
    private var isAged = false

    /// Whether a byte went in either direction since the last check.
    private var hasMoved = false
    /// How many checks in a row saw no traffic.
    private var idle = 0
    private var isReading = false
    /// Whether a part of a request was decoded from the bytes that are being processed.
    private var sawPart = false
    private var isHeadOpen = false
    private var isBodyOpen = false
    /// Whether the head or the body began after the last check.
    private var isFresh = false
    /// Of a body, since the last check.
    private var bytes = 0
    /// How many checks in a row saw too few bytes of an open head or body.
    private var stalled = 0
    /// Whether output waits for the peer to read it.
    private var isBlocked = false
    /// How many checks in a row saw output that the peer does not read.
    private var blocked = 0

    init(_ limits: Limits) {
        self.limits = limits
    }

    // MARK: - What passes

    /// A part of a request was decoded.
    mutating func received(_ part: PartTiming) {
        hasMoved = true
        sawPart = true
        isHeadOpen = false
        switch part {
        case .head:
            hadRequest = true
            isBodyOpen = true
            isFresh = true
            stalled = 0
        case .body(let count): bytes += count
        case .end: isBodyOpen = false
        }
    }

    /// The bytes that the system had were processed.
    mutating func readCompleted() {
        isReading = false
        // The bytes that arrived do not complete a head yet.
        if !sawPart, !isBodyOpen, !isHeadOpen {
            isHeadOpen = true
            isFresh = true
            stalled = 0
        }
        sawPart = false
    }

    /// The gateway is ready to read, so time counts against the client again.
    mutating func readBegan() {
        isReading = true
    }

    /// A whole request arrived, or a response left.
    mutating func moved() {
        hasMoved = true
    }

    /// A whole request arrived that bypassed the decoder.
    mutating func requested() {
        hasMoved = true
        hadRequest = true
    }

    /// Output was written.
    /// - Returns: whether ``sent()`` must be called when it has left: true if no earlier output is waiting.
    mutating func wrote() -> Bool {
        hasMoved = true
        guard !isBlocked else { return false }
        isBlocked = true
        blocked = 0
        return true
    }

    /// The output that ``wrote()`` asked about has left.
    mutating func sent() {
        isBlocked = false
    }

    // MARK: - Looks

    /// Time until the next check.
    var untilNextLook: Duration {
        guard !hadRequest, let limit = limits.firstRequest, limit > elapsed else { return limits.interval }
        return min(limits.interval, limit - elapsed)
    }

    /// Checks the connection.
    /// - Parameter time: since the previous check.
    /// - Returns: the timeout that has passed; nil if none has.
    mutating func look(after time: Duration) -> PatienceEnded? {
        elapsed += time
        idle = hasMoved ? 0 : idle + 1
        hasMoved = false
        let isStalled = isHeadOpen || (isBodyOpen && bytes < limits.leastBytes)
        stalled = isStalled && isReading && !isFresh ? stalled + 1 : 0
        blocked = isBlocked ? blocked + 1 : 0
        bytes = 0
        isFresh = false
        if stalled >= Self.stalledLooks { return isBodyOpen ? .body : .head }
        if !hadRequest, let limit = limits.firstRequest, elapsed >= limit { return .first }
        if blocked >= Self.blockedLooks { return .output }
        if idle >= Self.idleLooks { return .idle }
        guard !isAged, let age = limits.age, elapsed >= age else { return nil }
        isAged = true
        return .age
    }
}

/// The timeout that has passed, or the connection's maximum age.
enum PatienceEnded: Equatable {
    case head, body, idle
    /// Timed out waiting for the first request.
    case first
    /// The client does not read its responses.
    case output
    case age
}

/// A part of a request, as far as timeouts are concerned.
enum PartTiming: Equatable {
    case head
    case body(Int)
    case end
}
