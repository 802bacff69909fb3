import Access
import Events
import Randomness
import Testing

@Suite struct SharedBucketTests {
    private let start = ContinuousClock.now
    private let limit = RateLimit(requests: 10, per: .seconds(10))

    @Test func `asks for what a request needs, and admits it with what it is given`() {
        var bucket = SharedBucket(limit, at: start)
        #expect(bucket.take(3, at: start) == .ask(needed: 3, wanted: 0))
        #expect(bucket.received(TokenGrant(tokens: 3, left: 7), for: 3, at: start) == .admitted)
        #expect(bucket.take(1, at: start) == .ask(needed: 1, wanted: 1), "a second brings one token back")
    }

    @Test func `asks one question at a time`() {
        var bucket = SharedBucket(limit, at: start)
        #expect(bucket.take(1, at: start) == .ask(needed: 1, wanted: 0))
        #expect(bucket.take(1, at: start) == .wait)
        #expect(bucket.received(TokenGrant(tokens: 1, left: 9), for: 1, at: start) == .admitted)
        #expect(bucket.take(1, at: start) == .ask(needed: 1, wanted: 1))
    }

    @Test func `refuses without asking what cannot be there, whatever others do`() {
        var bucket = SharedBucket(limit, at: start)
        _ = bucket.take(10, at: start)
        #expect(bucket.received(TokenGrant(tokens: 10, left: 0), for: 10, at: start) == .admitted)
        #expect(bucket.take(2, at: start + .milliseconds(500)) == .refused(wait: .milliseconds(1500)))
        #expect(bucket.take(2, at: start + .seconds(2)) == .ask(needed: 2, wanted: 0))
    }

    @Test func `tells how long it takes when others were faster`() {
        var bucket = SharedBucket(limit, at: start)
        _ = bucket.take(3, at: start)
        #expect(bucket.received(TokenGrant(tokens: 0, left: 1), for: 3, at: start) == .refused(wait: .seconds(2)))
    }

    @Test func `takes as many beside as the last second has used, and drops them after a second`() {
        let fast = RateLimit(requests: 1000, per: .seconds(10))
        var bucket = SharedBucket(fast, at: start)
        _ = bucket.take(500, at: start)
        _ = bucket.received(TokenGrant(tokens: 500, left: 500), for: 500, at: start)
        #expect(bucket.take(1, at: start) == .ask(needed: 1, wanted: 100), "no more than a second brings back")
        _ = bucket.received(TokenGrant(tokens: 101, left: 399), for: 1, at: start)
        for _ in 0..<50 { #expect(bucket.take(2, at: start + .milliseconds(999)) == .admitted) }
        _ = bucket.take(1, at: start + .milliseconds(999))
        _ = bucket.received(TokenGrant(tokens: 101, left: 300), for: 1, at: start + .milliseconds(999))
        guard case .ask = bucket.take(1, at: start + .seconds(2)) else {
            Issue.record("tokens of an old second were used")
            return
        }
    }

    @Test func `lets a batch that is larger than the limit pass when the limit is full`() {
        var bucket = SharedBucket(limit, at: start)
        #expect(bucket.take(25, at: start) == .ask(needed: 25, wanted: 0))
        #expect(bucket.received(TokenGrant(tokens: 25, left: -15), for: 25, at: start) == .admitted)
        #expect(bucket.take(1, at: start) == .refused(wait: .seconds(16)))
    }

    @Test func `counts alone when nobody answers, longer each time, and asks again then`() {
        var bucket = SharedBucket(limit, at: start)
        var now = start
        for pause in [1, 2, 4, 8, 16, 30, 30] {
            guard case .ask = bucket.take(1, at: now) else {
                Issue.record("nothing was asked after the pause before \(pause) s")
                return
            }
            bucket.failed(at: now)
            #expect(bucket.take(1, at: now) == .admitted)
            now += .seconds(pause)
        }
        bucket.failed(at: now)
        for _ in 0..<10 { _ = bucket.take(1, at: now) }
        guard case .refused = bucket.take(1, at: now) else {
            Issue.record("a gateway alone has no limit")
            return
        }
    }

    /// What the common limit does with an order; the store does it in SQL.
    private struct CommonLimit {
        let limit: RateLimit
        var tokens: Double
        var at: ContinuousClock.Instant

        init(_ limit: RateLimit, at now: ContinuousClock.Instant) {
            (self.limit, tokens, at) = (limit, Double(limit.requests), now)
        }

        func level(at now: ContinuousClock.Instant) -> Double {
            min(Double(limit.requests), tokens + (now - at) / (limit.per / limit.requests))
        }

        mutating func give(_ needed: Double, _ wanted: Double, at now: ContinuousClock.Instant) -> TokenGrant {
            let level = level(at: now)
            let isThere = level + 1e-9 >= min(needed, Double(limit.requests))
            let given = isThere ? needed + max(0, min(wanted, level - needed)) : 0
            (tokens, at) = (level - given, now)
            return TokenGrant(tokens: given, left: tokens)
        }
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `gateways together stay within the limit, and refuse nothing that is there`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let limit = RateLimit(
            requests: .random(in: 1...200, using: &random),
            per: .milliseconds(.random(in: 100...20_000, using: &random))
        )
        var common = CommonLimit(limit, at: start)
        var buckets = (0..<Int.random(in: 1...4, using: &random)).map { _ in SharedBucket(limit, at: start) }
        var open: [Int: (needed: Double, wanted: Double, count: Int)] = [:]
        var (now, admitted) = (start, 0)
        for _ in 0..<4000 {
            now += .milliseconds(.random(in: 0...40, using: &random))
            let place = Int.random(in: buckets.indices, using: &random)
            if let question = open[place], Bool.random(using: &random) {
                open[place] = nil
                let grant = common.give(question.needed, question.wanted, at: now)
                if buckets[place].received(grant, for: question.count, at: now) == .admitted {
                    admitted += question.count
                }
                continue
            }
            let count = Int.random(in: 1...max(1, limit.requests / 4), using: &random)
            switch buckets[place].take(count, at: now) {
            case .admitted: admitted += count
            case .refused(let wait):
                #expect(wait > .zero)
                #expect(common.level(at: now) < Double(count), "seed \(seed)")
            case .ask(let needed, let wanted):
                #expect(open[place] == nil)
                open[place] = (needed, wanted, count)
            case .wait: #expect(open[place] != nil)
            }
        }
        let most = Double(limit.requests) + (now - start) / (limit.per / limit.requests)
        #expect(Double(admitted) <= most + 1e-6, "seed \(seed)")
        #expect(Double(admitted) >= most / 4, "seed \(seed): the limit is of use")
    }
}
