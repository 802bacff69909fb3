import Events
import Randomness
import Testing

@testable import JournalFormat

/// The first places of an order, out of all that were seen.
@Suite struct FirstCursorsTests {
    private static func cursor(_ timestamp: Int64, _ sequence: Int64) -> EventCursor {
        EventCursor(timestamp: Timestamp(milliseconds: timestamp), sequence: SequenceNumber(sequence))
    }

    private static func key(_ cursor: EventCursor) -> (Int64, Int64) {
        (cursor.timestamp.milliseconds, cursor.sequence.rawValue)
    }

    @Test(arguments: 1...40)
    func `are what sorting all of them gives`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let order: EventSearch.Order = Bool.random(using: &random) ? .oldestFirst : .newestFirst
        // Few times, so that many events have the same.
        let all = (1...400 as ClosedRange<Int64>).map { Self.cursor(.random(in: -10...10, using: &random), $0) }
        let after = Bool.random(using: &random) ? all.randomElement(using: &random) : nil
        let until = Bool.random(using: &random) ? all.randomElement(using: &random) : nil
        let most = Int.random(in: 1...60, using: &random)
        func precedes(_ left: EventCursor, _ right: EventCursor) -> Bool {
            order == .oldestFirst ? Self.key(left) < Self.key(right) : Self.key(right) < Self.key(left)
        }
        let expected = all.filter { place in
            (after.map { precedes($0, place) } ?? true) && (until.map { precedes(place, $0) } ?? true)
        }.sorted(by: precedes).prefix(most)
        var first = FirstCursors(order: order, after: after, until: until, most: most)
        for (index, place) in all.shuffled(using: &random).enumerated() {
            let timestamp = place.timestamp.milliseconds
            // What may not be taken any more is none of the first.
            if !first.mayTake(timestamp) { #expect(!expected.contains(place)) }
            let span = first.times(within: timestamp...timestamp)
            if span == nil { #expect(!expected.contains(place)) }
            first.add(timestamp) { place.sequence.rawValue }
            if index.isMultiple(of: 37) { first.settle() }
        }
        #expect(first.places == Array(expected), "\(order) \(most)")
        first.settle()
        #expect(first.places == Array(expected))
    }

    @Test func `does not ask for a sequence where the time rules a place out`() {
        var first = FirstCursors(order: .oldestFirst, after: nil, until: nil, most: 1)
        first.add(5) { 1 }
        first.settle()
        first.add(6) {
            Issue.record("asked for the sequence of a later event")
            return 2
        }
        first.add(5) { 0 }
        #expect(first.places == [Self.cursor(5, 0)])
    }

    @Test func `leaves the part of a time that can still matter`() {
        let (early, late) = (Self.cursor(10, 1), Self.cursor(20, 1))
        let oldest = FirstCursors(order: .oldestFirst, after: early, until: late, most: 9)
        #expect(oldest.times(within: 0...100) == 10...20)
        #expect(oldest.times(within: 15...16) == 15...16)
        #expect(oldest.times(within: 21...30) == nil && oldest.times(within: 0...9) == nil)
        let newest = FirstCursors(order: .newestFirst, after: late, until: early, most: 9)
        #expect(newest.times(within: 0...100) == 10...20)
        let all = FirstCursors(order: .newestFirst, after: nil, until: nil, most: 9)
        #expect(all.times(within: Int64.min...Int64.max) == Int64.min...Int64.max)
    }

    @Test func `keep none of nothing`() {
        var first = FirstCursors(order: .newestFirst, after: nil, until: nil, most: 5)
        first.settle()
        #expect(first.places == [] && first.mayTake(.min) && first.mayTake(.max))
    }
}
