import Telemetry
import Testing

@Suite struct TracerTests {
    private static let field = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7"

    private func span(_ name: String) -> TraceSpan {
        TraceSpan(name, .inside, at: TraceSpan.Position(.root(), parentID: nil), start: 1, end: 2)
    }

    @Test func `continues a recorded trace with a span of its own`() throws {
        let caller = try #require(TraceContext(Self.field + "-01"))
        let trace = try #require(Tracer().begin(caller))
        #expect(trace.traceID == caller.traceID)
        #expect(trace.parentID == "00f067aa0ba902b7")
        let span = try #require(trace.span)
        #expect(span.count == 16 && span != caller.parentID)
        #expect(trace.outgoing == "00-\(caller.traceID)-\(span)-01")
        #expect(TraceContext(trace.outgoing) != nil)
    }

    @Test func `records no trace that its caller does not record, and passes it on as it is`() throws {
        let caller = try #require(TraceContext(Self.field + "-00"))
        #expect(Tracer().begin(caller) == caller)
        #expect(caller.outgoing.hasPrefix("00-\(caller.traceID)-"))
        #expect(caller.outgoing.hasSuffix("-00"))
    }

    @Test func `begins a trace where there is none`() throws {
        let trace = try #require(Tracer().begin(nil))
        #expect(trace.parentID == nil)
        let read = try #require(TraceContext(trace.outgoing))
        #expect(read.isRecorded)
        #expect(read.parentID == trace.span)
        #expect(Tracer(sampler: TraceSampler(share: 0)).begin(nil) == nil)
    }

    @Test func `tells recorded flags from others`() {
        for (flags, isRecorded) in [
            ("00", false), ("01", true), ("02", false), ("03", true), ("fe", false), ("ff", true),
        ] {
            #expect(TraceContext("\(Self.field)-\(flags)")?.isRecorded == isRecorded)
        }
    }

    @Test func `takes a share of traces by their random part, whoever decides`() {
        let half = TraceSampler(share: 0.5)
        #expect(half.takes(String(repeating: "0", count: 18) + "70000000000000", caller: nil))
        #expect(!half.takes(String(repeating: "0", count: 18) + "80000000000000", caller: nil))
        #expect(half.takes(String(repeating: "f", count: 32), caller: true))
        #expect(!half.takes(String(repeating: "0", count: 32), caller: false))
        #expect(!TraceSampler(followsCaller: false, share: 0).takes("f", caller: true))
        #expect(TraceSampler(followsCaller: false).takes("f", caller: false))
        #expect(TraceSampler(share: .infinity).share == 1)
    }

    @Test func `keeps a number of spans, and counts those beyond it`() {
        let tracer = Tracer(keepingAtMost: 3)
        for name in ["a", "b", "c", "d", "e"] { tracer.record(span(name)) }
        let first = tracer.take(atMost: 2)
        #expect(first.spans.map(\.name) == ["a", "b"])
        #expect(first.dropped == 2)
        tracer.record(span("f"))
        let second = tracer.take(atMost: 2)
        #expect(second.spans.map(\.name) == ["c", "f"])
        #expect(second.dropped == 0)
        #expect(tracer.take(atMost: 2).spans == [])
    }
}
