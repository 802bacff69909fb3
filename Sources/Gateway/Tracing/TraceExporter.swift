import CoreMetrics
import Events
import Logging
import NIOSSL
import OTLP
import Posting
import ServiceLifecycle
import Telemetry
import Version

/// Posts finished spans to a collector, by OTLP over HTTP.
///
/// Nothing waits for it: spans that the collector does not accept in time are dropped and counted. It starts before the services that it
/// traces, so that it stops after them, and then exports what is left, once.
struct TraceExporter: Service {
    private let tracer: Tracer
    private let settings: TracingSettings
    private let request: TraceRequest
    private let poster: HTTPPoster
    private let exported: Counter
    private let dropped: Counter
    private let logger: Logger

    private static let spans = Metric(
        "tollgate_trace_spans_total",
        "Finished spans of traces, by outcome: exported to the collector, or dropped."
    )

    init(
        _ settings: TracingSettings,
        of tracer: Tracer,
        trusting roots: [NIOSSLCertificate],
        metrics: any MetricsFactory,
        logger: Logger
    ) {
        self.settings = settings
        self.tracer = tracer
        self.logger = logger
        poster = HTTPPoster(trusting: roots)
        request = TraceRequest(
            resource: [
                TraceSpan.Attribute("service.name", .text(settings.serviceName)),
                TraceSpan.Attribute("service.version", .text(ProgramVersion.current.number)),
            ],
            version: ProgramVersion.current.number
        )
        exported = Self.spans.counter([("outcome", "exported")], in: metrics)
        dropped = Self.spans.counter([("outcome", "dropped")], in: metrics)
    }

    func run() async throws {
        await exportLast(await cancelWhenGracefulShutdown { await export() })
        await poster.shutdown()
    }

    /// Exports until it is cancelled.
    /// - Returns: spans that were not confirmed by then.
    private func export() async -> [TraceSpan] {
        var (schedule, waiting) = (ExportSchedule(), [TraceSpan]())
        while !Task.isCancelled {
            do { try await Task.sleep(for: schedule.pause) } catch { break }
            var isFull = true
            while isFull, !Task.isCancelled {
                if waiting.isEmpty { waiting = take() }
                guard !waiting.isEmpty else { break }
                let wasFailing = schedule.isFailing
                let end = await post(waiting)
                if Task.isCancelled { return waiting }
                let verdict = schedule.ended(end)
                note(verdict, end, waiting.count, wasFailing: wasFailing)
                // A full request means that there are more.
                isFull = !schedule.isFailing && waiting.count == ExportSchedule.most
                if verdict != .again { waiting = [] }
            }
        }
        return waiting
    }

    /// The oldest spans that were not exported.
    private func take() -> [TraceSpan] {
        let (spans, lost) = tracer.take(atMost: ExportSchedule.most)
        if lost > 0 { dropped.increment(by: lost) }
        return spans
    }

    /// Tries once, because an unreachable collector must not delay the shutdown.
    private func exportLast(_ rest: [TraceSpan]) async {
        var spans = rest.isEmpty ? take() : rest
        while !spans.isEmpty {
            guard case .answered(200..<300) = await post(spans) else { return dropped.increment(by: spans.count) }
            exported.increment(by: spans.count)
            spans = take()
        }
    }

    private func post(_ spans: [TraceSpan]) async -> ExportSchedule.End {
        let fields = settings.fields.map { (name: $0.name, value: $0.value.reveal()) }
        let body = request.body(carrying: spans)
        switch await poster.post(body, to: settings.endpoint, [("Content-Type", "application/json")] + fields) {
        case .answered(let status): return .answered(status: status)
        case .failed: return .unanswered
        }
    }

    private func note(_ verdict: ExportSchedule.Verdict, _ end: ExportSchedule.End, _ count: Int, wasFailing: Bool) {
        switch verdict {
        case .exported:
            exported.increment(by: count)
            if wasFailing { logger.notice("traces are exported again") }
        case .again, .discard:
            if verdict == .discard { dropped.increment(by: count) }
            guard !wasFailing else { return }
            logger.warning("traces are not exported", metadata: ["reason": "\(Self.text(end))"])
        }
    }

    private static func text(_ end: ExportSchedule.End) -> String {
        switch end {
        case .answered(let status): "the collector responded with status \(status)"
        case .unanswered: "the collector did not respond"
        }
    }
}
