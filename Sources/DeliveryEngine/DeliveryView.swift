package import CoreMetrics
package import Telemetry

/// What others see of the pipelines, and how they are told of news: made once, shared by all of them.
package struct DeliveryView: Sendable {
    /// What the pipelines last said of themselves.
    package let monitor = DeliveryMonitor()
    /// Tells pipelines that deliveries were made due by a person.
    package let bells = PipelineBells()
    /// Tells pipelines what an operator wants of them.
    package let orders = OperatorOrders()
    /// Gives clients' reads their turns.
    package let reads: ReadAdmission
    /// Gives backfills their turns.
    package let backfills = BackfillAdmission()
    /// How long clients wait for their events to be accepted.
    package let acceptance = AcceptanceTimes()
    /// How long vendors take to answer deliveries.
    package let latencies = VendorLatencies()
    /// How many events requests with deliveries carry.
    package let batchSizes = VendorBatchSizes()
    /// The gates and figures of calls that clients pass on to vendors.
    package let passed: PassedTraffic
    /// Tells those who wait when deliveries are settled.
    package let settlements = SettlementWatch()
    /// Which traces the newest events came in.
    package let traces = TraceLinks()
    /// Takes the spans of requests to vendors; nil if nothing is traced.
    let tracer: Tracer?

    /// Where the pipelines' counts go.
    let metrics: any MetricsFactory

    /// - Parameters:
    ///   - metrics: makes the pipelines' counters and timers.
    ///   - shared: where the reads of several gateways have their limits; nil if this gateway is the only one.
    ///   - tracer: takes the spans of requests to vendors; nil: none are made.
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
