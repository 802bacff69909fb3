import CoreMetrics
import Events

/// Sizes and times of group commits.
struct CommitMetrics: Sendable {
    private let time: Timer
    private let events: Recorder
    private let failures: Counter

    init(factory: any MetricsFactory) {
        time = Timer(label: "tollgate_commit_seconds", factory: factory)
        events = Recorder(label: "tollgate_commit_events", aggregate: true, factory: factory)
        failures = Counter(label: "tollgate_commit_failures_total", factory: factory)
    }

    /// - Parameter events: new ones; a commit without any writes outcomes only, and its size says nothing.
    func committed(events count: Int64, in duration: Duration) {
        time.recordNanoseconds(duration.wholeNanoseconds)
        if count > 0 { events.record(count) }
    }

    func failed() {
        failures.increment()
    }
}
