import Acceptance
import Events
import Testing

@Suite struct UUIDv7Tests {
    @Test func `makes ids of version 7 that carry their time`() throws {
        let id = UUIDv7().next(at: Timestamp(milliseconds: 0x0123_4567_89AB)).rawValue
        #expect(id.wholeMatch(of: #/01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/#) != nil, "\(id)")
    }

    @Test func `ascends within a millisecond, and when the clock goes back`() {
        let ids = UUIDv7()
        var made: [String] = []
        for step in 0..<10_000 {
            made.append(ids.next(at: Timestamp(milliseconds: 1_700_000_000_000 - Int64(step / 5_000))).rawValue)
        }
        #expect(made == made.sorted())
        #expect(Set(made).count == made.count)
    }
}
