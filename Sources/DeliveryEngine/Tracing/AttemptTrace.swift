import Events
import Routing
import Telemetry

/// The span of one request to a vendor, where traces are recorded.
struct AttemptTrace: Sendable {
    private let tracer: Tracer
    private let links: TraceLinks
    private let sequences: [SequenceNumber]
    /// The trace that all events came in, as it was known before the request left.
    private let trace: TraceContext?
    private let identity: SpanIdentity?

    /// - Parameters:
    ///   - sequences: the events that the request carries.
    ///   - trace: the one that all of them came in; nil if there is no such one.
    init(_ tracer: Tracer, _ links: TraceLinks, _ sequences: [SequenceNumber], in trace: TraceContext?) {
        self.tracer = tracer
        self.links = links
        self.sequences = sequences
        self.trace = trace
        identity = trace.flatMap { $0.span == nil ? nil : SpanIdentity(in: $0.traceID) }
    }

    /// What the request to the vendor says of its trace.
    var context: TraceContext? {
        guard let trace, let identity else { return trace }
        return trace.continued(by: identity)
    }

    /// The request has ended.
    func end(_ provider: ProviderName, _ facts: AttemptFacts, _ verdict: Verdict) {
        guard let position else { return }
        let (start, end) = Tracer.times(ofLast: facts.latency)
        var attributes = [
            TraceSpan.Attribute("tollgate.provider", .text(provider.withoutTenant.rawValue)),
            TraceSpan.Attribute("tollgate.events", .integer(sequences.count)),
            TraceSpan.Attribute("tollgate.outcome", .text(verdict.summary)),
        ]
        if let status = facts.httpStatus {
            attributes.append(TraceSpan.Attribute("http.response.status_code", .integer(status)))
        }
        let isGood = facts.httpStatus.map { (200..<300).contains($0) } ?? false
        tracer.record(
            TraceSpan(
                "attempt",
                .client,
                at: position,
                start: start,
                end: end,
                attributes: attributes,
                failure: isGood ? nil : verdict.summary
            )
        )
    }

    /// Where the span belongs. The events of a request that left right after their commit are known to be in a trace only now.
    private var position: TraceSpan.Position? {
        if let identity { return TraceSpan.Position(identity, parentID: trace?.span) }
        // The caller does not record the trace.
        if trace != nil { return nil }
        let (spans, isOne) = links.spans(of: sequences)
        if isOne, let span = spans.first {
            return TraceSpan.Position(SpanIdentity(in: span.traceID), parentID: span.spanID)
        }
        if !spans.isEmpty { return TraceSpan.Position(.root(), parentID: nil, links: spans) }
        return tracer.begin(nil)?.identity.map { TraceSpan.Position($0, parentID: nil) }
    }
}
