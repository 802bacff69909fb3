import Telemetry
import Testing

/// Which traces are recorded, and how many spans are kept.
@Suite struct TraceSamplerTests {
    private static let zeros = String(repeating: "0", count: 18)

    /// The random part of a trace ID, the share, and whether the trace is recorded: exactly those below the share.
    @Test(
        arguments: [
            ("00000000000000", 0, false), ("00000000000000", 0.000_001, true), ("ffffffffffffff", 1, true),
            ("ffffffffffffff", 0.999, false), ("3ffffffffffffe", 0.25, true), ("40000000000000", 0.25, false),
            ("19999999999999", 0.1, true), ("1999999999999b", 0.1, false),
        ] as [(String, Double, Bool)]
    )
    func `takes the traces whose random part is below the share`(random: String, share: Double, isTaken: Bool) {
        #expect(TraceSampler(share: share).takes(Self.zeros + random, caller: nil) == isTaken)
        // The first 72 bits do not count.
        let ones = String(repeating: "f", count: 18)
        #expect(TraceSampler(share: share).takes(ones + random, caller: nil) == isTaken)
    }

    @Test(arguments: [(-1.0, 0.0), (-.infinity, 0), (0, 0), (0.25, 0.25), (1, 1), (1.5, 1), (.infinity, 1)])
    func `has a share from nothing to all`(given: Double, share: Double) {
        #expect(TraceSampler(share: given).share == share)
    }

    @Test func `keeps what a smaller share took`() {
        let samplers = [0.05, 0.2, 0.5, 0.9].map { TraceSampler(followsCaller: false, share: $0) }
        for _ in 0..<2_000 {
            let trace = SpanIdentity.root().traceID
            let taken = samplers.map { $0.takes(trace, caller: nil) }
            if taken != taken.sorted(by: { !$0 && $1 }) { Issue.record("\(trace): \(taken)") }
        }
    }

    @Test(arguments: [nil, true, false] as [Bool?], [0.0, 1.0])
    func `follows the caller where there is one and that is wanted`(caller: Bool?, share: Double) {
        let trace = SpanIdentity.root().traceID
        #expect(TraceSampler(share: share).takes(trace, caller: caller) == (caller ?? (share == 1)))
        #expect(TraceSampler(followsCaller: false, share: share).takes(trace, caller: caller) == (share == 1))
    }

    @Test func `takes an ID that is none for the smallest`() {
        #expect(TraceSampler(share: 0.5).takes("no digits", caller: nil))
        #expect(!TraceSampler(share: 0).takes("", caller: nil))
    }

    private func span(_ name: String) -> TraceSpan {
        TraceSpan(name, .inside, at: TraceSpan.Position(.root(), parentID: nil), start: 1, end: 2)
    }

    @Test func `a tracer gives spans away in their order, and the number of those that it dropped once`() {
        let tracer = Tracer(keepingAtMost: 2)
        #expect(tracer.take(atMost: 5).spans.isEmpty)
        for name in ["a", "b", "c"] { tracer.record(span(name)) }
        let none = tracer.take(atMost: 0)
        #expect(none.spans.isEmpty && none.dropped == 1)
        let both = tracer.take(atMost: .max)
        #expect(both.spans.map(\.name) == ["a", "b"] && both.dropped == 0)
        tracer.record(span("d"))
        #expect(tracer.take(atMost: 1).spans.map(\.name) == ["d"])
    }

    @Test func `a tracer loses no span of many threads that it has room for`() async {
        let tracer = Tracer(keepingAtMost: 700)
        await withDiscardingTaskGroup { group in
            for _ in 0..<4 { group.addTask { for _ in 0..<200 { tracer.record(span("s")) } } }
        }
        let taken = tracer.take(atMost: 1_000)
        #expect(taken.spans.count == 700 && taken.dropped == 100)
    }

    @Test(
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(1500), 1_500_000_000),
            (.seconds(-2), -2_000_000_000),
            (Duration(secondsComponent: 0, attosecondsComponent: 999_999_999), 0),
        ] as [(Duration, Int64)]
    )
    func `a span's start is its duration before its end`(duration: Duration, nanoseconds: Int64) {
        let times = Tracer.times(ofLast: duration)
        #expect(times.end - times.start == nanoseconds)
        #expect(times.end > 1_700_000_000_000_000_000)
    }

    @Test(arguments: [Duration.seconds(Int64.max), .seconds(Int64.min)])
    func `no duration is too long for a span`(duration: Duration) {
        #expect(Tracer.times(ofLast: duration).end > 1_700_000_000_000_000_000)
    }
}
