import CoreMetrics
import Synchronization

/// A number that only grows.
final class CounterInstrument: CounterHandler {
    private let count = Atomic<Int64>(0)

    var value: Int64 { count.load(ordering: .relaxed) }

    func increment(by amount: Int64) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }
}

/// A number that goes up and down.
final class GaugeInstrument: MeterHandler, RecorderHandler {
    private let latest = Mutex(0.0)

    var value: Double { latest.withLock { $0 } }

    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { latest.withLock { $0 = value } }
    func increment(by amount: Double) { latest.withLock { $0 += amount } }
    func decrement(by amount: Double) { latest.withLock { $0 -= amount } }
    func record(_ value: Int64) { set(value) }
    func record(_ value: Double) { set(value) }
}

/// How often values fell between fixed bounds.
///
/// Recording takes three atomic operations. A reader may see a value's bucket before its sum.
final class HistogramInstrument: TimerHandler, RecorderHandler {
    /// Maximum number of bounds, without the infinite one.
    static let mostBounds = 15

    /// Ascending, in recorded units.
    private let bounds: [Int64]
    /// What one recorded unit is in the unit of the text.
    private let unit: Double
    /// One bucket per bound, not cumulative, and one for everything greater.
    private let buckets = InlineArray<16, Atomic<Int64>> { _ in Atomic(0) }
    private let sum = Atomic<Int64>(0)

    /// - Parameters:
    ///   - bounds: ascending, in the unit of the text; a value that equals one belongs below it.
    ///   - unit: a timer records nanoseconds, and its text has seconds.
    init(bounds: [Double], unit: Double) {
        precondition((1...Self.mostBounds).contains(bounds.count), "a histogram has 1 to \(Self.mostBounds) bounds")
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 }, "bounds ascend")
        // Safe: bounds are in the program.
        self.bounds = bounds.map { Int64(($0 / unit).rounded()) }
        self.unit = unit
    }

    var isEmpty: Bool {
        (0...bounds.count).allSatisfy { buckets[$0].load(ordering: .relaxed) == 0 }
    }

    func recordNanoseconds(_ duration: Int64) { record(duration) }

    func record(_ value: Int64) {
        var place = 0
        while place < bounds.count, value > bounds[place] { place += 1 }
        buckets[place].wrappingAdd(1, ordering: .relaxed)
        sum.wrappingAdd(value, ordering: .relaxed)
    }

    /// What no integer holds, or is no number, is left out.
    func record(_ value: Double) {
        if let whole = Int64(exactly: value.rounded()) { record(whole) }
    }

    /// Writes the buckets, each with all below it, then sum and count.
    func write(to text: inout PrometheusText, _ name: String, labels: String) {
        let separator = labels.isEmpty ? "" : ","
        var count: Int64 = 0
        for (place, bound) in bounds.enumerated() {
            count += buckets[place].load(ordering: .relaxed)
            let limit = PrometheusText.number(Double(bound) * unit)
            text.sample("\(name)_bucket", labels: "\(labels)\(separator)le=\"\(limit)\"", count)
        }
        count += buckets[bounds.count].load(ordering: .relaxed)
        text.sample("\(name)_bucket", labels: "\(labels)\(separator)le=\"+Inf\"", count)
        text.sample("\(name)_sum", labels: labels, Double(sum.load(ordering: .relaxed)) * unit)
        text.sample("\(name)_count", labels: labels, count)
    }
}
