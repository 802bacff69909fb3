import Randomness
import Testing

@testable import Dashboard

/// Sorting of tables against a model: rows with a value by it, then those without, and equal ones as they were.
@Suite struct TableOrderPropertyTests {
    private struct Row: Equatable {
        let place: Int
        let value: Int?
    }

    @Test(arguments: ProviderColumn.allCases, [false, true])
    func `sorts as the model does, in both directions`(column: ProviderColumn, isReversed: Bool) {
        var random = SplitMix(seed: 7)
        let order = TableOrder(column, isReversed: isReversed)
        #expect(order.largestIsFirst == ((column != .provider) != isReversed))
        for _ in 0..<100 {
            let rows = (0..<Int.random(in: 0...30, using: &random)).map { place in
                Row(
                    place: place,
                    value: Int.random(in: 0...5, using: &random) == 0 ? nil : Int.random(in: 0...5, using: &random)
                )
            }
            var expected: [Row] = []
            for value in order.largestIsFirst ? Array((0...5).reversed()) : Array(0...5) {
                expected += rows.filter { $0.value == value }
            }
            expected += rows.filter { $0.value == nil }
            #expect(order.sorted(rows) { $0.value } == expected)
        }
    }

    @Test(arguments: ProviderColumn.allCases, [false, true])
    func `an order is read as it is written`(column: ProviderColumn, isReversed: Bool) {
        let order = TableOrder(column, isReversed: isReversed)
        #expect(order.text == (isReversed ? "-" : "") + column.rawValue)
        #expect(TableOrder<ProviderColumn>(order.text) == order)
    }

    /// Values that are not numbers have no order; sorting them ends, and loses no row.
    @Test func `loses no row where values cannot be ordered`() {
        let rows: [Double?] = [.nan, 1, nil, .infinity, .nan, -.infinity, 0, -0.0, nil, 2]
        for isReversed in [false, true] {
            let sorted = TableOrder(ProviderColumn.p99, isReversed: isReversed).sorted(rows) { $0 }
            #expect(sorted.count == rows.count && sorted.suffix(2).allSatisfy { $0 == nil })
        }
    }

    @Test func `names the columns that there are`() {
        #expect(
            TableOrder<ProviderColumn>.known
                == "provider, delivered, waiting, oldest, p50, p99, with \"-\" in front for the other direction"
        )
        #expect(
            TableOrder<ProblemsPage.Column>.known
                == "provider, name, deliveries, age, with \"-\" in front for the other direction"
        )
    }

    /// A head leads to its column as it begins, from there to the other direction, and says how the table is sorted now.
    @Test(arguments: ProviderColumn.allCases)
    func `a head turns its own order round and begins with another's`(column: ProviderColumn) {
        for other in ProviderColumn.allCases {
            for isReversed in [false, true] {
                let head = ColumnHead("h", column, of: TableOrder(other, isReversed: isReversed)) { "?\($0)" }
                let isOwn = other == column
                #expect(head.sortHref == (isOwn && !isReversed ? "?-" : "?") + column.rawValue)
                let isLargest = (column != .provider) != isReversed
                #expect(head.direction == (isOwn ? (isLargest ? "descending" : "ascending") : nil))
            }
        }
        let unsorted = ColumnHead("h", column, of: nil) { "?\($0)" }
        #expect(unsorted.direction == nil && unsorted.sortHref == "?" + column.rawValue)
    }
}
