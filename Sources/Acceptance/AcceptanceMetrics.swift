import CoreMetrics
import Events
import Telemetry

/// Counts what became of events that were handed in.
struct AcceptanceMetrics: Sendable {
    private let accepted: Counter
    private let duplicates: Counter
    private let conflicts: Counter
    private let unrouted: Counter

    private static let events = Metric("tollgate_events_total", "Submitted events, by result.")

    init(factory: any MetricsFactory) {
        func counter(_ result: String) -> Counter { Self.events.counter([("result", result)], in: factory) }
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
