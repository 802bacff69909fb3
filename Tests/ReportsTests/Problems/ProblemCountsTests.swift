import Events
import Reports
import Testing

@Suite struct ProblemCountsTests {
    private let start = ContinuousClock.now
    private let three = ProblemCount(deliveries: 3, isLeast: false)

    @Test func `counts whom somebody asks for, and for a minute`() {
        let counts = ProblemCounts()
        #expect(counts.wanted(at: start).isEmpty)
        #expect(counts.count(of: "shop", at: start) == nil)
        #expect(counts.wanted(at: start) == ["shop"])
        counts.set(three, of: "shop", at: start)
        #expect(counts.count(of: "shop", at: start + .seconds(40)) == three)
        #expect(counts.wanted(at: start + .seconds(100)) == ["shop"])
        #expect(counts.wanted(at: start + .seconds(101)).isEmpty)
    }

    @Test func `shows the last count for a while, and then none`() {
        let counts = ProblemCounts()
        _ = counts.count(of: "shop", at: start)
        counts.set(three, of: "shop", at: start)
        #expect(counts.count(of: "shop", at: start + ProblemCounts.longestAge) == three)
        #expect(counts.count(of: "shop", at: start + ProblemCounts.longestAge + .seconds(1)) == nil)
    }

    @Test func `keeps to its number of tenants, and forgets those that nobody asks for`() {
        let counts = ProblemCounts()
        for number in 0...ProblemCounts.mostTenants {
            _ = counts.count(of: TenantID("tenant-\(number)"), at: start)
        }
        #expect(counts.wanted(at: start).count == ProblemCounts.mostTenants)
        counts.set(three, of: "stranger", at: start)
        #expect(counts.count(of: "stranger", at: start) == nil)
        let later = start + ProblemCounts.interest + .seconds(1)
        _ = counts.count(of: "late", at: later)
        #expect(counts.wanted(at: later) == ["late"])
    }
}
