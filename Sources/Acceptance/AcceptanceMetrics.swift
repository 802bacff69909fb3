import CoreMetrics
import Events
import Telemetry

/// Counts the results of submitted events.
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

    func count(_ results: [Acceptor.Result]) {
        var (new, repeated) = (0, 0)
        for result in results {
            switch result {
            case .accepted(let event): if event.isDuplicate { repeated += 1 } else { new += 1 }
            case .refused(let faults): for fault in faults { count(fault) }
            case .withheld: break
            }
        }
        accepted.increment(by: new)
        if repeated > 0 { duplicates.increment(by: repeated) }
    }

    private func count(_ fault: EventFault) {
        if fault.code == .conflict { conflicts.increment() }
        if fault.code == .unrouted { unrouted.increment() }
    }
}
