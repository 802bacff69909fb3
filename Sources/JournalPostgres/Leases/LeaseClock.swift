/// Until when a node can be sure that nobody has buried it: no request leaves after that.
///
/// The database's clock decides when a node is buried, and counts from when it *carried out* the heartbeat. This clock counts from before
/// the heartbeat was *sent*, so it is always over first, however long the answer took. ``ContinuousClock`` continues while the machine
/// sleeps and while the process is stopped.
struct LeaseClock: Sendable, Equatable {
    let settings: LeaseSettings
    /// Nil: the node is not in the list.
    private(set) var safeUntil: ContinuousClock.Instant?

    init(_ settings: LeaseSettings) {
        self.settings = settings
    }

    /// The database has answered a heartbeat, and the node is in its list.
    /// - Parameter sent: when the heartbeat was about to be sent.
    mutating func confirmed(sent: ContinuousClock.Instant) {
        let end = sent + settings.lease - settings.margin
        // Answers may come out of order when a connection was lost in between; an older one takes nothing back.
        safeUntil = safeUntil.map { max($0, end) } ?? end
    }

    /// The node was buried.
    mutating func buried() {
        safeUntil = nil
    }

    /// Whether a request may leave.
    func isSafe(at now: ContinuousClock.Instant) -> Bool {
        safeUntil.map { now < $0 } ?? false
    }
}
