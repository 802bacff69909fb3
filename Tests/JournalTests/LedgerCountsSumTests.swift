import Events
import Journal
import TestSupport
import Testing

/// Counts of deliveries that are counted in parts.
@Suite struct LedgerCountsSumTests {
    private static let statuses = DeliveryStatus.allCases

    @Test func `parts together are the same as the whole`() {
        var random = SeededRandom()
        var whole = LedgerCounts.Counts()
        var sum = LedgerCounts.Counts()
        for _ in 0..<5 {
            var part = LedgerCounts.Counts()
            for _ in 0..<20 {
                let status = Self.statuses.randomElement(using: &random)!
                let isByLane = Bool.random(using: &random)
                part.add(status, isByLane: isByLane)
                whole.add(status, isByLane: isByLane)
            }
            sum += part
        }
        #expect(sum == whole && whole.planned == 100, "seed \(SeededRandom.seed)")
        let states = [
            whole.delivered, whole.waiting, whole.rejected, whole.uncertain, whole.discarded, whole.skipped,
        ]
        #expect(states.reduce(0, +) == 100)
    }

    @Test func `what waits was never tried, or waits for a retry`() {
        var counts = LedgerCounts.Counts()
        for status in Self.statuses { counts.add(status) }
        #expect(counts.waiting == 2 && counts.planned == Self.statuses.count && counts.byLane == 0)
    }

    /// Beyond the limit, a key that is known goes on being counted for itself.
    @Test func `a name that has a cell keeps it when there is no room for others`() {
        var one = LedgerCounts.Counts()
        one.add(.delivered)
        var counts = LedgerCounts()
        func key(_ provider: ProviderName, _ number: Int) -> LedgerCounts.Key {
            LedgerCounts.Key(provider: provider, name: "n\(number)", day: Timestamp(milliseconds: 0))
        }
        for number in 0..<LedgerCounts.mostCells { counts.add(one, to: key("lago", number)) }
        counts.add(one, to: key("lago", 0))
        counts.add(one, to: key("polar", 0))
        counts.add(one, to: key("polar", 1))
        #expect(counts.cells[key("lago", 0)]?.planned == 2)
        #expect(counts.cells[key("polar", 0)] == nil)
        // Each provider has its own rest.
        #expect(counts.cells[LedgerCounts.Key(provider: "polar", name: nil, day: nil)]?.planned == 2)
        #expect(counts.cells[LedgerCounts.Key(provider: "lago", name: nil, day: nil)] == nil)
        #expect(counts.cells.count == LedgerCounts.mostCells + 1)
    }

    @Test func `keys are ordered by provider, then by name, then by day, those without a name last`() {
        func key(_ provider: ProviderName, _ name: String?, _ day: Int64?) -> LedgerCounts.Key {
            LedgerCounts.Key(provider: provider, name: name, day: day.map { Timestamp(milliseconds: $0) })
        }
        let keys = [
            key("a", "", 5), key("a", "A", 1), key("a", "a", -1), key("a", "a", 0), key("a", "a", nil),
            key("a", "cafe\u{301}", 0), key("a", "caf\u{E9}", 0), key("a", nil, nil), key("b", "a", 0),
            key("b", nil, nil),
        ]
        #expect(keys.shuffled().sorted() == keys)
        for (index, left) in keys.enumerated() {
            for (other, right) in keys.enumerated() {
                #expect((left < right) == (index < other) && (left == right) == (index == other))
            }
        }
    }
}
