import Randomness
import Testing

@testable import JournalFormat

@Suite struct SequenceRangesTests {
    @Test func `joins what overlaps or touches`() {
        var ranges = SequenceRanges()
        for range in [5...7, 10...12, 1...1, 8...9, 20...20, 2...3] as [ClosedRange<Int64>] { ranges.insert(range) }
        #expect(ranges.ranges == [1...3, 5...12, 20...20])
        ranges.insert(1...30)
        #expect(ranges.ranges == [1...30])
    }

    @Test func `forgets the lower end`() {
        var ranges = SequenceRanges()
        for range in [1...3, 5...12, 20...20] as [ClosedRange<Int64>] { ranges.insert(range) }
        ranges.removeAll(through: 6)
        #expect(ranges.ranges == [7...12, 20...20])
        ranges.removeAll(through: 12)
        #expect(ranges.ranges == [20...20])
        ranges.removeAll(through: 99)
        #expect(ranges.isEmpty)
    }

    @Test(arguments: [1, 2, 3, 4])
    func `agrees with a set`(seed: UInt64) {
        var generator = SplitMix(seed: seed)
        var (ranges, model) = (SequenceRanges(), Set<Int64>())
        for _ in 0..<300 {
            let lower = Int64.random(in: 1...200, using: &generator)
            if Int.random(in: 0..<10, using: &generator) == 0 {
                ranges.removeAll(through: lower)
                model = model.filter { $0 > lower }
            } else {
                let range = lower...(lower + .random(in: 0...9, using: &generator))
                ranges.insert(range)
                model.formUnion(range)
            }
            #expect((1...220 as ClosedRange<Int64>).filter { ranges.contains($0) } == model.sorted())
            let part = lower...(lower + .random(in: 0...20, using: &generator))
            #expect(ranges.contains(part) == model.isSuperset(of: part))
            #expect(ranges.overlaps(part) == !model.isDisjoint(with: part))
            let gaps = ranges.gaps(in: part.lowerBound..<part.upperBound)
            #expect(gaps.flatMap(Array.init) == part.dropLast().filter { !model.contains($0) })
        }
    }
}
