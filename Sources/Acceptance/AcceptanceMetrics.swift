import CoreMetrics
import Events

/// Counts what became of events that were handed in.
struct AcceptanceMetrics: Sendable {
    private let accepted: Counter
    private let duplicates: Counter
    private let conflicts: Counter
    private let unrouted: Counter

    init(factory: any MetricsFactory) {
        func counter(_ result: String) -> Counter {
            Counter(label: "tollgate_events_total", dimensions: [("result", result)], factory: factory)
        }
        accepted = counter("accepted")
        duplicates = counter("duplicate")
        conflicts = counter("conflict")
        unrouted = counter("unrouted")
    }

    func count(_ result: Acceptor.Result) {
        let repeated = result.accepted.count { $0.isDuplicate }
        accepted.increment(by: result.accepted.count - repeated)
        if repeated > 0 { duplicates.increment(by: repeated) }
        for fault in result.faults {
            if fault.code == .conflict { conflicts.increment() }
            if fault.code == .unrouted { unrouted.increment() }
        }
    }
}
