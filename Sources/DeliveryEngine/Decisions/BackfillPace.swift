import Events

/// The interval between backfill requests while clients are sending events.
///
/// A provider's limit protects the vendor, not the gateway: reading, writing and settling a batch takes processor time and commits that
/// acceptance needs. While no client sends, there is no pace.
struct BackfillPace: Sendable, Equatable {
    /// How much of the gateway's time backfills of one provider get per event.
    static let perEvent = Duration.microseconds(500)
    /// A request takes this time however few events it carries.
    static let leastPause = Duration.milliseconds(1)
    /// Limits the pause after a large batch.
    static let longestPause = Duration.milliseconds(500)

    private let pause: Duration
    private var lastLeft: ContinuousClock.Instant?

    /// - Parameter events: maximum number of events per request.
    init(batchesOf events: Int) {
        // Larger batches get the longest pause anyway.
        let events = min(max(events, 1), 100_000)
        pause = min(max(Self.perEvent * events, Self.leastPause), Self.longestPause)
    }

    /// How long the next request waits.
    func wait(besideClients clientsSend: Bool, at now: ContinuousClock.Instant) -> Duration {
        guard clientsSend, let lastLeft else { return .zero }
        return max(.zero, lastLeft + pause - now)
    }

    /// A request leaves now.
    mutating func pass(at now: ContinuousClock.Instant) {
        lastLeft = now
    }
}
