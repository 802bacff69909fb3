import Events
import OfRecord
import Randomness
import Testing

@Suite struct BillingBoundariesTests {
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)

    private static func cycle(_ random: inout SplitMix) -> BillingCycle {
        let days = Int64.random(in: 0...400, using: &random)
        let anchor = BillingAnchor(
            start + .seconds(days * 86_400 + Int64.random(in: 0..<86_400, using: &random)),
            in: .utc
        )
        return BillingCycle(
            anchor: anchor,
            every: BillingCycle.Interval.allCases.randomElement(using: &random) ?? .month
        )
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `knows when the last customer's period begins`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var cycles: [CustomerID: BillingCycle] = [:]
        for number in 0..<Int.random(in: 0...6, using: &random) {
            cycles[CustomerID("c\(number)")] = Self.cycle(&random)
        }
        let boundaries = BillingBoundaries(cycles)
        let time = Self.start + .seconds(Int64.random(in: 0...86_400 * 500, using: &random))
        let last = try #require(boundaries.lastBoundary(from: time))
        let customers = cycles.keys.sorted() + [CustomerID("another")]
        let firsts = try customers.map { customer in
            try #require(boundaries.cycle(of: customer).boundary(after: time + .milliseconds(-1)))
        }
        #expect(firsts.max() == last)
        #expect(boundaries.lastBoundary(from: last) ?? last >= last)
    }

    @Test func `counts a boundary at the time itself`() throws {
        let first = try #require(Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        let second = try #require(Timestamp(rfc3339: "2027-02-01T00:00:00Z"))
        #expect(BillingBoundaries().lastBoundary(from: first) == first)
        #expect(BillingBoundaries().lastBoundary(from: first + .milliseconds(1)) == second)
    }

    @Test func `has none where a period begins behind the end of time`() {
        #expect(BillingBoundaries().lastBoundary(from: Timestamp(milliseconds: Timestamp.range.upperBound)) == nil)
    }
}
