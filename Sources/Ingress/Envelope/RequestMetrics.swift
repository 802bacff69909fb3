import CoreMetrics
import Events
import Synchronization

/// Counts answers and their times. No label of it names a client.
struct RequestMetrics: Sendable {
    /// By class of status, from 1xx on.
    private let timers: [EndpointClass: [Timer]]
    private let refused: RefusedRequests

    init(facades: [AdapterName], factory: any MetricsFactory) {
        let classes: [EndpointClass] =
            [.write, .read, .deliveries, .operations, .unknown] + Set(facades).map(EndpointClass.facade)
        timers = Dictionary(
            uniqueKeysWithValues: classes.map { endpoint in
                let timers = (1...5).map { status in
                    Timer(
                        label: "tollgate_http_request_seconds",
                        dimensions: [("endpoint", endpoint.name), ("status", "\(status)xx")],
                        factory: factory
                    )
                }
                return (endpoint, timers)
            }
        )
        refused = RefusedRequests(factory: factory)
    }

    func answered(_ endpoint: EndpointClass, status: Int, _ duration: Duration) {
        guard let timers = timers[endpoint], (100..<600).contains(status) else { return }
        let (seconds, attoseconds) = duration.components
        timers[status / 100 - 1].recordNanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
        if status >= 400 { refused.count(endpoint, status) }
    }
}

/// Answers with a status of 400 or above, each status for itself.
private final class RefusedRequests: Sendable {
    private struct Key: Hashable {
        let endpoint: EndpointClass
        let status: Int
    }

    private let factory: any MetricsFactory
    /// As many as there are statuses that we answer.
    private let counters = Mutex<[Key: Counter]>([:])

    init(factory: any MetricsFactory) {
        self.factory = factory
    }

    func count(_ endpoint: EndpointClass, _ status: Int) {
        let key = Key(endpoint: endpoint, status: status)
        let counter = counters.withLock { counters in
            if let known = counters[key] { return known }
            let dimensions = [("endpoint", endpoint.name), ("status", "\(status)")]
            let new = Counter(label: "tollgate_http_refused_total", dimensions: dimensions, factory: factory)
            counters[key] = new
            return new
        }
        counter.increment()
    }
}
