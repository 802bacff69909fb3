import Acceptance
import Events
import Testing

/// IDs at the ends of time, and more of them than a millisecond has room for.
@Suite struct UUIDv7EdgesTests {
    /// The first 48 bits, in milliseconds since 1970.
    private func milliseconds(_ id: EventID) throws -> Int64 {
        try #require(Int64(id.rawValue.filter { $0 != "-" }.prefix(12), radix: 16))
    }

    @Test func `goes on in the next millisecond when one is full`() throws {
        let (ids, now) = (UUIDv7(), Timestamp(milliseconds: 1_800_000_000_000))
        var last = ""
        var times: [Int64] = []
        for _ in 0..<20_000 {
            let id = ids.next(at: now)
            #expect(id.rawValue > last)
            last = id.rawValue
            times.append(try milliseconds(id))
        }
        // 12 bits, of which each millisecond begins in the lower half.
        #expect(times.first == now.milliseconds && (4...10).contains((times.last ?? 0) - now.milliseconds))
        let later = try milliseconds(ids.next(at: now + .seconds(1)))
        #expect(later == now.milliseconds + 1000)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 1 << 47, .max])
    func `has the form of version 7 at any time`(milliseconds time: Int64) throws {
        let ids = UUIDv7()
        for _ in 0..<100 {
            let id = ids.next(at: Timestamp(milliseconds: time)).rawValue
            #expect(id.wholeMatch(of: #/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil)
        }
        #expect(try milliseconds(ids.next(at: Timestamp(milliseconds: time))) >= 0)
    }

    @Test func `never has a time before the clock's, which may go back`() throws {
        let ids = UUIDv7()
        let times: [Int64] = [5_000, 4_000, 5_000, 6_000, 0, -5, 6_001]
        let found = try times.map { try milliseconds(ids.next(at: Timestamp(milliseconds: $0))) }
        #expect(found == [5_000, 5_000, 5_000, 6_000, 6_000, 6_000, 6_001])
    }

    @Test func `two makers of IDs make other ones at the same time`() {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let (one, other) = (UUIDv7(), UUIDv7())
        var made: Set<String> = []
        for _ in 0..<2_000 {
            made.insert(one.next(at: now).rawValue)
            made.insert(other.next(at: now).rawValue)
        }
        #expect(made.count == 4_000)
    }
}
