package import Events
import Telemetry

/// The figures of the recent past. Pure: it is told what the counters say, and when, in seconds since the start.
///
/// About 380 KB a provider when its longest ring is full. Every provider has the same steps, which follow the clock that nobody sets; the
/// wall clock only names them when they are shown.
package struct StatisticsRing: Sendable {
    /// Maximum number of providers, those included that were removed in the last two days.
    package static let mostProviders = 256
    /// What was counted in a pause of so many seconds is divided among them: the process was busy. After a longer pause it slept, or was
    /// stopped, and there are no points.
    private static let longestPause = 10

    private var providers: [ProviderName: Known] = [:]
    private var whole = StatisticsSeries()
    private var latestAccepted = 0
    private var omitted = 0
    /// The newest second of a sample.
    private var newest: Int?

    private struct Known {
        var latest = StatisticsSample.Counters()
        var series = StatisticsSeries()
    }

    package init() {}

    /// Takes the sample at the end of a second.
    /// - Parameter second: since the start, from 0 on; one that was there before counts as the newest.
    package mutating func add(_ sample: StatisticsSample, atEndOf second: Int) {
        let seconds = seconds(until: second)
        newest = seconds.upperBound
        makeRoom(for: sample, at: seconds.upperBound)
        var points: [StatisticsPoint] = []
        omitted = 0
        for (name, counters) in sample.providers {
            guard var known = providers[name] ?? (providers.count < Self.mostProviders ? Known() : nil) else {
                omitted += 1
                continue
            }
            let point = counters.increase(since: known.latest)
            known.series.add(point, in: seconds, counters.latencies)
            known.latest = counters
            providers[name] = known
            points.append(point)
        }
        var point = sample.whole(adding: points)
        point.accepted = StatisticsSample.Counters.increase(sample.accepted, latestAccepted)
        latestAccepted = sample.accepted
        whole.add(point, in: seconds, sample.acceptLatencies)
    }

    private func seconds(until second: Int) -> ClosedRange<Int> {
        // Far beyond any life of a process, and far from an overflow.
        let second = min(max(0, second), 1 << 40)
        guard let newest else { return second...second }
        guard second > newest else { return newest...newest }
        return second - newest <= Self.longestPause ? (newest + 1)...second : second...second
    }

    /// Forgets providers that are not there any more: those that nothing is kept of, and more if there is no room.
    private mutating func makeRoom(for sample: StatisticsSample, at second: Int) {
        let gone = providers.filter { sample.providers[$0.key] == nil }
        guard !gone.isEmpty else { return }
        let longest = StatisticsStep.minute.rawValue * StatisticsStep.minute.count
        var needed = providers.count + sample.providers.keys.count { providers[$0] == nil } - Self.mostProviders
        for (name, known) in gone.sorted(by: { ($0.value.series.newest ?? 0) < ($1.value.series.newest ?? 0) }) {
            guard needed > 0 || second - (known.series.newest ?? 0) > longest else { return }
            providers[name] = nil
            needed -= 1
        }
    }

    /// The steps that a query wants: the newest ones that are finished.
    /// - Parameters:
    ///   - second: seconds since the start until now.
    ///   - now: the wall clock.
    package func report(_ query: StatisticsQuery, atSecond second: Int, _ now: Timestamp) -> StatisticsReport {
        // A sample is late by up to a second or two; without any, what follows has no points.
        let second = min(max(0, second), 1 << 40)
        let finished = max((newest ?? -1) + 1, second - 2)
        let end = finished / query.step.rawValue
        let numbers = (end - query.count)..<end
        let elapsed = Int64(second) - Int64(numbers.lowerBound) * Int64(query.step.rawValue)
        return StatisticsReport(
            since: now + .seconds(-second),
            from: now + .seconds(-elapsed),
            step: query.step,
            whole: whole.points(query.step, numbers),
            providers: providers.sorted { $0.key < $1.key }.map { name, known in
                StatisticsReport.Series(provider: name, points: known.series.points(query.step, numbers))
            },
            omittedProviders: omitted
        )
    }
}
