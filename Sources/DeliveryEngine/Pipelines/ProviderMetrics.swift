import CoreMetrics
import Events
import Journal
import Routing
import Telemetry

/// Counts one provider's outcomes, and measures its response times. The accounts of tenants at a provider are counted together: no label
/// names a tenant.
struct ProviderMetrics: Sendable {
    private let delivered: Counter
    private let retried: Counter
    private let rejected: Counter
    private let uncertain: Counter
    private let alreadyThere: Counter
    private let shadow: [ShadowClass: Counter]
    /// By class of status, from 1xx on; the first is for calls without a response.
    private let answers: [Timer]
    private let latencies: LatencyCounts
    private let batchSizes: BatchSizeCounts

    private static let deliveries = Metric(
        "tollgate_deliveries_total",
        "Delivery outcomes, one per event and attempt."
    )
    private static let alreadyThere = Metric(
        "tollgate_deliveries_deduplicated_total",
        "Deliveries that the vendor reported as duplicates at the first request; another system may use the same IDs."
    )
    private static let shadow = Metric(
        "tollgate_shadow_total",
        "Shadow deliveries, by what they showed; one that differs in several fields counts for each."
    )
    private static let requests = Metric(
        "tollgate_vendor_request_seconds",
        "Duration of a request to a vendor, by status class; none: no response.",
        buckets: Metric.latencies
    )

    /// - Parameters:
    ///   - latencies: of the account, with those of its backfills.
    ///   - batchSizes: of the account, with those of its backfills.
    init(
        _ provider: ProviderName,
        factory: any MetricsFactory,
        latencies: LatencyCounts,
        batchSizes: BatchSizeCounts
    ) {
        self.latencies = latencies
        self.batchSizes = batchSizes
        let name = ("provider", provider.withoutTenant.rawValue)
        func counter(_ outcome: String) -> Counter {
            Self.deliveries.counter([name, ("outcome", outcome)], in: factory)
        }
        delivered = counter("delivered")
        retried = counter("retried")
        rejected = counter("rejected")
        uncertain = counter("uncertain")
        alreadyThere = Self.alreadyThere.counter([name], in: factory)
        shadow = ShadowClass.allCases.reduce(into: [:]) { counters, shadowClass in
            counters[shadowClass] = Self.shadow.counter([name, ("class", shadowClass.rawValue)], in: factory)
        }
        answers = (0...5).map { status in
            Self.requests.timer([name, ("status", status == 0 ? "none" : "\(status)xx")], in: factory)
        }
    }

    func settled(_ settlement: Settlement) {
        var counts = PipelineMachine.Counts()
        counts.add(settlement)
        delivered.increment(by: counts.delivered)
        retried.increment(by: counts.retried)
        rejected.increment(by: counts.rejected)
        uncertain.increment(by: counts.uncertain)
        alreadyThere.increment(by: counts.alreadyThere)
        for tally in settlement.shadow { shadow[tally.shadowClass]?.increment(by: tally.events) }
    }

    /// - Parameter events: that the request carried.
    func called(_ facts: AttemptFacts, with events: Int) {
        let status = facts.httpStatus.map { (100..<600).contains($0) ? $0 / 100 : 0 } ?? 0
        answers[status].record(facts.latency)
        latencies.record(facts.latency)
        batchSizes.record(events)
    }
}
