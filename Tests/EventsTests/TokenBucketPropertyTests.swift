import Events
import TestSupport
import Testing

/// Rate limits over random traffic, and at the ends of their numbers.
@Suite struct TokenBucketPropertyTests {
    private let start = ContinuousClock.now

    /// Against a model with whole nanoseconds: one token a millisecond, and room for a number of them.
    @Test func `gives no more than the limit and what comes back meanwhile`() {
        var random = SeededRandom()
        for _ in 0..<200 {
            let requests = Int.random(in: 1...50, using: &random)
            let limit = RateLimit(requests: requests, per: .milliseconds(requests))
            var bucket = TokenBucket(fullBursts: limit, at: start)
            var (taken, milliseconds) = (0, 0)
            for _ in 0..<300 {
                milliseconds += Int.random(in: 0...3, using: &random)
                let now = start + .milliseconds(milliseconds)
                let count = Int.random(in: 1...requests, using: &random)
                if bucket.takeIfPresent(count, at: now) == nil { taken += count }
                #expect(taken <= requests + milliseconds, "seed \(SeededRandom.seed)")
            }
        }
    }

    @Test func `after the wait that it names, the tokens are there, and not a millisecond before`() {
        var random = SeededRandom()
        for _ in 0..<500 {
            let requests = Int.random(in: 1...1000, using: &random)
            let limit = RateLimit(requests: requests, per: .seconds(Int.random(in: 1...3600, using: &random)))
            var bucket =
                Bool.random(using: &random)
                ? TokenBucket(shortBursts: limit, at: start) : TokenBucket(fullBursts: limit, at: start)
            bucket.take(Int.random(in: 0...2000, using: &random), at: start)
            let count = Int.random(in: 1...1000, using: &random)
            let wait = bucket.wait(for: count, at: start)
            #expect(wait >= .zero)
            #expect(bucket.wait(for: count, at: start + wait + .microseconds(1)) == .zero, "seed \(SeededRandom.seed)")
            guard wait > .milliseconds(2) else { continue }
            #expect(bucket.wait(for: count, at: start + wait - .milliseconds(1)) > .zero, "seed \(SeededRandom.seed)")
        }
    }

    @Test func `short bursts never exceed the limit in any period of it`() {
        for requests in [1, 2, 9, 10, 11, 99, 100, 1000] {
            let limit = RateLimit(requests: requests, per: .seconds(1))
            var bucket = TokenBucket(shortBursts: limit, at: start)
            var taken: [ContinuousClock.Instant] = []
            var now = start
            while now < start + .seconds(3) {
                let wait = bucket.wait(for: 1, at: now)
                guard wait == .zero else {
                    now += max(wait, .nanoseconds(1))
                    continue
                }
                bucket.take(1, at: now)
                taken.append(now)
            }
            for (index, at) in taken.enumerated() where index >= requests {
                // A limit of one has a bucket of one, and gives the next a period later.
                let before = taken[index - requests]
                #expect(at - before >= .seconds(1) - .microseconds(1), "\(requests): \(at - before)")
            }
            #expect(taken.count >= requests, "\(requests)")
        }
    }

    /// The rates that a file can name: seven digits, in a second to an hour.
    @Test(arguments: [
        (1, Duration.seconds(1)), (1, .seconds(3600)), (9_999_999, .seconds(1)), (9_999_999, .seconds(3600)),
    ])
    func `no limit and no count ends the program`(requests: Int, per: Duration) {
        let limit = RateLimit(requests: requests, per: per)
        for var bucket in [TokenBucket(shortBursts: limit, at: start), TokenBucket(fullBursts: limit, at: start)] {
            for count in [0, 1, 1 << 40] {
                for now in [start, start + .seconds(1 << 40), start - .seconds(1 << 40)] {
                    #expect(bucket.wait(for: count, at: now) >= .zero)
                    _ = bucket.takeIfPresent(count, at: now)
                    bucket.take(count, at: now)
                }
            }
        }
    }
}
