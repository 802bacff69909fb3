package import CoreMetrics

/// A metric, as it is declared beside the code that counts it: its name, what it means, and where a histogram's buckets end.
package struct Metric: Sendable, Equatable {
    package let name: String
    /// One sentence for people.
    package let help: String
    /// The upper bounds of a histogram's buckets, ascending, in the unit of the name; empty for what is not a histogram.
    package let buckets: [Double]

    /// - Parameter buckets: only for a histogram.
    package init(_ name: String, _ help: String, buckets: [Double] = []) {
        self.name = name
        self.help = help
        self.buckets = buckets
    }

    /// Buckets for what takes less than a millisecond normally and seconds when something is slow.
    package static let latencies = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    /// A number that only grows.
    package func counter(_ labels: [(String, String)] = [], in factory: any MetricsFactory) -> Counter {
        describe(to: factory)
        return Counter(label: name, dimensions: labels, factory: factory)
    }

    /// A histogram of durations; the name ends with `_seconds`.
    package func timer(_ labels: [(String, String)] = [], in factory: any MetricsFactory) -> Timer {
        precondition(!buckets.isEmpty, "\(name) is recorded as a histogram and needs buckets")
        describe(to: factory)
        return Timer(label: name, dimensions: labels, factory: factory)
    }

    /// A histogram of numbers.
    package func histogram(_ labels: [(String, String)] = [], in factory: any MetricsFactory) -> Recorder {
        precondition(!buckets.isEmpty, "\(name) is recorded as a histogram and needs buckets")
        describe(to: factory)
        return Recorder(label: name, dimensions: labels, aggregate: true, factory: factory)
    }

    private func describe(to factory: any MetricsFactory) {
        (factory as? any MetricDescribing)?.describe(self)
    }
}

/// A factory that must know what a metric means before it makes an instrument for it; ``Metric`` tells it.
package protocol MetricDescribing: MetricsFactory {
    /// Called before each instrument of the metric is made.
    func describe(_ metric: Metric)
}

extension Timer {
    /// Records a duration. Durations beyond 292 years are recorded as that long.
    package func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (nanoseconds, isOverflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, isBeyond) = nanoseconds.addingReportingOverflow(attoseconds / 1_000_000_000)
        recordNanoseconds(isOverflow || isBeyond ? (seconds < 0 ? .min : .max) : sum)
    }
}
