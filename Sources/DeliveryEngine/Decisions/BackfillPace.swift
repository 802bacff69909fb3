import Events

/// How far apart the requests of backfills leave while clients send events.
///
/// A provider's limit protects the vendor, not the gateway: to read, write and settle a batch takes processor time and commits that
/// acceptance needs. Without clients there is no pace.
struct BackfillPace: Sendable, Equatable {
    /// The gateway's time for backfills of one provider: one event each.
    static let perEvent = Duration.microseconds(100)
    /// A request takes its time however few events it carries.
    static let leastPause = Duration.milliseconds(1)
    /// So that a large batch is no long pause.
    static let longestPause = Duration.milliseconds(100)

    private let pause: Duration
    private var lastLeft: ContinuousClock.Instant?

    /// - Parameter events: maximum number of events of a request.
    init(batchesOf events: Int) {
        // A larger batch has the longest pause in any case.
        let events = min(max(events, 1), 100_000)
        pause = min(max(Self.perEvent * events, Self.leastPause), Self.longestPause)
    }

    /// How long the next request waits.
    func wait(besideClients clientsSend: Bool, at now: ContinuousClock.Instant) -> Duration {
        guard clientsSend, let lastLeft else { return .zero }
        return max(.zero, lastLeft + pause - now)
    }

    /// A request leaves.
    mutating func pass(at now: ContinuousClock.Instant) {
        lastLeft = now
    }
}
