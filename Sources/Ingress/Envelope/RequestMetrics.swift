import CoreMetrics
import Events
import Synchronization
import Telemetry

/// Counts responses and measures their times. No label names a client.
struct RequestMetrics: Sendable {
    /// By class of status, from 1xx on.
    private let timers: [EndpointClass: [Timer]]
    private let refused: RefusedRequests

    private static let requests = Metric(
        "tollgate_http_request_seconds",
        "Duration from a request's head to its response, by endpoint and status class.",
        buckets: Metric.latencies
    )

    init(facades: [AdapterName], factory: any MetricsFactory) {
        let classes: [EndpointClass] =
            [.write, .read, .deliveries, .operations, .dashboard, .unknown] + Set(facades).map(EndpointClass.facade)
        timers = Dictionary(
            uniqueKeysWithValues: classes.map { endpoint in
                let timers = (1...5).map { status in
                    Self.requests.timer([("endpoint", endpoint.name), ("status", "\(status)xx")], in: factory)
                }
                return (endpoint, timers)
            }
        )
        refused = RefusedRequests(factory: factory)
    }

    /// Counts a response and its time.
    func answered(_ endpoint: EndpointClass, status: Int, _ duration: Duration) {
        guard let timers = timers[endpoint], (100..<600).contains(status) else { return }
        timers[status / 100 - 1].record(duration)
        if status >= 400 { refused.count(endpoint, status) }
    }
}

/// Counts responses with a status of 400 or above, by status.
private final class RefusedRequests: Sendable {
    /// What the counters of refused requests are labelled with.
    private struct Key: Hashable {
        let endpoint: EndpointClass
        let status: Int
    }

    private static let refused = Metric("tollgate_http_refused_total", "Responses with a status of 400 or above.")

    private let factory: any MetricsFactory
    /// Bounded by the number of statuses that the gateway uses.
    private let counters = Mutex<[Key: Counter]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    func count(_ endpoint: EndpointClass, _ status: Int) {
        let key = Key(endpoint: endpoint, status: status)
        let counter = counters.withLock { counters in
            if let known = counters[key] { return known }
            let dimensions = [("endpoint", endpoint.name), ("status", "\(status)")]
            let new = Self.refused.counter(dimensions, in: factory)
            counters[key] = new
            return new
        }
        counter.increment()
    }
}
