import Events
import Telemetry
import Testing

@testable import DeliveryEngine

/// Where the span of a request to a vendor belongs.
@Suite struct AttemptTraceTests {
    private let tracer = Tracer()
    private let links = TraceLinks()

    /// A request that brought these events.
    private func request(_ sequences: SequenceNumber..., recorded: Bool = true) throws -> TraceContext {
        let flags = recorded ? "01" : "00"
        let caller = TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-\(flags)")
        let trace = try #require(tracer.begin(caller))
        links.note(sequences, trace)
        return trace
    }

    private func attempt(_ sequences: [SequenceNumber]) -> AttemptTrace {
        AttemptTrace(tracer, links, sequences, in: links.trace(of: sequences))
    }

    private func end(_ attempt: AttemptTrace, status: Int? = 200) -> [TraceSpan] {
        let facts = AttemptFacts(at: Timestamp(milliseconds: 0), latency: .milliseconds(2), httpStatus: status)
        attempt.end("lago", facts, .all(.delivered(deduplicated: false)))
        return tracer.take(atMost: 10).spans
    }

    @Test func `belongs to the request that brought the events, and tells the vendor so`() throws {
        let trace = try request(1, 2)
        let attempt = attempt([1, 2])
        let field = try #require(attempt.context?.outgoing)
        let span = try #require(end(attempt).first)
        #expect(span.parentID == trace.span && span.links == [])
        #expect(field == "00-\(trace.traceID)-\(span.identity.spanID)-01")
        #expect(span.end - span.start == 2_000_000)
        #expect(span.failure == nil)
    }

    @Test func `belongs to the request also if that is known only after the vendor's response`() throws {
        let attempt = attempt([1])
        #expect(attempt.context == nil)
        let trace = try request(1)
        let span = try #require(end(attempt).first)
        #expect(span.identity.traceID == trace.traceID && span.parentID == trace.span)
    }

    @Test func `begins a trace with links if it carries events of several requests`() throws {
        let requests = [try request(1), try request(2)]
        let other = attempt([1, 2, 3])
        let span = try #require(end(other, status: nil).first)
        #expect(span.parentID == nil)
        #expect(span.links == requests.compactMap(\.identity))
        #expect(span.identity.traceID != requests[0].traceID)
        #expect(span.failure != nil)
    }

    @Test func `is not recorded if the caller does not record the trace`() throws {
        let trace = try request(1, recorded: false)
        let attempt = attempt([1])
        #expect(attempt.context == trace)
        #expect(end(attempt) == [])
    }

    @Test func `begins a trace if nothing is known of the events`() throws {
        let span = try #require(end(attempt([7])).first)
        #expect(span.parentID == nil && span.links == [])
    }
}
