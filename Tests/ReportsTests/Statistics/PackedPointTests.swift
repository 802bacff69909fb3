import Testing

@testable import Reports

@Suite struct PackedPointTests {
    @Test(arguments: [(Int.max, Int(Int32.max)), (Int(Int32.max), Int(Int32.max)), (7, 14)])
    func `counts as many requests as fit, whatever is added`(more: Int, twice: Int) {
        var point = StatisticsPoint()
        point.requests = RequestCounts(live: more, backfills: more, reads: more)
        var packed = PackedPoint.empty
        packed.add(point)
        packed.add(point)
        #expect(packed.point?.requests == RequestCounts(live: twice, backfills: twice, reads: twice))
    }
}
