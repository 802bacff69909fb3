import Synchronization

/// Times the requests that have events accepted, and counts those that took too long.
package final class AcceptanceTimes: Sendable {
    /// A request that takes longer is slow.
    package static let limit = Duration.milliseconds(50)

    private let requests = LatencyCounts()
    private let slow = Atomic(0)

    /// Nothing was counted yet.
    package init() {}

    /// A request's events were accepted after so long.
    package func took(_ duration: Duration) {
        requests.record(duration)
        if duration >= Self.limit { slow.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Requests since the start, and how many of them were slow.
    package var counts: (requests: Int, slow: Int) {
        let slow = slow.load(ordering: .relaxed)
        return (requests.total, slow)
    }

    /// How long the requests took since the start.
    package var latencies: LatencyCounts.Snapshot { requests.snapshot }
}
