/// How many events a request may carry while a vendor keeps answering 429.
///
/// A rate limit is about requests, so batches stay whole, and an event is never to blame for it. But some limits are for one customer or
/// one event, and a batch that carries such an event would never pass. So after several 429 in a row, a request periodically
/// carries one event alone. If it passes, requests start small and grow with each one that passes, and events that are limited alone go
/// alone. If lone events are limited too, the limit is for all requests, and batches are whole again.
struct LimitedBatches: Sendable, Equatable {
    /// After how many 429 in a row it is tried first whether one event passes alone.
    static let patience = 4
    /// After how many it is tried so, and after each sixteen.
    private static let trials: Set = [patience, 8]

    private var limitedInRow = 0
    /// Maximum number of events of a request while small ones pass; nil while batches are whole.
    private var allowed: Int?
    /// How many lone events in a row were limited since batches are small.
    private var limitedAlone = 0

    /// Maximum number of events that the next request may carry; nil: as many as the vendor takes.
    var most: Int? {
        if let allowed { return allowed }
        let isTrial = Self.trials.contains(limitedInRow) || (limitedInRow > 0 && limitedInRow.isMultiple(of: 16))
        return isTrial ? 1 : nil
    }

    /// Whether small requests pass where whole batches do not, so that an event that is limited alone may be what the limit is for.
    var isForSomeEvents: Bool { allowed != nil }

    /// A request passed.
    /// - Parameters:
    ///   - events: how many it carried.
    ///   - whole: the most that the vendor takes in one.
    mutating func passed(_ events: Int, of whole: Int) {
        if let allowed {
            let next = min(allowed, whole) * 2
            self.allowed = next >= whole ? nil : next
        } else if limitedInRow >= Self.patience, events == 1, whole > 2 {
            allowed = 2
        }
        (limitedInRow, limitedAlone) = (0, 0)
    }

    /// A request was answered 429.
    /// - Parameter events: how many it carried.
    mutating func limited(_ events: Int) {
        limitedInRow = min(limitedInRow + 1, 1_000_000)
        guard let allowed else { return }
        guard events == 1 else { return self.allowed = max(1, allowed / 2) }
        limitedAlone += 1
        if limitedAlone > 2 { (self.allowed, limitedAlone) = (nil, 0) }
    }
}
