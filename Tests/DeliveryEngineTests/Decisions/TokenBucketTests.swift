import Events
import Testing

@testable import DeliveryEngine

@Suite struct TokenBucketTests {
    let start = ContinuousClock.now

    @Test func `lets a short burst pass, then spaces requests evenly`() {
        var bucket = TokenBucket(limit: RateLimit(requests: 100, per: .seconds(9)), at: start)
        for _ in 1...10 {
            #expect(bucket.nextToken(at: start) == start)
            bucket.take(at: start)
        }
        #expect(bucket.nextToken(at: start) == start + .milliseconds(100))
    }

    @Test(arguments: [RateLimit(requests: 500, per: .seconds(60)), RateLimit(requests: 50, per: .seconds(1))])
    func `never passes more than the limit in any full period`(limit: RateLimit) {
        var bucket = TokenBucket(limit: limit, at: start)
        var taken: [ContinuousClock.Instant] = []
        var now = start
        while now < start + limit.per * 3 {
            now = bucket.nextToken(at: now)
            bucket.take(at: now)
            taken.append(now)
        }
        for (index, instant) in taken.enumerated() {
            let within = taken[index...].prefix { $0 < instant + limit.per }
            #expect(within.count <= limit.requests)
        }
        #expect(taken.count > limit.requests * 2)
    }

    @Test func `passes one request at a time when the limit is one`() {
        var bucket = TokenBucket(limit: RateLimit(requests: 1, per: .seconds(1)), at: start)
        bucket.take(at: start)
        #expect(bucket.nextToken(at: start) == start + .seconds(1))
    }
}
