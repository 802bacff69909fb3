import Foundation
import TestSupport
import Testing

@testable import Sandbox

@Suite struct DueChangesTests {
    @Test func `gives what is due, the earliest first, and of equal times what was planned first`() {
        var random = SeededRandom()
        var changes = DueChanges()
        var model: [(due: Int, row: Int32)] = []
        for row in Int32(0)..<500 {
            let due = Int.random(in: 0..<50, using: &random)
            changes.plan(row.isMultiple(of: 2) ? .show(row) : .hide(row), at: Date(timeIntervalSince1970: Double(due)))
            model.append((due, row))
        }
        let now = 30
        let expected = model.filter { $0.due <= now }.sorted { ($0.due, $0.row) < ($1.due, $1.row) }
        for (due, row) in expected {
            let next = changes.next(at: Date(timeIntervalSince1970: Double(now)))
            #expect(next?.change == (row.isMultiple(of: 2) ? .show(row) : .hide(row)), "seed \(SeededRandom.seed)")
            #expect(next?.due == Date(timeIntervalSince1970: Double(due)))
        }
        #expect(changes.next(at: Date(timeIntervalSince1970: Double(now))) == nil)
    }
}
