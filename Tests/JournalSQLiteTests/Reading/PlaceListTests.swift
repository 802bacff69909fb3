import Events
import Testing

@testable import JournalSQLite

/// Positions that are examined some at a time.
@Suite struct PlaceListTests {
    private static func places(_ count: Int) -> [EventCursor] {
        (0..<Int64(count)).map { EventCursor(timestamp: Timestamp(milliseconds: $0), sequence: SequenceNumber($0)) }
    }

    private static func numbers(_ places: some Sequence<EventCursor>) -> [Int64] { places.map(\.sequence.rawValue) }

    @Test func `takes larger bites as long as they are digested, and each place once`() {
        var list = PlaceList(Self.places(2000), isLast: true)
        var (sizes, seen): ([Int], [Int64]) = ([], [])
        while !list.isEmpty {
            sizes.append(list.bite.count)
            seen += Self.numbers(list.bite)
            list.endBite()
        }
        #expect(sizes == [32, 128, 512, 512, 512, 304])
        #expect(seen == Array(0..<2000))
        #expect(list.isLast)
    }

    @Test func `takes the same places in smaller bites, and at least one`() {
        var list = PlaceList(Self.places(100), isLast: false)
        var sizes: [Int] = []
        for _ in 0..<4 {
            list.takeSmallerBites()
            sizes.append(list.bite.count)
        }
        #expect(sizes == [8, 2, 1, 1])
        #expect(Self.numbers(list.bite) == [0])
        list.endBite()
        #expect(Self.numbers(list.bite) == [1, 2, 3, 4])
    }

    @Test func `passes over places without a look`() {
        var list = PlaceList(Self.places(10), isLast: true)
        #expect(list.pass(4)?.sequence == SequenceNumber(3))
        #expect(Self.numbers(list.bite) == [4, 5, 6, 7, 8, 9])
        #expect(list.pass(0) == nil)
        #expect(list.pass(99)?.sequence == SequenceNumber(9))
        let none = list.pass(1)
        #expect(list.isEmpty && none == nil)
    }

    @Test func `is empty, and not the last, before anything was found`() {
        let list = PlaceList()
        #expect(list.isEmpty && !list.isLast && list.bite.isEmpty)
    }
}
