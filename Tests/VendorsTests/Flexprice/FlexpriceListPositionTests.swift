import Events
import TestSupport
import Testing

@testable import Vendors

/// Pages of a list whose vendor knows whole seconds only.
@Suite struct FlexpriceListPositionTests {
    /// Answers as Flexprice does: both ends of the window in whole seconds, the offset counted in it.
    private static func page(
        of times: [Timestamp],
        _ position: FlexpriceListPosition,
        size: Int
    ) -> (events: [Timestamp], hasMore: Bool) {
        let inside = times.filter {
            (position.window.start * 1000...position.window.end * 1000).contains($0.milliseconds)
        }.sorted()
        let ordered = position.order == .oldestFirst ? inside : inside.reversed()
        let rest = ordered.dropFirst(position.offset)
        return (Array(rest.prefix(size)), rest.count > size)
    }

    private static func query(_ order: EventSearch.Order, _ filter: EventFilter, _ cursor: String?) -> VendorListQuery {
        VendorListQuery(filter: filter, order: order, limit: 1, cursor: cursor)
    }

    @Test func `pages show every event once, in order, whatever comes in between`() throws {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let start = Int64.random(in: Int64(0)...4_000_000_000, using: &random) * 1000
            let spread: Int64 = [500, 3000, 60_000].randomElement(using: &random) ?? 1
            // Some stand exactly on a second.
            func time() -> Timestamp {
                let offset = Int64.random(in: 0...spread, using: &random)
                return Timestamp(milliseconds: start + (Bool.random(using: &random) ? offset : offset / 1000 * 1000))
            }
            var times = (0..<Int.random(in: 0...40, using: &random)).map { _ in time() }
            let (from, before) = (time(), time())
            let filter = EventFilter(from: from, before: before)
            let order: EventSearch.Order = Bool.random(using: &random) ? .newestFirst : .oldestFirst
            let expected = times.filter { from <= $0 && $0 < before }.sorted()
            let size = Int.random(in: 1...7, using: &random)
            var shown: [Timestamp] = []
            var cursor: String?
            var pages = 0
            repeat {
                let position = try #require(FlexpriceListPosition(Self.query(order, filter, cursor)))
                let page = Self.page(of: times, position, size: size)
                shown += page.events.filter { from <= $0 && $0 < before }
                cursor = page.hasMore ? position.behind(page.events)?.cursor : nil
                // What comes in at the list's beginning, before the rest of it, moves no page.
                if let first = page.events.first, position.behind(page.events)?.window != position.window {
                    times.append(order == .newestFirst ? first + .seconds(2) : first + .seconds(-2))
                }
                pages += 1
            } while cursor != nil && pages < 1000
            #expect(shown == (order == .oldestFirst ? expected : expected.reversed()), "seed \(SeededRandom.seed)")
        }
    }

    @Test(
        arguments: [
            (0, 1000, 0, 1), (1, 1001, 0, 2), (1999, 2000, 1, 2), (-1, 1, 0, 1), (5000, 5000, 5, 5), (5001, 5001, 5, 6),
            (9000, 1000, 9, 9), (.min, .max, 0, 4_291_747_200), (.max, .min, 4_291_747_200, 4_291_747_200),
        ] as [(Int64, Int64, Int64, Int64)]
    )
    func `a window holds all of its span, whatever that is`(from: Int64, before: Int64, start: Int64, end: Int64) {
        let window = FlexpriceWindow(from: Timestamp(milliseconds: from), before: Timestamp(milliseconds: before))
        #expect((window.start, window.end) == (start, end))
    }
}
