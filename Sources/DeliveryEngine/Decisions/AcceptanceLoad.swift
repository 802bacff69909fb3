/// Whether clients wait too long for their events to be accepted, from how many were counted as slow lately.
struct AcceptanceLoad: Sendable {
    /// Requests since the start, and how many of them were slow.
    struct Counts: Sendable, Equatable {
        var requests = 0
        var slow = 0
    }

    /// How far back it looks.
    private static let span = Duration.seconds(10)
    /// Readings closer together than this say nothing new.
    private static let step = Duration.milliseconds(500)

    /// Oldest first; the first one is what the newest is compared with.
    private var readings: [(at: ContinuousClock.Instant, counts: Counts)] = []

    /// Takes a reading of the counters.
    mutating func read(_ counts: Counts, at now: ContinuousClock.Instant) {
        if let last = readings.last {
            if now - last.at < Self.step { return }
            // Nobody has looked for a while: what happened meanwhile is old.
            if now - last.at > Self.span { readings = [] }
        }
        readings.append((now, counts))
        while readings.count > 2, now - readings[1].at >= Self.span { readings.removeFirst() }
    }

    /// Whether more than one request in a hundred was slow: the 99th percentile is over the limit.
    var isSlow: Bool {
        guard let first = readings.first, let last = readings.last else { return false }
        let requests = last.counts.requests - first.counts.requests
        return (last.counts.slow - first.counts.slow) > requests / 100
    }

    /// How many readings it keeps.
    var readingCount: Int { readings.count }
}
