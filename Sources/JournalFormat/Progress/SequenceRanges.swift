/// A set of sequence numbers as ascending ranges that do not touch.
package struct SequenceRanges: Sendable, Equatable {
    package private(set) var ranges: [ClosedRange<Int64>] = []

    package init() {}

    package var isEmpty: Bool { ranges.isEmpty }
    package var last: Int64? { ranges.last?.upperBound }

    /// Whether this number is in it.
    package func contains(_ sequence: Int64) -> Bool {
        let index = indexOfRange(endingAtOrAfter: sequence)
        return index < ranges.count && ranges[index].lowerBound <= sequence
    }

    /// Whether all of these are in it.
    package func contains(_ range: ClosedRange<Int64>) -> Bool {
        let index = indexOfRange(endingAtOrAfter: range.upperBound)
        return index < ranges.count && ranges[index].lowerBound <= range.lowerBound
    }

    /// Whether one of these is in it.
    package func overlaps(_ range: ClosedRange<Int64>) -> Bool {
        let index = indexOfRange(endingAtOrAfter: range.lowerBound)
        return index < ranges.count && ranges[index].lowerBound <= range.upperBound
    }

    /// How many of these are in it.
    package func count(in range: ClosedRange<Int64>) -> Int64 {
        var count: Int64 = 0
        for known in ranges[indexOfRange(endingAtOrAfter: range.lowerBound)...] {
            guard known.lowerBound <= range.upperBound else { break }
            count += min(known.upperBound, range.upperBound) - max(known.lowerBound, range.lowerBound) + 1
        }
        return count
    }

    /// The parts of a range that are not in it, ascending.
    package func gaps(in range: Range<Int64>) -> [ClosedRange<Int64>] {
        var gaps: [ClosedRange<Int64>] = []
        var next = range.lowerBound
        for known in ranges[indexOfRange(endingAtOrAfter: next)...] where next < range.upperBound {
            if known.lowerBound > next { gaps.append(next...(min(known.lowerBound, range.upperBound) - 1)) }
            next = Self.after(known.upperBound)
        }
        if next < range.upperBound { gaps.append(next...(range.upperBound - 1)) }
        return gaps
    }

    /// Adds all numbers of a range.
    package mutating func insert(_ range: ClosedRange<Int64>) {
        // All ranges that overlap the new one or stand directly beside it become one with it.
        let start = indexOfRange(endingAtOrAfter: Self.before(range.lowerBound))
        var end = start
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while end < ranges.count, ranges[end].lowerBound <= Self.after(upper) {
            lower = min(lower, ranges[end].lowerBound)
            upper = max(upper, ranges[end].upperBound)
            end += 1
        }
        ranges.replaceSubrange(start..<end, with: CollectionOfOne(lower...upper))
    }

    /// Adds all numbers of some ranges.
    package mutating func insert(_ ranges: [ClosedRange<Int64>]) {
        for range in ranges { insert(range) }
    }

    /// Forgets all up to and with this number.
    package mutating func removeAll(through sequence: Int64) {
        guard sequence < Int64.max else { return ranges = [] }
        let index = indexOfRange(endingAtOrAfter: sequence + 1)
        ranges.removeFirst(index)
        if let first = ranges.first, first.lowerBound <= sequence {
            ranges[0] = (sequence + 1)...first.upperBound
        }
    }

    /// The next number; itself at the end of all numbers, which a damaged row may have.
    private static func after(_ sequence: Int64) -> Int64 { sequence == .max ? sequence : sequence + 1 }

    private static func before(_ sequence: Int64) -> Int64 { sequence == .min ? sequence : sequence - 1 }

    private func indexOfRange(endingAtOrAfter sequence: Int64) -> Int {
        var (low, high) = (0, ranges.count)
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
