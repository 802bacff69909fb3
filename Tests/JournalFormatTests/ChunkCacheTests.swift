import Events
import Journal
import JournalFormat
import Testing

@Suite struct ChunkCacheTests {
    static let event = AcceptedEvent(
        CanonicalEvent(name: "api_request", customerID: "c", timestamp: Timestamp(milliseconds: 1_750_000_000_000)),
        id: "event-1",
        in: Submission(
            tenant: "shop",
            client: "web",
            acceptedAt: Timestamp(milliseconds: 1_750_000_000_000),
            plan: Plan(route: nil, destinations: [])
        )
    )

    static func chunk(_ range: ClosedRange<Int64>) -> ChunkEvents {
        ChunkEvents(
            first: SequenceNumber(range.lowerBound),
            events: range.map { _ in event },
            sizes: range.map { _ in 340 }
        )
    }

    @Test func `finds the chunk that holds an event`() {
        let cache = ChunkCache(limitBytes: 1 << 20)
        for range in [11...20, 1...10, 31...40] as [ClosedRange<Int64>] { cache.insert(Self.chunk(range)) }
        #expect(cache.chunk(holding: 1)?.first == SequenceNumber(1))
        #expect(cache.chunk(holding: 20)?.first == SequenceNumber(11))
        #expect(cache.chunk(holding: 25) == nil)
        #expect(cache.chunk(holding: 41) == nil)
        cache.remove(firstIn: 5...15)
        #expect(cache.chunk(holding: 15) == nil)
    }

    @Test func `keeps to its limit, and longest what is used`() {
        let cache = ChunkCache(limitBytes: 40_000)
        for number in 0..<100 as Range<Int64> {
            cache.insert(Self.chunk((number * 10 + 1)...(number * 10 + 10)))
            _ = cache.chunk(holding: 1)
        }
        #expect(cache.chunk(holding: 1) != nil)
        #expect(cache.chunk(holding: 1000) != nil)
        #expect((0..<100).count { cache.chunk(holding: $0 * 10 + 1) != nil } == 4)
    }
}
