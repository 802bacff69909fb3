package import CoreMetrics

/// Sizes and times of a store's commits.
package struct CommitMetrics: Sendable {
    private let time: Timer
    private let events: Recorder
    private let failures: Counter

    private static let commitSeconds = Metric(
        "tollgate_commit_seconds",
        "Duration of a group commit, including its fsync.",
        buckets: Metric.latencies
    )
    private static let commitEvents = Metric(
        "tollgate_commit_events",
        "New events written by a group commit.",
        buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 16_384]
    )
    private static let commitFailures = Metric("tollgate_commit_failures_total", "Group commits that wrote nothing.")

    /// Creates the instruments, so that they appear with 0 before the first commit.
    package init(factory: any MetricsFactory) {
        time = Self.commitSeconds.timer(in: factory)
        events = Self.commitEvents.histogram(in: factory)
        failures = Self.commitFailures.counter(in: factory)
    }

    /// A commit has returned.
    /// - Parameter events: new ones; a commit without any writes outcomes only, and its size says nothing.
    package func committed(events count: Int64, in duration: Duration) {
        time.record(duration)
        if count > 0 { events.record(count) }
    }

    /// A commit has written nothing, as far as is known.
    package func failed() {
        failures.increment()
    }
}
