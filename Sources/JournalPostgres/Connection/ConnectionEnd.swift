import Synchronization

/// When a connection that is to be closed ends the wait for an answer that may never come: the network to the server may be silent.
final class ConnectionEnd: Sendable {
    /// Answers that come at all come sooner.
    static let patience = Duration.seconds(10)

    private let end = Mutex<ContinuousClock.Instant?>(nil)

    /// Nil while the connection is in use.
    var time: ContinuousClock.Instant? { end.withLock { $0 } }

    /// The connection is to be closed.
    func begin() {
        end.withLock { end in
            if end == nil { end = .now + Self.patience }
        }
    }
}
