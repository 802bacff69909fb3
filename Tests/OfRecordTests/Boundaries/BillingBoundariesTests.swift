import Events
import Testing

@testable import OfRecord

/// The billing periods of all customers.
@Suite struct BillingBoundariesTests {
    @Test func `give whoever has no periods of their own those of all others`() throws {
        let own = BillingCycle(anchor: try #require(BillingAnchor("2026-01-15", in: .utc)), every: .quarter)
        let boundaries = BillingBoundaries(["c1": own], otherwise: BillingCycle(every: .year))
        #expect(boundaries.count == 1 && Array(boundaries.customers) == ["c1"])
        #expect(boundaries.cycle(of: "c1") == own)
        #expect(boundaries.cycle(of: "C1") == BillingCycle(every: .year))
        #expect(boundaries.cycle(of: "") == BillingCycle(every: .year))
    }

    @Test func `tell customers apart whose IDs are two forms of one text`() throws {
        let own = BillingCycle(anchor: try #require(BillingAnchor("2026-01-15", in: .utc)))
        let boundaries = BillingBoundaries([CustomerID("caf\u{E9}"): own])
        #expect(boundaries.cycle(of: CustomerID("caf\u{E9}")) == own)
        #expect(boundaries.cycle(of: CustomerID("cafe\u{301}")) == BillingCycle())
    }

    @Test func `have each of equal periods once`() throws {
        let berlin = try #require(ZoneRules(named: "Europe/Berlin"))
        let day = try #require(BillingAnchor("2026-01-15", in: .utc))
        let time = try #require(BillingAnchor("2026-01-15T09:00:00Z", in: .utc))
        let cycles = [
            BillingCycle(), BillingCycle(anchor: day), BillingCycle(anchor: day), BillingCycle(anchor: time),
            BillingCycle(anchor: day, every: .year), BillingCycle(anchor: day, in: berlin),
        ]
        let customers = cycles.enumerated().map { (CustomerID("c\($0.offset)"), $0.element) }
        let boundaries = BillingBoundaries(Dictionary(customers) { first, _ in first })
        let found = boundaries.distinctCycles
        #expect(found.first == BillingCycle() && found.count == 5)
        #expect(cycles.allSatisfy(found.contains))
        #expect(BillingBoundaries().distinctCycles == [BillingCycle()])
    }
}
