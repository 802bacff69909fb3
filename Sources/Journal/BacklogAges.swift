package import Events

/// How long the events that wait for a provider have been waiting, since their acceptance.
package struct BacklogAges: Sendable, Equatable {
    /// The maximum ages of the classes, ascending; one more class has all older events.
    package static let bounds: [Duration] = [.seconds(60), .seconds(600), .seconds(3600), .seconds(86_400)]

    /// One count for each of ``bounds``, and one for older events. Events that were stored together count with the age of their group.
    package private(set) var counts = [Int](repeating: 0, count: bounds.count + 1)
    /// Events that were not examined because there are too many. All are older than the examined events of their kind, whether they wait
    /// for their first attempt or for a retry.
    package private(set) var uncounted = 0

    package init() {}

    /// Number of waiting events.
    package var events: Int { counts.reduce(uncounted, +) }

    /// Adds waiting events.
    /// - Parameter ageClass: the index of their bound; the end index of ``bounds`` for older ones.
    package mutating func add(_ events: Int, ofClass ageClass: Int) {
        counts[min(max(0, ageClass), Self.bounds.count)] += max(0, events)
    }

    /// Adds waiting events that were not examined.
    package mutating func addUncounted(_ events: Int) { uncounted += max(0, events) }

    /// The times of acceptance at which the classes begin, latest first.
    package static func starts(at now: Timestamp) -> [Timestamp] { bounds.map { now + (.zero - $0) } }
}
