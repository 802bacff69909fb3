import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// Which stretches of the journal the search index has, and which must be made.
@Suite struct ColumnPartsTests {
    private func parts(
        _ segments: [ColumnSegment],
        floor: Int64 = 1,
        newest: Int64,
        removed: [ClosedRange<Int64>] = []
    ) -> ColumnParts {
        var ranges = SequenceRanges()
        ranges.insert(removed)
        var parts = ColumnParts(newest: ColumnBuilder(first: 1, key: MemoryJournal.key), removed: ranges)
        parts.begin(
            with: segments,
            floor: floor,
            newest: ColumnBuilder(first: newest + 1, key: MemoryJournal.key)
        )
        return parts
    }

    @Test func `a gap is what no segment covers, retention has not removed, and is not new`() throws {
        let segments = try [11...20, 31...40].map { try SampleSegment.empty($0) }
        var parts = parts(segments, floor: 5, newest: 60, removed: [7...8, 15...33, 59...70])
        #expect(parts.gaps == [5...6, 9...10, 41...58])
        parts.unwritten = [try SampleSegment.empty(41...50)]
        #expect(parts.gaps == [5...6, 9...10, 51...58])
        #expect(self.parts([], newest: 0).gaps.isEmpty)
    }

    @Test func `makes the newest gap first`() throws {
        let parts = parts([try SampleSegment.full(11...20)], newest: 60)
        #expect(parts.nextGap(unit: 10) == 21...60)
        #expect(self.parts([try SampleSegment.full(1...60)], newest: 60).nextGap(unit: 10) == nil)
    }

    /// So that many short lives of a store leave few files.
    @Test(arguments: [(20, 12...60), (19, 12...60), (18, 21...60)] as [(Int, ClosedRange<Int64>)])
    func `a segment of less than half a unit is made again with the gap behind it`(
        unit: Int,
        gap: ClosedRange<Int64>
    ) throws {
        let nine = try SampleSegment.full(12...20)
        #expect(parts([nine], newest: 60).nextGap(unit: unit) == gap)
        // One that does not end right before the gap stays as it is.
        let before = try SampleSegment.full(11...19)
        #expect(parts([before], newest: 60, removed: [20...20]).nextGap(unit: 100) == 21...60)
    }

    @Test func `a segment takes the place of all that it overlaps, in the order of the journal`() throws {
        let segments = try [1...10, 11...20, 21...30, 41...50].map { try SampleSegment.empty($0) }
        var parts = parts(segments, newest: 60)
        let wide = try SampleSegment.empty(15...25)
        let replaced = parts.install(wide)
        #expect(replaced.map(\.range) == [11...20, 21...30])
        #expect(parts.written.map(\.range) == [1...10, 15...25, 41...50])
        let between = try SampleSegment.empty(31...40)
        let none = parts.install(between)
        #expect(none.isEmpty)
        #expect(parts.written.map(\.range) == [1...10, 15...25, 31...40, 41...50])
    }

    @Test func `a segment whose events are gone by the time it is written is of no use`() throws {
        var parts = parts([try SampleSegment.empty(21...30)], floor: 21, newest: 60)
        let late = try SampleSegment.empty(11...20)
        let useless = parts.install(late)
        #expect(useless.count == 1 && useless[0] === late)
        #expect(parts.written.map(\.range) == [21...30])
        let border = try SampleSegment.empty(12...21)
        let replaced = parts.install(border)
        #expect(replaced.map(\.range) == [21...30] && parts.written.map(\.range) == [12...21])
    }

    @Test func `forgets segments of which retention has removed everything`() throws {
        let segments = try [1...10, 11...20, 21...30, 31...40].map { try SampleSegment.empty($0) }
        var parts = parts(segments, newest: 60, removed: [20...31])
        let gone = parts.removeSegments(below: 11)
        #expect(gone.map(\.range) == [1...10, 21...30])
        #expect(parts.written.map(\.range) == [11...20, 31...40] && parts.floor == 11)
        let none = parts.removeSegments(below: 11)
        #expect(none.isEmpty)
    }

    @Test func `leaves a damaged segment out once, and no other with the same range`() throws {
        let (known, other) = (try SampleSegment.empty(1...10), try SampleSegment.empty(1...10))
        var parts = parts([known], newest: 20)
        let ofOther = parts.discard(other)
        let (first, second) = (parts.discard(known), parts.discard(known))
        #expect(!ofOther && first && !second && parts.written.isEmpty)
        #expect(parts.gaps == [1...20])
    }

    /// Gaps and segments together are every event that is there, each once.
    @Test(arguments: 1...30)
    func `no event is in two segments, nor in a segment and a gap`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var parts = parts([], newest: 80)
        for _ in 0..<25 {
            let first = Int64.random(in: 1...80, using: &random)
            let range = first...min(80, first + Int64.random(in: 0...15, using: &random))
            switch Int.random(in: 0..<5, using: &random) {
            case 0: parts.removed.insert(range)
            case 1: _ = parts.removeSegments(below: max(parts.floor, range.lowerBound / 4))
            case 2: if let segment = parts.written.randomElement(using: &random) { _ = parts.discard(segment) }
            default: _ = parts.install(try SampleSegment.empty(range))
            }
            let ranges = parts.written.map(\.range)
            #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound }, "seed \(seed)")
            let gaps = parts.gaps
            for number in parts.floor...80 {
                let isInGap = gaps.contains { $0.contains(number) }
                let isCovered = ranges.contains { $0.contains(number) } || parts.removed.contains(number)
                #expect(isInGap != isCovered, "\(number), seed \(seed)")
            }
        }
    }
}
