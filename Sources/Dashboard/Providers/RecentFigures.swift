package import Events
package import Reports

/// Figures of a provider, or of the gateway, in equal steps, oldest first; nil where nothing was measured. What is empty is not shown.
package struct RecentFigures: Sendable {
    package let start: Timestamp
    package let step: Duration
    /// Events per second.
    package let accepted: [Double?]
    /// Events per second.
    package let delivered: [Double?]
    /// Requests with live deliveries per second.
    package var liveRequests: [Double?] = []
    /// Requests of backfills per second.
    package var backfillRequests: [Double?] = []
    /// Reads and passed calls per second.
    package var reads: [Double?] = []
    /// In each step.
    package var rejected: [Int?] = []
    /// In each step.
    package var uncertain: [Int?] = []
    /// At the end of each step.
    package var backlog: [Int?] = []
    /// The age of what waited longest at the end of each step.
    package var oldestAge: [Duration?] = []
    /// Milliseconds.
    package var p50: [Double?] = []
    /// Milliseconds.
    package var p99: [Double?] = []
    /// How many requests might be in flight at the end of each step.
    package var concurrency: [Int?] = []
    /// The state that kept calls away most within each step.
    package var circuit: [CircuitState?] = []

    package init(start: Timestamp, step: Duration, accepted: [Double?], delivered: [Double?]) {
        self.start = start
        self.step = step
        self.accepted = accepted
        self.delivered = delivered
    }

    var times: ChartTimes { ChartTimes(start: start, step: step, count: accepted.count) }

    /// The steps that make up the newest minute, at least one.
    private var lastMinute: Int { max(1, Int(min(60 / max(step.seconds, 0.001), 60))) }

    /// The mean of the newest minute; nil if nothing was measured in it.
    static func mean(_ values: [Double?], ofLast count: Int) -> Double? {
        let known = values.suffix(count).compactMap(\.self)
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }

    /// Events per second in the newest minute.
    var acceptedNow: Double? { Self.mean(accepted, ofLast: lastMinute) }
    /// Events per second in the newest minute.
    var deliveredNow: Double? { Self.mean(delivered, ofLast: lastMinute) }
    /// Requests per second in the newest minute, by what they were for; nil if nothing was measured in it.
    var requestsNow: (live: Double, backfills: Double, reads: Double)? {
        guard let live = Self.mean(liveRequests, ofLast: lastMinute),
            let backfills = Self.mean(backfillRequests, ofLast: lastMinute),
            let reads = Self.mean(reads, ofLast: lastMinute)
        else { return nil }
        return (live, backfills, reads)
    }
    /// The newest that was measured in the last minute.
    var p50Now: Double? { p50.suffix(lastMinute).compactMap(\.self).last }
    var p99Now: Double? { p99.suffix(lastMinute).compactMap(\.self).last }
    /// The newest that is known.
    var backlogNow: Int? { backlog.last { $0 != nil } ?? nil }

    /// Since when something waits for longer than a limit without a break, to a step; and whether it may be so for longer, because that is
    /// as far back as figures go.
    /// - Returns: nil if nothing waited so long at the end of the newest step that is known.
    func waitsLonger(than limit: Duration) -> (since: Timestamp, isLeast: Bool)? {
        guard let newest = oldestAge.lastIndex(where: { $0 != nil }) else { return nil }
        var first = newest + 1
        while first > 0, let age = oldestAge[first - 1], age > limit { first -= 1 }
        guard first <= newest else { return nil }
        // The age is that of the end of a step.
        return (times.time(first) + step, first == 0 || oldestAge[first - 1] == nil)
    }

    /// The sum of all steps; nil if nothing was measured.
    static func sum(_ values: [Int?]) -> Int? {
        let known = values.compactMap(\.self)
        return known.isEmpty ? nil : PlainNumbers.sum(known)
    }
}
