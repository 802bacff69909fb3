/// Which traces are recorded.
package struct TraceSampler: Sendable, Equatable {
    /// Whether what the caller decided counts, where there is a caller.
    package let followsCaller: Bool
    /// The share of traces, from 0 to 1.
    package let share: Double

    /// - Parameter share: beyond 0 and 1 counts as the nearest of them, and no number as 1.
    package init(followsCaller: Bool = true, share: Double = 1) {
        self.followsCaller = followsCaller
        self.share = share.isNaN ? 1 : min(max(share, 0), 1)
    }

    /// Whether a trace is recorded: the same for each of its spans, in any process that decides in this way.
    package func takes(_ traceID: String, caller isRecorded: Bool?) -> Bool {
        if followsCaller, let isRecorded { return isRecorded }
        guard share < 1 else { return true }
        // The last 56 bits are random, as W3C Trace Context wants them: OpenTelemetry compares them with the share.
        let random = UInt64(traceID.suffix(14), radix: 16) ?? 0
        return Double(random) < share * 72_057_594_037_927_936
    }
}
