/// Whether clients are sending events, and whether accepting them takes too long, judged by recent counters.
struct AcceptanceLoad: Sendable {
    /// Requests since the start, and how many of them were slow.
    struct Counts: Sendable, Equatable {
        var requests = 0
        var slow = 0
    }

    /// How far back it looks.
    private static let span = Duration.seconds(10)
    /// Readings closer together than this add no information.
    private static let step = Duration.milliseconds(500)
    /// Clients count as sending for this long after their last request.
    private static let pause = Duration.seconds(1)

    /// Oldest first; the newest is compared with the first.
    private var readings: [(at: ContinuousClock.Instant, counts: Counts)] = []

    /// The number of requests when a reading last showed an increase, and when that was.
    private var latest: (requests: Int, at: ContinuousClock.Instant)?

    /// Adds a reading of the counters.
    mutating func read(_ counts: Counts, at now: ContinuousClock.Instant) {
        // The age of the requests in a first reading is unknown: they count as new.
        if counts.requests > latest?.requests ?? 0 { latest = (counts.requests, now) }
        if let last = readings.last {
            if now - last.at < Self.step { return }
            // There was no reading for a while: what happened in that time is old.
            if now - last.at > Self.span { readings = [] }
        }
        readings.append((now, counts))
        while readings.count > 2, now - readings[1].at >= Self.span { readings.removeFirst() }
    }

    /// Whether clients are sending events: a request arrived within the last second.
    func clientsSend(at now: ContinuousClock.Instant) -> Bool {
        latest.map { now - $0.at < Self.pause } ?? false
    }

    /// Whether more than one request in a hundred was slow: the 99th percentile is above the limit.
    var isSlow: Bool {
        guard let first = readings.first, let last = readings.last else { return false }
        let requests = last.counts.requests - first.counts.requests
        return (last.counts.slow - first.counts.slow) > requests / 100
    }

    /// How many readings are kept.
    var readingCount: Int { readings.count }
}
