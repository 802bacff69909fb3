import TestSupport
import Testing

@testable import Sandbox

@Suite struct OrderedRowsTests {
    /// By key, then by row.
    private func precedes(_ left: OrderedRows.Element, _ right: OrderedRows.Element) -> Bool {
        (left.key, left.row) < (right.key, right.row)
    }

    private func all(_ rows: OrderedRows, _ range: Range<Int>, downward: Bool = false) -> [Int32] {
        var found: [Int32] = []
        rows.forEach(in: range, downward: downward) { element in
            found.append(element.row)
            return true
        }
        return found
    }

    @Test func `keeps order and counts through insertions and removals, as a sorted list does`() {
        var random = SeededRandom()
        for spread in [1, 40, 1_000_000] {
            var rows = OrderedRows()
            var model: [OrderedRows.Element] = []
            for number in 0..<4000 {
                if !model.isEmpty, Int.random(in: 0..<4, using: &random) == 0 {
                    let gone = model.remove(at: Int.random(in: model.indices, using: &random))
                    rows.remove(gone.row) { precedes($0, gone) }
                    continue
                }
                let key = Int.random(in: 0..<spread, using: &random)
                let element = OrderedRows.Element(key: key, row: Int32(number))
                rows.insert(element) { precedes($0, element) }
                model.insert(element, at: model.firstIndex { precedes(element, $0) } ?? model.count)
            }
            #expect(rows.count == model.count, "seed \(SeededRandom.seed)")
            #expect(all(rows, 0..<rows.count) == model.map(\.row), "seed \(SeededRandom.seed)")
            for _ in 0..<50 {
                let start = Int.random(in: 0...model.count, using: &random)
                let range = start..<Int.random(in: start...model.count, using: &random)
                #expect(all(rows, range) == model[range].map(\.row))
                #expect(all(rows, range, downward: true) == model[range].reversed().map(\.row))
                let bound = Int.random(in: 0..<spread, using: &random)
                #expect(rows.count { $0.key < bound } == model.count { $0.key < bound })
                if start < model.count { #expect(rows[start] == model[start]) }
            }
        }
    }

    @Test func `stops when told to`() {
        var rows = OrderedRows()
        for row in 0..<10 { rows.insert(.init(key: row, row: Int32(row))) { _ in true } }
        var seen = 0
        rows.forEach(in: 0..<10, downward: false) { _ in
            seen += 1
            return seen < 3
        }
        #expect(seen == 3)
    }
}
