/// Decides when an HTTP/2 connection ends, and how: it gets events and the connection's age, and returns what to send.
///
/// A graceful end takes two GOAWAY frames (RFC 9113, section 6.8): the first announces that no more streams are accepted, followed by a PING;
/// when the PING is acknowledged, all streams that the client had opened are known, and the second names the last of them. The gateway does
/// not wait for a client that does not acknowledge it.
struct HTTP2Lifetime: Sendable, Equatable {
    /// Maximum durations.
    struct Limits: Sendable, Equatable {
        /// Until the first stream is opened. Nil: no limit.
        var firstStream: Duration?
        /// Without an open stream.
        var idle: Duration
        /// Of the connection. Nil: no limit.
        var age: Duration?
        /// Until the PING after the first GOAWAY is back, if no stream is open.
        var acknowledgement = Duration.seconds(5)
        /// From the first GOAWAY to the end, with streams open.
        var drain = Duration.seconds(15)
    }

    /// What to do on the connection, in order.
    enum Action: Equatable {
        /// The first GOAWAY, and a PING.
        case announceEnd
        /// The second GOAWAY, which names the last stream.
        case goAway(lastStream: Int)
        case close
    }

    /// How far a graceful end has come.
    private enum Phase: Equatable {
        case open
        case ending(since: Duration, isAcknowledged: Bool)
        case closed
    }

    private let limits: Limits
    private var phase = Phase.open
    private var streams: Set<Int> = []
    /// The highest number so far, which tells the client what was still accepted; 0 before the first.
    private var lastStream = 0
    /// When the last open stream ended.
    private var idleSince = Duration.zero

    init(_ limits: Limits) {
        self.limits = limits
    }

    /// Whether a stream is open.
    var isBusy: Bool { !streams.isEmpty }

    /// When to ask next; nil: never.
    var deadline: Duration? {
        switch phase {
        case .open:
            let silent = streams.isEmpty ? (lastStream == 0 ? limits.firstStream : nil) ?? idleSince + limits.idle : nil
            return [silent, limits.age].compactMap { $0 }.min()
        case .ending(let start, let isAcknowledged):
            return start + (streams.isEmpty && !isAcknowledged ? limits.acknowledgement : limits.drain)
        case .closed: return nil
        }
    }

    /// A stream was opened; its number may become the last one in GOAWAY.
    mutating func opened(_ stream: Int) {
        streams.insert(stream)
        lastStream = max(lastStream, stream)
    }

    /// A stream has ended. With the last one, an announced end is completed.
    mutating func closed(_ stream: Int, at now: Duration) -> [Action] {
        guard streams.remove(stream) != nil, streams.isEmpty else { return [] }
        idleSince = now
        guard case .ending(_, isAcknowledged: true) = phase else { return [] }
        phase = .closed
        return [.close]
    }

    /// The time of ``deadline`` has been reached, or something happened.
    mutating func look(at now: Duration) -> [Action] {
        guard let deadline, now >= deadline else { return [] }
        switch phase {
        case .open where streams.isEmpty && lastStream == 0 && limits.firstStream.map({ now >= $0 }) ?? false:
            phase = .closed
            return [.goAway(lastStream: 0), .close]
        case .open: return end(at: now)
        case .ending:
            phase = .closed
            return [.close]
        case .closed: return []
        }
    }

    /// The connection ends when its streams have ended.
    mutating func end(at now: Duration) -> [Action] {
        guard case .open = phase else { return [] }
        phase = .ending(since: now, isAcknowledged: false)
        return [.announceEnd]
    }

    /// The PING after the first GOAWAY is back.
    mutating func acknowledged() -> [Action] {
        guard case .ending(let start, isAcknowledged: false) = phase else { return [] }
        guard !streams.isEmpty else {
            phase = .closed
            return [.goAway(lastStream: lastStream), .close]
        }
        phase = .ending(since: start, isAcknowledged: true)
        return [.goAway(lastStream: lastStream)]
    }

    /// The client sends nothing more, or the connection is broken.
    mutating func failed() -> [Action] {
        guard phase != .closed else { return [] }
        phase = .closed
        return [.goAway(lastStream: lastStream), .close]
    }
}
