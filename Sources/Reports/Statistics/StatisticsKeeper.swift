package import Events
import Synchronization

/// Keeps the figures of the recent past, and shows them.
package final class StatisticsKeeper: StatisticsReading {
    private let start = ContinuousClock.now
    private let clock: any WallClock
    private let ring = Mutex(StatisticsRing())

    /// Begins now.
    package init(clock: any WallClock) {
        self.clock = clock
    }

    /// Takes a sample.
    /// - Parameter instant: when the counters were read. A second's sample is taken at its end.
    package func add(_ sample: StatisticsSample, at instant: ContinuousClock.Instant) {
        let milliseconds = (instant - start).wholeMilliseconds
        // To the nearest second: a timer fires a bit early or late.
        ring.withLock { $0.add(sample, atEndOf: Int((max(0, milliseconds) + 500) / 1000) - 1) }
    }

    package var shortestStep: StatisticsStep { .second }

    package func statistics(_ query: StatisticsQuery) -> StatisticsReport {
        let second = Int((ContinuousClock.now - start).wholeMilliseconds / 1000)
        return ring.withLock { $0.report(query, atSecond: second, clock.now) }
    }
}
