import Telemetry

/// The points of one provider, or of the whole, in steps of every length.
struct StatisticsSeries: Sendable {
    private var rings = StatisticsStep.allCases.map { StepRing($0) }
    /// What was counted before the step began that each ring is in.
    private var latenciesBefore = StatisticsStep.allCases.map { _ in LatencyCounts.Snapshot() }
    private var latest = LatencyCounts.Snapshot()
    /// The newest second that something was measured in.
    private(set) var newest: Int?

    init() {}

    /// Adds what was counted since the sample before.
    /// - Parameters:
    ///   - seconds: in which it was counted: it is divided among them.
    ///   - latencies: all since the start.
    mutating func add(_ point: StatisticsPoint, in seconds: ClosedRange<Int>, _ latencies: LatencyCounts.Snapshot) {
        for second in seconds {
            var share = point.share(of: second - seconds.lowerBound, among: seconds.count)
            for index in rings.indices {
                let number = rings[index].number(ofSecond: second)
                if rings[index].newest.map({ number > $0 }) ?? false { latenciesBefore[index] = latest }
                if second == seconds.upperBound {
                    share.p50 = latencies.percentile(50, since: latenciesBefore[index])
                    share.p99 = latencies.percentile(99, since: latenciesBefore[index])
                }
                rings[index].add(share, inSecond: second)
            }
        }
        latest = latencies
        newest = seconds.upperBound
    }

    /// The points of these steps.
    func points(_ step: StatisticsStep, _ numbers: Range<Int>) -> [StatisticsPoint?] {
        guard let ring = rings.first(where: { $0.step == step }) else { return [] }
        return numbers.map { ring.point($0) }
    }
}

extension StatisticsPoint {
    /// An equal part of the counts, so that the parts add up to them; with what is as it is at the end.
    fileprivate func share(of index: Int, among count: Int) -> StatisticsPoint {
        guard count > 1 else { return self }
        func part(_ whole: Int) -> Int { whole / count + (index < whole % count ? 1 : 0) }
        var share = self
        share.accepted = part(accepted)
        share.delivered = part(delivered)
        share.retried = part(retried)
        share.rejected = part(rejected)
        share.uncertain = part(uncertain)
        share.requests = requests.map(part)
        return share
    }
}
