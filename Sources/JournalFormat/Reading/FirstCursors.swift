package import Events

/// Keeps the first places of an order out of all that it is told.
package struct FirstCursors {
    package let order: EventSearch.Order
    private let after: EventCursor?
    private let until: EventCursor?
    private let most: Int
    private var kept: [EventCursor] = []
    /// The last one that is kept, once there are enough.
    private var last: EventCursor?

    /// - Parameters:
    ///   - after: the first place comes after this one.
    ///   - until: the last place comes before this one.
    ///   - most: how many are kept.
    package init(order: EventSearch.Order, after: EventCursor?, until: EventCursor?, most: Int) {
        self.order = order
        self.after = after
        self.until = until
        self.most = most
    }

    /// Those that are kept, in their order.
    package var places: [EventCursor] {
        Array(kept.sorted(by: precedes).prefix(most))
    }

    /// Whether an event of this timestamp could be kept.
    package func mayTake(_ timestamp: Int64) -> Bool {
        guard let last else { return true }
        return order == .oldestFirst
            ? timestamp <= last.timestamp.milliseconds : timestamp >= last.timestamp.milliseconds
    }

    /// The part of a time that is between the first and the last place; nil if there is none.
    package func times(within times: ClosedRange<Int64>) -> ClosedRange<Int64>? {
        let ends = [until, last].compactMap { $0?.timestamp.milliseconds }
        let start = after?.timestamp.milliseconds
        let (low, high): (Int64, Int64) =
            order == .oldestFirst
            ? (start ?? .min, ends.min() ?? .max) : (ends.max() ?? .min, start ?? .max)
        let (lower, upper) = (max(low, times.lowerBound), min(high, times.upperBound))
        return lower <= upper ? lower...upper : nil
    }

    /// Keeps a place if it is among the first.
    /// - Parameter sequence: is asked for if the timestamp alone does not rule the place out.
    package mutating func add(_ timestamp: Int64, _ sequence: () -> Int64) {
        guard mayTake(timestamp) else { return }
        let place = EventCursor(timestamp: Timestamp(milliseconds: timestamp), sequence: SequenceNumber(sequence()))
        if let after, !precedes(after, place) { return }
        if let until, !precedes(place, until) { return }
        if let last, !precedes(place, last) { return }
        kept.append(place)
        // Sorting when there are twice as many as needed costs less than finding each one's place.
        if kept.count >= most * 2 + 64 { shorten() }
    }

    /// Finds out which the last one is, so that less is examined from now on.
    package mutating func settle() {
        if kept.count >= most { shorten() }
    }

    private mutating func shorten() {
        kept.sort(by: precedes)
        kept.removeLast(kept.count - most)
        last = kept.last
    }

    private func precedes(_ left: EventCursor, _ right: EventCursor) -> Bool {
        let (first, second) = order == .oldestFirst ? (left, right) : (right, left)
        return first.timestamp == second.timestamp
            ? first.sequence < second.sequence : first.timestamp < second.timestamp
    }
}
