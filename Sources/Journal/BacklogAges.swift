package import Events

/// How long the events that wait for a provider have been waiting, since their acceptance.
package struct BacklogAges: Sendable, Equatable {
    /// The ages that the events of each class have at most, ascending; those of one further class are older than all of them.
    package static let bounds: [Duration] = [.seconds(60), .seconds(600), .seconds(3600), .seconds(86_400)]

    /// One number for each of ``bounds``, and one for older events. Ages are known to those of events that were stored together.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// Events that were not looked at because there are too many: all are older than those of their kind that were, be they waiting
    /// for their first attempt or for another.
    package private(set) var uncounted = 0

    package init() {}

    /// All that waits.
    package var events: Int { counts.reduce(uncounted, +) }

    /// Adds waiting events.
    /// - Parameter ageClass: the index of their bound; that of ``bounds``'s end for older ones.
    package mutating func add(_ events: Int, ofClass ageClass: Int) {
        counts[min(max(0, ageClass), Self.bounds.count)] += max(0, events)
    }

    /// Adds waiting events that were not looked at.
    package mutating func addUncounted(_ events: Int) { uncounted += max(0, events) }

    /// The times of acceptance at which the classes begin, latest first.
    package static func starts(at now: Timestamp) -> [Timestamp] { bounds.map { now + (.zero - $0) } }
}
