import Events
import JSON
import OfRecord

/// Usage of the customers' last full periods that came after their end, by how late it was.
///
/// A vendor that bills by receipt puts it on the bill of the next period; if there is no next one, because the customer has moved, it is on
/// nobody's bill.
package struct LateUsage: Sendable, Equatable {
    /// The limits of the parts in which it is counted, in seconds after the end of the period.
    package static let limits: [Int64] = [3600, 6 * 3600, 86_400, 3 * 86_400, 7 * 86_400]

    /// Events a part; the last one is of events that were later than all limits.
    package private(set) var counts = [Int](repeating: 0, count: limits.count + 1)
    /// All events of the last full periods.
    package private(set) var events = 0

    package init() {}

    /// - Parameters:
    ///   - cycle: the customer's.
    ///   - now: which period is the last full one.
    mutating func add(_ event: AcceptedEvent, cycle: BillingCycle, at now: Timestamp) {
        guard let end = cycle.boundary(after: event.timestamp), end <= now,
            cycle.boundary(after: end).map({ now < $0 }) ?? true
        else { return }
        events += 1
        guard event.acceptedAt >= end else { return }
        let delay = (event.acceptedAt.milliseconds - end.milliseconds) / 1000
        counts[Self.limits.firstIndex { delay < $0 } ?? Self.limits.count] += 1
    }

    package var lateEvents: Int { counts.reduce(0, +) }

    /// As the API shows it.
    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("events", integer: events)
        writer.member("late_events", integer: lateEvents)
        writer.key("by_delay")
        writer.beginArray()
        for (index, count) in counts.enumerated() {
            writer.beginObject()
            writer.key("less_than_seconds")
            if index < Self.limits.count { writer.integer(Self.limits[index]) } else { writer.null() }
            writer.member("events", integer: count)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
    }
}
