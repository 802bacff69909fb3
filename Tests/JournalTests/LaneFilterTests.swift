import Events
import Journal
import Testing

@Suite struct LaneFilterTests {
    private static let day = Timestamp(milliseconds: 86_400_000)
    private static let next = Timestamp(milliseconds: 2 * 86_400_000)

    /// Filters, and the places of those in the list that can take an event which this one takes.
    private static let filters: [(LaneFilter, overlaps: Set<Int>)] = [
        (LaneFilter(), [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (LaneFilter(tenant: "shop"), [0, 1, 3, 4, 5, 6, 7, 8]),
        (LaneFilter(tenant: "bank"), [0, 2, 3, 4, 5, 6, 7, 8]),
        (LaneFilter(names: ["a"]), [0, 1, 2, 3, 5, 6, 7, 8]),
        (LaneFilter(names: ["b"]), [0, 1, 2, 4, 5, 6, 7, 8]),
        (LaneFilter(names: ["c*"]), [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        (LaneFilter(customerIDs: ["x", "y"], until: day), [0, 1, 2, 3, 4, 5, 6, 8]),
        (LaneFilter(customerIDs: ["y"], from: day), [0, 1, 2, 3, 4, 5, 7]),
        (LaneFilter(customerIDs: ["x"], until: next), [0, 1, 2, 3, 4, 5, 6, 8]),
    ]

    @Test(arguments: filters.indices, filters.indices)
    func `says which filters may take the same event`(one: Int, other: Int) {
        let (left, right) = (Self.filters[one], Self.filters[other])
        #expect(left.0.mayOverlap(right.0) == left.overlaps.contains(other))
        #expect(left.0.mayOverlap(right.0) == right.0.mayOverlap(left.0))
    }
}
