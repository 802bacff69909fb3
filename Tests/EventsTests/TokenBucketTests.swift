import Events
import Testing

@Suite struct TokenBucketTests {
    let start = ContinuousClock.now

    @Test func `lets a short burst pass, then spaces requests evenly`() {
        var bucket = TokenBucket(shortBursts: RateLimit(requests: 100, per: .seconds(9)), at: start)
        for _ in 1...10 {
            #expect(bucket.wait(for: 1, at: start) == .zero)
            bucket.take(1, at: start)
        }
        #expect(bucket.wait(for: 1, at: start) == .milliseconds(100))
    }

    @Test(arguments: [RateLimit(requests: 500, per: .seconds(60)), RateLimit(requests: 50, per: .seconds(1))])
    func `never passes more than the limit in any full period`(limit: RateLimit) {
        var bucket = TokenBucket(shortBursts: limit, at: start)
        var taken: [ContinuousClock.Instant] = []
        var now = start
        while now < start + limit.per * 3 {
            now += bucket.wait(for: 1, at: now)
            bucket.take(1, at: now)
            taken.append(now)
        }
        for (index, instant) in taken.enumerated() {
            let within = taken[index...].prefix { $0 < instant + limit.per }
            #expect(within.count <= limit.requests)
        }
        #expect(taken.count > limit.requests * 2)
    }

    @Test func `passes one request at a time when the limit is one`() {
        var bucket = TokenBucket(shortBursts: RateLimit(requests: 1, per: .seconds(1)), at: start)
        #expect(bucket.wait(for: 2, at: start) == .zero)
        bucket.take(1, at: start)
        #expect(bucket.wait(for: 1, at: start) == .seconds(1))
    }

    @Test func `lets as much pass at once as the limit names, then evenly`() {
        var bucket = TokenBucket(fullBursts: RateLimit(requests: 10, per: .seconds(1)), at: start)
        for _ in 0..<10 { #expect(bucket.takeIfPresent(1, at: start) == nil) }
        #expect(bucket.takeIfPresent(1, at: start) == .milliseconds(100))
        #expect(bucket.takeIfPresent(1, at: start + .milliseconds(100)) == nil)
        #expect(bucket.takeIfPresent(1, at: start + .milliseconds(150)) == .milliseconds(50))
        #expect(bucket.takeIfPresent(10, at: start + .seconds(60)) == nil)
    }

    @Test func `keeps to the rate over a long time`() {
        var bucket = TokenBucket(fullBursts: RateLimit(requests: 100, per: .seconds(60)), at: start)
        let passed = (0..<6000).count { step in
            bucket.takeIfPresent(1, at: start + .milliseconds(100 * step)) == nil
        }
        #expect((1090...1100).contains(passed))
    }

    @Test func `lets a batch pass that is larger than the limit, and has it paid for afterwards`() {
        var bucket = TokenBucket(fullBursts: RateLimit(requests: 100, per: .seconds(1)), at: start)
        #expect(bucket.takeIfPresent(300, at: start) == nil)
        #expect(bucket.takeIfPresent(1, at: start) == .milliseconds(2010))
        #expect(bucket.takeIfPresent(300, at: start + .seconds(2)) == .seconds(1))
        #expect(bucket.takeIfPresent(300, at: start + .seconds(3)) == nil)
    }
}
