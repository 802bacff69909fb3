import Events
import Journal
import Testing

@Suite struct LedgerCountsTests {
    @Test(arguments: DeliveryStatus.allCases)
    func `counts each delivery once as planned and once by its state`(status: DeliveryStatus) {
        var counts = LedgerCounts.Counts()
        counts.add(status)
        counts.add(status, isByLane: true)
        #expect(counts.planned == 2)
        #expect(counts.byLane == 1)
        let states = [
            counts.waiting, counts.delivered, counts.rejected, counts.uncertain, counts.discarded, counts.skipped,
        ]
        #expect(states.reduce(0, +) == 2)
        #expect(states.filter { $0 > 0 }.count == 1)
        var doubled = counts
        doubled += counts
        #expect(doubled.planned == 4 && doubled.byLane == 2)
    }

    @Test func `tells no more names apart than it has cells for, and loses none`() {
        var one = LedgerCounts.Counts()
        one.add(.delivered)
        var counts = LedgerCounts()
        let more = 500
        for number in 0..<(LedgerCounts.mostCells + more) {
            counts.add(one, to: LedgerCounts.Key(provider: "lago", name: "n\(number)", day: Timestamp(milliseconds: 0)))
        }
        #expect(counts.cells.count == LedgerCounts.mostCells + 1)
        #expect(counts.cells[LedgerCounts.Key(provider: "lago", name: nil, day: nil)]?.planned == more)
    }

    @Test func `tells names apart that are two forms of one text`() {
        var one = LedgerCounts.Counts()
        one.add(.delivered)
        var counts = LedgerCounts()
        let keys = ["cafe\u{301}", "caf\u{E9}"].map {
            LedgerCounts.Key(provider: "lago", name: $0, day: Timestamp(milliseconds: 0))
        }
        for key in keys { counts.add(one, to: key) }
        #expect(counts.cells.count == 2 && counts.cells.keys.sorted() == keys)
    }

    @Test func `stands in the order of provider, name and day, the rest last`() {
        func key(_ provider: ProviderName, _ name: String?, _ day: Int64?) -> LedgerCounts.Key {
            LedgerCounts.Key(provider: provider, name: name, day: day.map { Timestamp(milliseconds: $0) })
        }
        let keys = [key("a", "x", 1), key("a", "x", 2), key("a", "y", 0), key("a", nil, nil), key("b", "a", 0)]
        #expect(keys.reversed().sorted() == keys)
    }
}
