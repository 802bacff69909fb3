import Randomness
import Testing

@testable import JournalFormat

/// Ranges at both ends of all numbers, which a damaged row may have, and what they count.
@Suite struct SequenceRangesLimitsTests {
    private static func ranges(_ all: ClosedRange<Int64>...) -> SequenceRanges {
        var ranges = SequenceRanges()
        ranges.insert(all)
        return ranges
    }

    @Test func `joins what touches at the ends of all numbers`() {
        #expect(Self.ranges(.max ... .max, (.max - 1)...(.max - 1)).ranges == [(.max - 1)...Int64.max])
        #expect(Self.ranges(.min ... .min, (.min + 1)...(.min + 1)).ranges == [Int64.min...(.min + 1)])
        #expect(Self.ranges(.min ... .max, 5...7).ranges == [Int64.min...Int64.max])
        #expect(Self.ranges(.min ... .min, .max ... .max).ranges == [Int64.min...Int64.min, Int64.max...Int64.max])
    }

    @Test(arguments: [Int64.min, -1, 0, .max - 1, .max])
    func `forgets up to any number`(sequence: Int64) {
        var ranges = Self.ranges(.min...(-1), 0...0, (.max - 1)...(.max))
        ranges.removeAll(through: sequence)
        #expect(!ranges.contains(sequence) && !ranges.contains(.min))
        #expect(ranges.contains(.max) == (sequence < .max))
        #expect(ranges.contains(0) == (sequence < 0))
    }

    @Test func `finds gaps up to the last number`() {
        let ranges = Self.ranges(.min...(-1), 5...(.max))
        #expect(ranges.gaps(in: .min..<Int64.max) == [0...4])
        #expect(Self.ranges(.max ... .max).gaps(in: (.max - 2)..<Int64.max) == [(.max - 2)...(.max - 1)])
        #expect(SequenceRanges().gaps(in: 3..<3).isEmpty && SequenceRanges().gaps(in: 3..<5) == [3...4])
        #expect(Self.ranges(0...9).gaps(in: 2..<8).isEmpty)
    }

    @Test func `has nothing, and no last number, at first`() {
        let none = SequenceRanges()
        #expect(none.isEmpty && none.last == nil && !none.contains(0) && !none.overlaps(0...9))
        #expect(none.count(in: 0...9) == 0)
        #expect(Self.ranges(3...4, 8...9).last == 9)
    }

    @Test(arguments: 1...20)
    func `counts what a set has of a range`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (ranges, model) = (SequenceRanges(), Set<Int64>())
        for _ in 0..<60 {
            let lower = Int64.random(in: -50...150, using: &random)
            let range = lower...(lower + .random(in: 0...9, using: &random))
            ranges.insert(range)
            model.formUnion(range)
            let start = Int64.random(in: -60...160, using: &random)
            let part = start...(start + .random(in: 0...60, using: &random))
            #expect(ranges.count(in: part) == Int64(model.count { part.contains($0) }))
            #expect(ranges.last == model.max())
            // Ranges ascend, and do not touch.
            #expect(zip(ranges.ranges, ranges.ranges.dropFirst()).allSatisfy { $0.upperBound + 1 < $1.lowerBound })
        }
    }

    @Test func `is equal whatever the order in which it was filled`() {
        let parts: [ClosedRange<Int64>] = [1...3, 4...4, 9...12, 7...8, 20...20]
        var (up, down) = (SequenceRanges(), SequenceRanges())
        up.insert(parts)
        down.insert(parts.reversed())
        #expect(up == down && up.ranges == [1...4, 7...12, 20...20])
    }
}
