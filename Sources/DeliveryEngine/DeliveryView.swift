package import CoreMetrics
package import Telemetry

/// How the other modules see the pipelines and send them news: made once, and shared by all pipelines.
package struct DeliveryView: Sendable {
    /// The pipelines' latest states.
    package let monitor = DeliveryMonitor()
    /// Tells pipelines that a person has made deliveries due.
    package let bells = PipelineBells()
    /// Passes operators' orders to pipelines.
    package let orders = OperatorOrders()
    /// Grants turns to clients' reads.
    package let reads: ReadAdmission
    /// Grants turns to backfills.
    package let backfills = BackfillAdmission()
    /// How long accepting clients' events takes.
    package let acceptance = AcceptanceTimes()
    /// How long vendors take to respond to deliveries.
    package let latencies = VendorLatencies()
    /// How many events requests with deliveries carry.
    package let batchSizes = VendorBatchSizes()
    /// The gates and figures of calls that clients pass on to vendors.
    package let passed: PassedTraffic
    /// Tells waiting clients when deliveries are settled.
    package let settlements = SettlementWatch()
    /// The traces of the newest events.
    package let traces = TraceLinks()
    /// Records spans of requests to vendors; nil if nothing is traced.
    let tracer: Tracer?

    /// Where the pipelines' counts go.
    let metrics: any MetricsFactory

    /// - Parameters:
    ///   - metrics: makes the pipelines' counters and timers.
    ///   - shared: the limits that several gateways share for reads; nil if this gateway is the only one.
    ///   - tracer: records spans of requests to vendors; nil if nothing is traced.
    package init(
        metrics: any MetricsFactory = NOOPMetricsHandler.instance,
        sharing shared: SharedReads? = nil,
        tracing tracer: Tracer? = nil
    ) {
        self.tracer = tracer
        reads = ReadAdmission(sharing: shared)
        self.metrics = metrics
        passed = PassedTraffic(metrics: metrics)
    }
}
