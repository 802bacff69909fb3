package import Events
import Synchronization
package import Telemetry

/// Remembers which trace the newest events came in, so that a request to a vendor may belong to it.
///
/// Kept in memory and for so many events only: a trace is a help for people, and nothing depends on it. A request that carries events of
/// several traces, or of none, belongs to none of them.
package final class TraceLinks: Sendable {
    private struct State {
        var traces: [SequenceNumber: TraceContext] = [:]
        /// In the order in which they were noted; a ring.
        var order: [SequenceNumber] = []
        var oldest = 0
    }

    private static let most = 10_000

    private let state = Mutex(State())
    /// Nothing is looked up where no caller sends traces.
    private let isUsed = Atomic(false)

    /// Starts without a trace.
    package init() {}

    /// The events came in this trace.
    package func note(_ sequences: some Sequence<SequenceNumber>, _ trace: TraceContext) {
        isUsed.store(true, ordering: .relaxed)
        state.withLock { state in
            for sequence in sequences {
                if state.order.count < Self.most {
                    state.order.append(sequence)
                } else {
                    state.traces[state.order[state.oldest]] = nil
                    state.order[state.oldest] = sequence
                    state.oldest = (state.oldest + 1) % Self.most
                }
                state.traces[sequence] = trace
            }
        }
    }

    /// Maximum number of spans that one request to a vendor is linked to.
    private static let mostLinks = 32

    /// The recorded spans that these events came in, each once, and whether it is one for all of them.
    func spans(of sequences: [SequenceNumber]) -> (spans: [SpanIdentity], isOne: Bool) {
        guard isUsed.load(ordering: .relaxed) else { return ([], false) }
        return state.withLock { state in
            var (spans, isOne) = ([SpanIdentity](), true)
            for sequence in sequences {
                guard let span = state.traces[sequence]?.identity else {
                    isOne = false
                    continue
                }
                if !spans.contains(span) { spans.append(span) }
                if spans.count == Self.mostLinks { break }
            }
            return (spans, isOne && spans.count == 1)
        }
    }

    /// The trace that all of these events came in; nil if there is no such one.
    package func trace(of sequences: [SequenceNumber]) -> TraceContext? {
        guard isUsed.load(ordering: .relaxed), let first = sequences.first else { return nil }
        return state.withLock { state in
            guard let trace = state.traces[first] else { return nil }
            return sequences.allSatisfy { state.traces[$0]?.traceID == trace.traceID } ? trace : nil
        }
    }
}
