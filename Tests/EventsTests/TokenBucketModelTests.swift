import Events
import TestSupport
import Testing

/// The bucket against one of whole numbers: a token is a million parts, and one part comes back in a nanosecond.
@Suite struct TokenBucketModelTests {
    private struct Model {
        let capacity: Int
        var parts: Int
        var filledAt = 0

        init(requests: Int) {
            capacity = requests * 1_000_000
            parts = capacity
        }

        func refilled(at now: Int) -> Int { min(capacity, parts + now - filledAt) }

        func wait(_ wanted: Int, at now: Int) -> Int { max(0, min(wanted, capacity) - refilled(at: now)) }

        mutating func take(_ taken: Int, at now: Int) {
            parts = refilled(at: now) - taken
            filledAt = now
        }
    }

    private let start = ContinuousClock.now

    private func isClose(_ wait: Duration, _ nanoseconds: Int) -> Bool {
        let difference = wait - .nanoseconds(nanoseconds)
        return (Duration.nanoseconds(-10)...Duration.nanoseconds(10)).contains(difference)
    }

    @Test func `waits, takes and fills as the model does, over random traffic`() {
        var random = SeededRandom()
        for _ in 0..<100 {
            let requests = Int.random(in: 1...40, using: &random)
            // A million nanoseconds for each token.
            let limit = RateLimit(requests: requests, per: .milliseconds(requests))
            var (bucket, model, now) = (TokenBucket(fullBursts: limit, at: start), Model(requests: requests), 0)
            for _ in 0..<200 {
                now += Int.random(in: 0...3_000_000, using: &random)
                let instant = start + .nanoseconds(now)
                let parts = Int.random(in: 0...(requests + 3), using: &random) * 1_000_000
                #expect(isClose(bucket.wait(for: parts / 1_000_000, at: instant), model.wait(parts, at: now)))
                let share = Double(model.capacity - model.refilled(at: now)) / Double(model.capacity)
                #expect(abs(bucket.taken(at: instant) - min(max(share, 0), 1)) < 1e-6, "seed \(SeededRandom.seed)")
                switch Int.random(in: 0..<3, using: &random) {
                case 0:
                    bucket.take(parts / 1_000_000, at: instant)
                    model.take(parts, at: now)
                case 1:
                    let part = Int.random(in: 0...2_000_000, using: &random)
                    #expect(isClose(bucket.wait(for: Double(part) / 1e6, at: instant), model.wait(part, at: now)))
                    bucket.take(Double(part) / 1e6, at: instant)
                    model.take(part, at: now)
                default:
                    let wait = bucket.takeIfPresent(parts / 1_000_000, at: instant)
                    #expect(isClose(wait ?? .zero, model.wait(parts, at: now)), "seed \(SeededRandom.seed)")
                    if wait == nil { model.take(parts, at: now) }
                }
            }
        }
    }

    @Test func `says which part of the tokens is taken, never less than none or more than all`() {
        var bucket = TokenBucket(fullBursts: RateLimit(requests: 4, per: .seconds(4)), at: start)
        #expect(bucket.taken(at: start) == 0)
        bucket.take(1, at: start)
        #expect(bucket.taken(at: start) == 0.25 && bucket.taken(at: start + .milliseconds(500)) == 0.125)
        bucket.take(9, at: start)
        #expect(bucket.taken(at: start) == 1, "it owes tokens")
        #expect(bucket.taken(at: start + .seconds(60)) == 0)
    }

    /// A clock that goes back, as between processes, takes tokens away; it never gives any.
    @Test func `gives nothing for time that runs backwards`() {
        var bucket = TokenBucket(fullBursts: RateLimit(requests: 2, per: .seconds(2)), at: start)
        bucket.take(2, at: start)
        #expect(bucket.wait(for: 1, at: start - .seconds(1)) == .seconds(2))
        #expect(bucket.takeIfPresent(1, at: start - .seconds(1)) == .seconds(2))
        #expect(bucket.takeIfPresent(1, at: start + .seconds(1)) == nil)
    }

    /// A tenth of the limit at once, at least one, and the rest spread over the period.
    @Test(
        arguments: [
            (1, 1, 60_000), (2, 1, 60_000), (9, 1, 7_500), (10, 1, 6_666.666_667), (19, 1, 3_333.333_333),
            (20, 2, 3_333.333_333), (100, 10, 666.666_667), (1000, 100, 66.666_667),
        ] as [(Int, Int, Double)]
    )
    func `divides a limit into a short burst and an even rate`(requests: Int, burst: Int, milliseconds: Double) {
        let limit = RateLimit(requests: requests, per: .seconds(60))
        var bucket = TokenBucket(shortBursts: limit, at: start)
        for _ in 0..<burst { #expect(bucket.takeIfPresent(1, at: start) == nil) }
        let wait = bucket.wait(for: 1, at: start)
        #expect(abs(wait.seconds * 1000 - milliseconds) < 0.001, "\(wait)")
        #expect(bucket.wait(for: requests + 5, at: start + .seconds(120)) == .zero, "a full bucket lets any order pass")
    }
}
