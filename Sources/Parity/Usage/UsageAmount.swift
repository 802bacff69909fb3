package import Events
import JSON

/// What events come to: exact, whatever the aggregate.
package struct UsageAmount: Sendable {
    /// Events that are in it.
    package private(set) var events = 0
    private var sum = DecimalSum()
    /// Of the numbers without their signs.
    private var magnitude = 0.0
    private var isWhole = true
    private var largest: JSONNumber?
    private var latest: (time: Timestamp, sequence: SequenceNumber, number: JSONNumber)?
    private let keepsValues: Bool
    private var values: Set<ExactText> = []
    /// Whether there were more different values than are kept.
    private var hasOverflowed = false

    /// Different values of one amount that are distinguished.
    package static let mostValues = 1_000_000
    /// Up to here every whole number is a 64-bit float.
    private static let exactWhole = 0x1p53

    /// - Parameter aggregate: what will be asked for first; only ``MetricAggregate/unique`` takes memory for its values.
    package init(for aggregate: MetricAggregate) { keepsValues = aggregate == .unique }

    /// - Parameter sequence: by which of two events at one time is the later one.
    package mutating func add(_ value: MeteredValue, at time: Timestamp, _ sequence: SequenceNumber) {
        events += 1
        if keepsValues, !hasOverflowed {
            if values.count < Self.mostValues { values.insert(value.text.exact) } else { hasOverflowed = true }
        }
        guard let number = value.number else { return }
        sum.add(number)
        magnitude += (Double(value.text) ?? 0).magnitude
        isWhole = isWhole && number.isInteger
        largest = largest.map { max($0, number) } ?? number
        if latest.map({ ($0.time, $0.sequence) <= (time, sequence) }) ?? true { latest = (time, sequence, number) }
    }

    /// How many different values it keeps.
    package var keptValues: Int { values.count }

    /// A decimal number; nil if it cannot be told exactly.
    package func units(_ aggregate: MetricAggregate) -> String? {
        switch aggregate {
        case .count: "\(events)"
        case .sum: sum.text
        case .max: Self.text(largest)
        case .latest: Self.text(latest?.number)
        case .unique: keepsValues && !hasOverflowed ? "\(values.count)" : nil
        }
    }

    private static func text(_ number: JSONNumber?) -> String? {
        var sum = DecimalSum()
        if let number { sum.add(number) }
        return sum.text
    }

    /// How far a figure may be off that was computed of 64-bit floats, in any order.
    package func tolerance(_ aggregate: MetricAggregate) -> Double {
        switch aggregate {
        case .count, .unique: 0
        case .sum: isWhole && magnitude <= Self.exactWhole ? 0 : Double(events) * 0x1p-52 * magnitude
        // One number that was read as a float, and written again.
        case .max, .latest: (Double(units(aggregate) ?? "") ?? 0).magnitude * 0x1p-52
        }
    }
}
