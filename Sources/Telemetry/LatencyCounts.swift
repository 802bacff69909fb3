import Synchronization

/// Counts latencies in buckets that are narrow enough to read percentiles from: four for each doubling.
///
/// Recording takes one atomic operation, so that it may stand where every request passes.
package final class LatencyCounts: Sendable {
    /// Counts since the start, as they were at one time.
    package struct Snapshot: Sendable, Equatable {
        /// By bucket; empty if nothing was counted.
        fileprivate var counts: [Int]

        /// Nothing was counted.
        package init() {
            counts = []
        }

        /// - Parameter numbers: how many latencies by the number of their bucket; buckets that do not exist are left out.
        package init(_ numbers: [Int: Int]) {
            counts = []
            for (bucket, number) in numbers where number > 0 && (0..<LatencyCounts.count).contains(bucket) {
                if counts.isEmpty { counts = Array(repeating: 0, count: LatencyCounts.count) }
                counts[bucket] = number
            }
        }

        /// How many latencies were counted.
        package var total: Int { counts.reduce(0, &+) }

        /// How many latencies were counted since an earlier snapshot, by the number of their bucket; those of 0 are left out.
        package func numbers(since earlier: Snapshot = Snapshot()) -> [Int: Int] {
            var numbers: [Int: Int] = [:]
            for (bucket, count) in counts.enumerated() {
                let more = count &- (bucket < earlier.counts.count ? earlier.counts[bucket] : 0)
                if more > 0 { numbers[bucket] = more }
            }
            return numbers
        }

        /// Adds what was counted elsewhere.
        package mutating func add(_ other: Snapshot) {
            guard !other.counts.isEmpty else { return }
            guard !counts.isEmpty else { return counts = other.counts }
            for bucket in counts.indices where bucket < other.counts.count { counts[bucket] &+= other.counts[bucket] }
        }

        /// How many latencies were below each doubling, from the shortest to the longest that were counted; empty if none was.
        package var doublings: [(below: Duration, count: Int)] {
            guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 })
            else {
                return []
            }
            return stride(from: first / 4 * 4, through: last, by: 4).map { bucket in
                let (_, high) = LatencyCounts.bounds(of: bucket + 3)
                return (.nanoseconds(high), counts[bucket..<min(bucket + 4, counts.count)].reduce(0, &+))
            }
        }

        /// The latency that so many of a hundred kept within, of those counted since an earlier snapshot.
        /// - Parameter percent: from 0 to 100.
        /// - Returns: nil if there were none.
        package func percentile(_ percent: Int, since earlier: Snapshot = Snapshot()) -> Duration? {
            let counts = self.counts.enumerated().map { bucket, count in
                max(0, count &- (bucket < earlier.counts.count ? earlier.counts[bucket] : 0))
            }
            let total = counts.reduce(0, &+)
            guard total > 0 else { return nil }
            let wanted = Double(total) * Double(min(max(0, percent), 100)) / 100
            var below = 0.0
            for (bucket, count) in counts.enumerated() where count > 0 {
                guard below + Double(count) < wanted else {
                    let share = (wanted - below) / Double(count)
                    let (low, high) = LatencyCounts.bounds(of: bucket)
                    return .nanoseconds(low + Int64(share * Double(high - low)))
                }
                below += Double(count)
            }
            return nil
        }
    }

    /// Buckets up to about 150 seconds; what takes longer is counted in the last.
    private static let count = 108
    private let buckets = InlineArray<108, Atomic<Int>> { _ in Atomic(0) }

    /// Nothing was counted yet.
    package init() {}

    /// Counts a latency; a negative one as none.
    package func record(_ latency: Duration) {
        buckets[Self.bucket(of: latency)].wrappingAdd(1, ordering: .relaxed)
    }

    /// How many latencies were counted since the start.
    package var total: Int {
        (0..<Self.count).reduce(0) { $0 &+ buckets[$1].load(ordering: .relaxed) }
    }

    /// What was counted since the start. A latency that is recorded meanwhile may be in it or not.
    package var snapshot: Snapshot {
        var snapshot = Snapshot()
        snapshot.counts = (0..<Self.count).map { buckets[$0].load(ordering: .relaxed) }
        return snapshot
    }

    /// Counts in 2^40 attoseconds, which is 1.1 microseconds: a shift, where microseconds would be a division of 128 bits.
    private static func bucket(of latency: Duration) -> Int {
        guard latency > .zero else { return 0 }
        let units = UInt64(clamping: latency.attoseconds >> 40)
        guard units >= 4 else { return Int(units) }
        let exponent = 63 - units.leadingZeroBitCount
        let quarter = Int((units >> UInt64(exponent - 2)) & 3)
        return min((exponent - 1) * 4 + quarter, count - 1)
    }

    /// The nanoseconds between which the latencies of a bucket lie.
    private static func bounds(of bucket: Int) -> (low: Int64, high: Int64) {
        (nanoseconds(lowest(in: bucket)), nanoseconds(lowest(in: bucket + 1)))
    }

    private static func lowest(in bucket: Int) -> Int64 {
        guard bucket >= 4 else { return Int64(bucket) }
        return Int64(4 + bucket % 4) << Int64(bucket / 4 - 1)
    }

    private static func nanoseconds(_ units: Int64) -> Int64 {
        // A unit has 1,099.511628 nanoseconds; the highest is 2^28.
        units * 1_099_511_628 / 1_000_000
    }
}
