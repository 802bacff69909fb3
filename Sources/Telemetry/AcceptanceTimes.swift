import Synchronization

/// Counts how many requests had to wait too long for their events to be accepted.
package final class AcceptanceTimes: Sendable {
    /// A request that takes longer is slow.
    package static let limit = Duration.milliseconds(50)

    private let requests = Atomic(0)
    private let slow = Atomic(0)

    /// Nothing was counted yet.
    package init() {}

    /// A request's events were accepted after so long.
    package func took(_ duration: Duration) {
        requests.wrappingAdd(1, ordering: .relaxed)
        if duration >= Self.limit { slow.wrappingAdd(1, ordering: .relaxed) }
    }

    /// Requests since the start, and how many of them were slow.
    package var counts: (requests: Int, slow: Int) {
        let slow = slow.load(ordering: .relaxed)
        return (requests.load(ordering: .relaxed), slow)
    }
}
