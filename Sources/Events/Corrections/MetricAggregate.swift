/// How a vendor's metric turns events into a figure on a bill.
package enum MetricAggregate: String, Sendable, CaseIterable {
    /// Adds up a property.
    case sum
    /// Counts events.
    case count
    /// Counts the different values of a property.
    case unique
    /// Takes a property of the event with the latest timestamp.
    case latest
    /// Takes the largest value of a property.
    case max

    /// Whether the figures of two customers can be added.
    package var isAdditive: Bool { self == .count || self == .sum }

    /// Whether it needs a property.
    package var needsProperty: Bool { self != .count }
}
