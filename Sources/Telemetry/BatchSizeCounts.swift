import Synchronization

/// Counts how many events requests carry, in buckets that double: 1, 2, 3 to 4, 5 to 8 …
///
/// Recording takes one atomic operation, so that it may stand where every request passes.
package final class BatchSizeCounts: Sendable {
    /// So many requests carried up to so many events, and more than half of that.
    package struct Bucket: Sendable, Equatable {
        package let most: Int
        package let requests: Int

        package init(most: Int, requests: Int) {
            (self.most, self.requests) = (most, requests)
        }
    }

    /// Buckets up to 32,768 events; larger requests are counted in the last.
    private static let count = 16
    private let buckets = InlineArray<16, Atomic<Int>> { _ in Atomic(0) }

    /// Nothing was counted yet.
    package init() {}

    /// Counts a request; one without events as one with a single event.
    package func record(_ events: Int) {
        buckets[Self.bucket(of: events)].wrappingAdd(1, ordering: .relaxed)
    }

    /// What was counted since the start, from the smallest size to the largest that there was; empty if nothing was. A request that is
    /// recorded meanwhile may be in it or not.
    package var snapshot: [Bucket] {
        let counts = (0..<Self.count).map { buckets[$0].load(ordering: .relaxed) }
        guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else {
            return []
        }
        return (first...last).map { Bucket(most: 1 << $0, requests: counts[$0]) }
    }

    private static func bucket(of events: Int) -> Int {
        guard events > 1 else { return 0 }
        return min(Int.bitWidth - (events - 1).leadingZeroBitCount, count - 1)
    }
}
