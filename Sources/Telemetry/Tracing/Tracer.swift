import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Keeps finished spans until they are exported. There is none where nothing is traced.
///
/// Whoever finishes a span takes a lock for as long as it takes to append it, and never waits for an exporter: where the spans come faster
/// than they are taken, they are dropped and counted.
package final class Tracer: Sendable {
    private struct State {
        var spans: [TraceSpan] = []
        var dropped = 0
    }

    private let sampler: TraceSampler
    private let most: Int
    private let state = Mutex(State())

    /// - Parameter most: spans that are kept.
    package init(sampler: TraceSampler = TraceSampler(), keepingAtMost most: Int = 8192) {
        precondition(most > 0, "a queue of no spans drops each of them")
        self.sampler = sampler
        self.most = most
    }

    /// The trace of a request from here on, with a span of ours if it is recorded.
    /// - Parameter caller: the trace that the caller says; nil if it says none.
    package func begin(_ caller: TraceContext?) -> TraceContext? {
        if let caller {
            guard sampler.takes(caller.traceID, caller: caller.isRecorded) else { return caller }
            return caller.continued(by: SpanIdentity(in: caller.traceID))
        }
        let root = SpanIdentity.root()
        return sampler.takes(root.traceID, caller: nil) ? TraceContext(beginning: root) : nil
    }

    /// Keeps a span.
    package func record(_ span: TraceSpan) {
        state.withLock { state in
            if state.spans.count < most { state.spans.append(span) } else { state.dropped += 1 }
        }
    }

    /// Takes the oldest spans, and how many were dropped since the last call.
    package func take(atMost limit: Int) -> (spans: [TraceSpan], dropped: Int) {
        state.withLock { state in
            defer { state.dropped = 0 }
            guard state.spans.count > limit else {
                defer { state.spans.removeAll(keepingCapacity: true) }
                return (state.spans, state.dropped)
            }
            let taken = Array(state.spans.prefix(limit))
            state.spans.removeFirst(limit)
            return (taken, state.dropped)
        }
    }

    /// When something that has just ended began and ended, in nanoseconds since 1970.
    package static func times(ofLast duration: Duration) -> (start: Int64, end: Int64) {
        var time = timespec()
        let result = clock_gettime(CLOCK_REALTIME, &time)
        precondition(result == 0, "every system that we run on has a real-time clock")
        // Until the year 2262.
        let end = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        let (seconds, attoseconds) = duration.components
        return (end &- (seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000), end)
    }
}
