import Randomness
import Testing

@testable import JournalFormat

/// What a walk handed out, until it is settled.
@Suite struct ClaimedBlocksTests {
    /// The same by sets, which are slow and plain.
    private struct Model {
        var claimed: Set<Int64> = []
        var settled: Set<Int64> = []

        var open: [Int64] { claimed.subtracting(settled).sorted() }

        func hasOpen(_ range: ClosedRange<Int64>) -> Bool { open.contains { range.contains($0) } }

        /// A run is cut where something open lies between two of its events, and where nothing is known.
        func unbroken(_ run: [Int64], besides rows: Set<Int64>, through end: Int64) -> [[Int64]] {
            run.dropFirst().reduce(into: [[run[0]]]) { pieces, next in
                let last = pieces[pieces.count - 1][pieces[pieces.count - 1].count - 1]
                let isFollower = next == last + 1
                let isOrdered = last < next && next <= end
                let between = open.contains { $0 > last && $0 < next && !rows.contains($0) }
                if isFollower || (isOrdered && !between) {
                    pieces[pieces.count - 1].append(next)
                } else {
                    pieces.append([next])
                }
            }
        }
    }

    @Test(arguments: 1...40)
    func `agree with a set`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var (blocks, model) = (ClaimedBlocks(), Model())
        var end: Int64 = 0
        for _ in 0..<60 {
            if Int.random(in: 0..<3, using: &random) == 0 {
                let stretch = (1...Int64.random(in: 1...12, using: &random)).map { end + $0 }
                let own = stretch.filter { _ in Bool.random(using: &random) }
                blocks.append(own)
                model.claimed.formUnion(own)
                end += Int64(stretch.count)
            }
            let sequence = Int64.random(in: 0...(end + 2), using: &random)
            let isOpen = model.claimed.contains(sequence) && !model.settled.contains(sequence)
            #expect(blocks.settle(sequence) == isOpen)
            if isOpen { model.settled.insert(sequence) }
            #expect(blocks.lowestOpen == model.open.first)
            #expect(blocks.openSequences == model.open)
            let lower = Int64.random(in: 0...(end + 2), using: &random)
            let range = lower...(lower + Int64.random(in: 0...9, using: &random))
            #expect(blocks.hasOpen(in: range) == model.hasOpen(range), "\(range)")
            // What is settled from the oldest open event on; before it everything is.
            let all = model.open.first.map { Set($0...max($0, end)) } ?? []
            #expect(Set(blocks.settled(through: end).flatMap(Array.init)) == all.subtracting(model.open))
        }
    }

    @Test(arguments: 1...40)
    func `cut a run at what is open`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var (blocks, model) = (ClaimedBlocks(), Model())
        let own = (1...40 as ClosedRange<Int64>).filter { _ in Bool.random(using: &random) }
        for start in stride(from: 0, to: own.count, by: 7) {
            blocks.append(Array(own[start..<min(start + 7, own.count)]))
        }
        model.claimed = Set(own)
        for sequence in own where Bool.random(using: &random) {
            #expect(blocks.settle(sequence) == true)
            model.settled.insert(sequence)
        }
        let rows = Set(model.open.filter { _ in Bool.random(using: &random) })
        let run = model.settled.sorted() + [43]
        // The last one lies beyond the walk.
        let pieces = blocks.unbroken(run, besides: rows, through: 40).map { Array($0) }
        #expect(pieces == model.unbroken(run, besides: rows, through: 40))
        #expect(pieces.flatMap(\.self) == run)
    }

    @Test func `have nothing for an empty claim`() {
        var blocks = ClaimedBlocks()
        blocks.append([])
        #expect(blocks.lowestOpen == nil && blocks.openSequences == [] && blocks.settled(through: 9) == [])
        let settled = blocks.settle(1)
        #expect(!settled && !blocks.hasOpen(in: 0...9))
    }
}
