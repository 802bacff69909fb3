/// How many events a request may carry while a vendor keeps responding with 429.
///
/// Rate limits count requests, so batches stay whole, and no event is blamed. But some limits apply to one customer or one event, and a
/// batch with such an event would never pass. So after several 429 in a row, a request carries one event alone from time to time. If it
/// passes, requests start small and grow with each one that passes, and events that are limited alone are sent alone. If single events
/// are limited too, the limit applies to all requests, and batches are whole again.
struct LimitedBatches: Sendable, Equatable {
    /// After how many 429 in a row a single event is tried for the first time.
    static let patience = 4
    /// It happens after these numbers of 429 in a row, and then after every multiple of 16.
    private static let trials: Set = [patience, 8]

    private var limitedInRow = 0
    /// Maximum number of events per request while requests are small; nil while batches are whole.
    private var allowed: Int?
    /// How many single events in a row were limited while requests were small.
    private var limitedAlone = 0

    /// Maximum number of events in the next request; nil: as many as the vendor accepts.
    var most: Int? {
        if let allowed { return allowed }
        let isTrial = Self.trials.contains(limitedInRow) || (limitedInRow > 0 && limitedInRow.isMultiple(of: 16))
        return isTrial ? 1 : nil
    }

    /// Whether small requests pass and whole batches do not, so that the limit may apply to single events.
    var isForSomeEvents: Bool { allowed != nil }

    /// A request passed.
    /// - Parameters:
    ///   - events: how many it carried.
    ///   - whole: the maximum that the vendor accepts.
    mutating func passed(_ events: Int, of whole: Int) {
        if let allowed {
            let next = min(allowed, whole) * 2
            self.allowed = next >= whole ? nil : next
        } else if limitedInRow >= Self.patience, events == 1, whole > 2 {
            allowed = 2
        }
        (limitedInRow, limitedAlone) = (0, 0)
    }

    /// The response to a request was 429.
    /// - Parameter events: how many it carried.
    mutating func limited(_ events: Int) {
        limitedInRow = min(limitedInRow + 1, 1_000_000)
        guard let allowed else { return }
        guard events == 1 else { return self.allowed = max(1, allowed / 2) }
        limitedAlone += 1
        if limitedAlone > 2 { (self.allowed, limitedAlone) = (nil, 0) }
    }
}
