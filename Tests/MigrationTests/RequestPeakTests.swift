import Events
import Testing

@testable import Migration

@Suite struct RequestPeakTests {
    private func peak(_ perMinute: [Int], batch: Int, limit: RateLimit?) -> RequestPeak.Result? {
        var peak = RequestPeak(batch: BatchLimit(events: batch, bytes: 1 << 20), limit: limit)
        for (minute, events) in perMinute.enumerated() {
            for _ in 0..<events { peak.add(bytes: 10, acceptedAt: Timestamp(milliseconds: Int64(minute) * 60_000)) }
        }
        return peak.result
    }

    @Test func `has no result without events`() {
        #expect(peak([], batch: 1, limit: nil) == nil)
    }

    @Test(
        arguments: [
            // events by minute, events a request, requests a minute allowed; busiest minute, its requests, backlog in minutes
            ([3, 9, 4], 1, nil, 1, 9, 0),
            ([3, 9, 4], 4, nil, 1, 3, 0),
            ([10, 0, 0, 10], 1, 10, 0, 10, 0),
            ([30, 0, 0, 0], 1, 10, 0, 30, 2),
            ([30, 30, 0, 0], 1, 10, 0, 30, 4),
            ([30, 0, 0, 30], 1, 10, 0, 30, 2),
            ([30, 0, 30], 1, 10, 0, 30, 3),
            ([100, 0, 0, 0], 100, 10, 0, 1, 0),
            (Array(repeating: 1, count: 40) + [2], 1, nil, 40, 2, 0),
            ([2] + Array(repeating: 1, count: 40), 1, nil, 0, 2, 0),
        ] as [([Int], Int, Int?, Int64, Int, Int)]
    )
    func `finds the busiest minute, and how long requests would wait`(
        _ events: [Int],
        _ batch: Int,
        _ limit: Int?,
        _ minute: Int64,
        _ requests: Int,
        _ backlog: Int
    ) throws {
        let limit = limit.map { RateLimit(requests: $0, per: .seconds(60)) }
        let result = try #require(peak(events, batch: batch, limit: limit))
        #expect(result.minute == Timestamp(milliseconds: minute * 60_000))
        #expect(result.requests == requests)
        #expect(result.backlogMinutes == backlog)
        #expect(result.limit == limit?.requests)
    }

    @Test func `counts the events of a minute together, whatever their order`() {
        var peak = RequestPeak(batch: BatchLimit(events: 10, bytes: 1 << 20), limit: nil)
        for second in stride(from: Int64(0), to: 600, by: 6) {
            // Two streams that are two minutes apart.
            for time in [second, second + 120] { peak.add(bytes: 1, acceptedAt: Timestamp(milliseconds: time * 1000)) }
        }
        #expect(peak.result?.events == 20)
        #expect(peak.result?.requests == 2)
    }

    @Test func `survives clocks that jump from end to end`() {
        var peak = RequestPeak(
            batch: BatchLimit(events: 1, bytes: 1),
            limit: RateLimit(requests: 1, per: .milliseconds(1))
        )
        for time in [Int64.min, .max, 0, .max, .min] {
            peak.add(bytes: .max / 2, acceptedAt: Timestamp(milliseconds: time))
        }
        #expect(peak.result?.requests == 2)
    }

    @Test(
        arguments: [
            ([], 0), ([100], 1), ([100, 100, 100], 1), ([100, 100, 100, 100], 2), ([2000], 1), ([2000, 2000], 2),
            // Of 1000 bytes, events and the commas between them have 744.
            ([371, 372], 1), ([372, 372], 2),
        ] as [([Int], Int)]
    )
    func `fills requests up to the limits of events and bytes`(_ sizes: [Int], _ requests: Int) {
        var count = RequestCount(batch: BatchLimit(events: 3, bytes: 1000))
        for bytes in sizes { count.add(bytes: bytes) }
        #expect(count.requests == requests)
        #expect(count.events == sizes.count)
    }
}
