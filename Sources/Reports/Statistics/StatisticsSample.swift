package import Events
package import Telemetry

/// What the counters say at one time.
package struct StatisticsSample: Sendable {
    /// Counts since the start, and what waits now.
    package struct Counters: Sendable {
        package var accepted = 0
        package var delivered = 0
        package var retried = 0
        package var rejected = 0
        package var uncertain = 0
        package var requests = RequestCounts()
        package var latencies = LatencyCounts.Snapshot()
        /// Nil if it could not be read.
        package var backlog: Int?
        /// Zero if nothing waits; nil if it could not be read.
        package var oldestAge: Duration?
        /// How many requests may be in flight now; nil without a pipeline.
        package var concurrency: Int?
        /// Nil without a pipeline.
        package var circuit: CircuitState?

        package init() {}
    }

    /// Events that were accepted, and how long that took. What the providers have of the rest is added up.
    package var accepted = 0
    package var acceptLatencies = LatencyCounts.Snapshot()
    package var providers: [ProviderName: Counters] = [:]

    package init() {}

    /// The whole, with the sums of the providers' increases.
    func whole(adding points: [StatisticsPoint]) -> StatisticsPoint {
        var whole = StatisticsPoint()
        for point in points {
            whole.delivered += point.delivered
            whole.retried += point.retried
            whole.rejected += point.rejected
            whole.uncertain += point.uncertain
            whole.requests &+= point.requests
        }
        let counters = providers.values
        if !counters.contains(where: { $0.backlog == nil }) {
            whole.backlog = counters.reduce(0) { $0 + ($1.backlog ?? 0) }
        }
        if !counters.contains(where: { $0.oldestAge == nil }) {
            whole.oldestAge = counters.compactMap(\.oldestAge).max() ?? .zero
        }
        return whole
    }
}

extension StatisticsSample.Counters {
    /// What was counted since an earlier sample. A count that became smaller began again.
    func increase(since earlier: Self) -> StatisticsPoint {
        var point = StatisticsPoint()
        point.accepted = Self.increase(accepted, earlier.accepted)
        point.delivered = Self.increase(delivered, earlier.delivered)
        point.retried = Self.increase(retried, earlier.retried)
        point.rejected = Self.increase(rejected, earlier.rejected)
        point.uncertain = Self.increase(uncertain, earlier.uncertain)
        point.requests.live = Self.increase(requests.live, earlier.requests.live)
        point.requests.backfills = Self.increase(requests.backfills, earlier.requests.backfills)
        point.requests.reads = Self.increase(requests.reads, earlier.requests.reads)
        point.backlog = backlog
        point.oldestAge = oldestAge
        point.concurrency = concurrency
        point.circuit = circuit
        return point
    }

    static func increase(_ now: Int, _ earlier: Int) -> Int {
        max(0, now >= earlier ? now - max(0, earlier) : now)
    }
}
