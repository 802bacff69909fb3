/// What a metric means, in one sentence, and where a histogram's buckets end.
package struct MetricDescription: Sendable {
    package let name: String
    package let help: String
    /// In the unit of the name; nil for what is no histogram.
    package let bounds: [Double]?

    package init(_ name: String, _ help: String, bounds: [Double]? = nil) {
        self.name = name
        self.help = help
        self.bounds = bounds
    }

    /// Bounds for what takes part of a millisecond on a good day and seconds on a bad one.
    static let latencies = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

    /// Every metric that the modules count themselves.
    package static let all = [
        MetricDescription(
            "tollgate_http_request_seconds",
            "Time from a request's head to its answer, by what was asked for and the class of the answer's status.",
            bounds: latencies
        ),
        MetricDescription(
            "tollgate_http_refused_total",
            "Requests that were answered with a status of 400 or above."
        ),
        MetricDescription(
            "tollgate_events_total",
            "Events that reached the journal or were kept out of it, by what became of them."
        ),
        MetricDescription(
            "tollgate_commit_seconds",
            "Time of one group commit, its fsync included.",
            bounds: latencies
        ),
        MetricDescription(
            "tollgate_commit_events",
            "New events that one group commit wrote.",
            bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 16_384]
        ),
        MetricDescription("tollgate_commit_failures_total", "Group commits of which nothing was written."),
        MetricDescription(
            "tollgate_vendor_request_seconds",
            "Time of one request to a vendor, by the class of its answer's status; none: no answer came.",
            bounds: latencies
        ),
        MetricDescription(
            "tollgate_passed_request_seconds",
            "Time from a call that is passed on to a vendor to the head of the answer, by the class of its status; none: no answer came.",
            bounds: latencies
        ),
        MetricDescription(
            "tollgate_passed_refused_total",
            "Calls to a vendor that were not passed on: too many at once, no room in the rate limit, or the vendor fails."
        ),
        MetricDescription(
            "tollgate_deliveries_total",
            "Outcomes of deliveries, each event for itself; one that is retried counts each time."
        ),
        MetricDescription(
            "tollgate_deliveries_already_there_total",
            "Deliveries of which the vendor said at the first request that it has the event already: another writer may use the ID."
        ),
    ]
}
