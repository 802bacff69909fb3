import Events

/// A point in 96 bytes.
struct PackedPoint: Sendable {
    /// Nothing was measured.
    static let empty = PackedPoint()

    /// Negative: nothing was measured.
    private var accepted = -1
    private var delivered = 0
    private var retried = 0
    private var rejected = 0
    private var uncertain = 0
    /// Negative: not known.
    private var backlog = -1
    private var oldestMilliseconds: Int64 = -1
    private var p50Microseconds: Int64 = -1
    private var p99Microseconds: Int64 = -1
    /// Negative: not known.
    private var concurrency: Int32 = -1
    /// The rank of the state; negative: not known.
    private var circuit: Int8 = -1
    /// Far fewer than fit: a step has a minute at most.
    private var live: Int32 = 0
    private var backfills: Int32 = 0
    private var reads: Int32 = 0

    /// Adds counts, and replaces what is as it is at the end of the step.
    mutating func add(_ point: StatisticsPoint) {
        accepted = max(0, accepted) &+ point.accepted
        delivered &+= point.delivered
        retried &+= point.retried
        rejected &+= point.rejected
        uncertain &+= point.uncertain
        live = Self.sum(live, point.requests.live)
        backfills = Self.sum(backfills, point.requests.backfills)
        reads = Self.sum(reads, point.requests.reads)
        backlog = point.backlog ?? -1
        oldestMilliseconds = point.oldestAge?.wholeMilliseconds ?? -1
        // Of the whole step until now; nil if no request ended in it.
        p50Microseconds = point.p50?.wholeMicroseconds ?? -1
        p99Microseconds = point.p99?.wholeMicroseconds ?? -1
        concurrency = point.concurrency.map { Int32(clamping: $0) } ?? -1
        // The worst of the whole step: an outage of a second is seen in a step of a minute.
        circuit = max(circuit, point.circuit.map { Int8(clamping: $0.rank) } ?? -1)
    }

    /// At most what fits.
    private static func sum(_ count: Int32, _ more: Int) -> Int32 {
        Int32(clamping: Int64(count) + Int64(Int32(clamping: more)))
    }

    /// Nil if nothing was measured.
    var point: StatisticsPoint? {
        guard accepted >= 0 else { return nil }
        var point = StatisticsPoint()
        point.accepted = accepted
        point.delivered = delivered
        point.retried = retried
        point.rejected = rejected
        point.uncertain = uncertain
        point.requests = RequestCounts(live: Int(live), backfills: Int(backfills), reads: Int(reads))
        point.backlog = backlog < 0 ? nil : backlog
        point.oldestAge = oldestMilliseconds < 0 ? nil : .milliseconds(oldestMilliseconds)
        point.p50 = p50Microseconds < 0 ? nil : .microseconds(p50Microseconds)
        point.p99 = p99Microseconds < 0 ? nil : .microseconds(p99Microseconds)
        point.concurrency = concurrency < 0 ? nil : Int(concurrency)
        point.circuit = CircuitState(rank: Int(circuit))
        return point
    }
}
