import Events
import Testing

@testable import Migration

@Suite struct BoundedCountTests {
    @Test func `keeps a bounded number of groups, and counts the rest`() {
        var groups = GroupedCount<Int>()
        for number in 0..<1000 { groups.add("e", to: number) }
        #expect(groups.largestFirst.count == GroupLimits.groups)
        #expect(groups.count == 1000)
        #expect(groups.others == 1000 - GroupLimits.groups)
    }

    @Test func `lists the largest group first, and groups of one size as they came`() {
        var groups = GroupedCount<String>()
        for (number, key) in ["a", "b", "c", "c", "b", "d"].enumerated() { groups.add(EventID("e\(number)"), to: key) }
        #expect(groups.largestFirst.map(\.key) == ["b", "c", "a", "d"])
        #expect(groups.largestFirst.first?.group.ids == ["e1", "e4"])
    }

    @Test func `counts different customers exactly up to a limit, and says when there are more`() {
        var numbers = CustomerNumbers()
        var (all, even) = (DistinctCount(), DistinctCount())
        for number in 0..<CustomerNumbers.most {
            for _ in 0..<2 { all.add(numbers.number(of: "customer-\(number)")) }
            if number.isMultiple(of: 2) { even.add(numbers.number(of: "customer-\(number)")) }
        }
        #expect(all.count == CustomerNumbers.most)
        #expect(even.count == CustomerNumbers.most / 2)
        #expect(!all.isExceeded)
        all.add(numbers.number(of: "another"))
        all.add(numbers.number(of: "customer-0"))
        #expect(all.count == CustomerNumbers.most)
        #expect(all.isExceeded)
        #expect(!even.isExceeded)
    }
}
