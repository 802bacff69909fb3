import Events
import Randomness
import Routing
import Testing

@testable import DeliveryEngine

/// A backfill goes on only while nothing suffers from it.
@Suite struct BackfillThrottleTests {
    typealias Conditions = BackfillThrottle.Conditions

    private let start = ContinuousClock.now

    private func throttle(_ percent: Double = 50, of limit: RateLimit? = nil) -> BackfillThrottle {
        BackfillThrottle(percent: percent, of: limit, at: start)
    }

    private func conditions(_ change: (inout Conditions) -> Void) -> Conditions {
        var conditions = Conditions(allowed: 8)
        change(&conditions)
        return conditions
    }

    @Test func `goes while the provider is well and live events do not wait`() {
        #expect(throttle().decide(conditions { _ in }, at: start) == .go)
        #expect(throttle().decide(conditions { $0.liveWaits = true }, at: start) == .go)
        #expect(throttle().decide(conditions { $0.oldestLive = .milliseconds(4999) }, at: start) == .go)
        #expect(throttle().decide(conditions { $0.circuit = .probe }, at: start) == .go)
        #expect(throttle().decide(conditions { $0.limitedAt = start - .seconds(60) }, at: start) == .go)
        #expect(throttle().decide(conditions { $0.heldUntil = start }, at: start) == .go)
    }

    @Test func `says what holds it, and until when`() {
        let cases: [((inout Conditions) -> Void, BackfillThrottle.Hold, Duration?)] = [
            ({ $0.circuit = .waitUntil(start + .seconds(7)) }, .circuit, .seconds(7)),
            ({ $0.circuit = .waitForProbe }, .circuit, nil),
            ({ ($0.circuit, $0.liveWaits) = (.probe, true) }, .circuit, nil),
            ({ $0.heldUntil = start + .seconds(9) }, .provider, .seconds(9)),
            ({ $0.oldestLive = .seconds(5) }, .live, .seconds(1)),
            ({ $0.limitedAt = start - .seconds(20) }, .limited, .seconds(40)),
            ({ $0.acceptanceIsSlow = true }, .acceptance, .seconds(1)),
            ({ $0.liveRequests = 7 }, .places, nil),
            ({ $0.backfillRequests = 4 }, .places, nil),
            ({ $0.tokenWait = .milliseconds(3) }, .rate, .milliseconds(3)),
            ({ $0.tokenWait = nil }, .rate, .seconds(1)),
            ({ $0.paceWait = .milliseconds(8) }, .rate, .milliseconds(8)),
            ({ ($0.paceWait, $0.tokenWait) = (.milliseconds(8), .milliseconds(9)) }, .rate, .milliseconds(9)),
        ]
        for (change, hold, wait) in cases {
            let decision = throttle().decide(conditions(change), at: start)
            #expect(decision == .wait(hold, until: wait.map { start + $0 }))
        }
    }

    /// All combinations of what may hold it: it goes exactly where nothing does, and what it names is there.
    @Test func `goes exactly if nothing holds it, whatever comes together`() {
        for bits in 0..<256 {
            func has(_ bit: Int) -> Bool { bits & (1 << bit) != 0 }
            let conditions = conditions { conditions in
                if has(0) { conditions.circuit = .waitForProbe }
                if has(1) { conditions.heldUntil = start + .seconds(1) }
                if has(2) { conditions.oldestLive = .seconds(60) }
                if has(3) { conditions.limitedAt = start }
                if has(4) { conditions.acceptanceIsSlow = true }
                if has(5) { conditions.liveRequests = 8 }
                if has(6) { conditions.tokenWait = nil }
                if has(7) { conditions.paceWait = .milliseconds(1) }
            }
            let holds: [BackfillThrottle.Hold] = [
                .circuit, .provider, .live, .limited, .acceptance, .places, .rate, .rate,
            ]
            let expected = holds.indices.first(where: has).map { holds[$0] }
            switch throttle().decide(conditions, at: start) {
            case .go: #expect(expected == nil)
            case .wait(let hold, _): #expect(hold == expected)
            }
        }
    }

    @Test(arguments: [(1, 1), (2, 1), (3, 1), (4, 2), (8, 4), (100, 50)])
    func `has its part of the requests where there is no rate limit, and leaves live deliveries a place`(
        allowed: Int,
        most: Int
    ) {
        var requests = 0
        let throttle = throttle(50)
        while case .go = throttle.decide(
            Conditions(allowed: allowed, backfillRequests: requests),
            at: start
        ) { requests += 1 }
        #expect(requests == most)
        if allowed > 1 {
            let beside = Conditions(allowed: allowed, backfillRequests: 0, liveRequests: allowed - 1)
            #expect(throttle.decide(beside, at: start) != .go)
        }
    }

    /// Times at which something always wants to leave, in a random walk.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `takes no more than its part of the rate limit, also when the part changes`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let limit = RateLimit(requests: .random(in: 1...3000, using: &random), per: .seconds(60))
        var percent = Double(Int.random(in: 1...100, using: &random))
        var throttle = throttle(percent, of: limit)
        var largest = percent
        var left: [Duration] = []
        var elapsed = Duration.zero
        while elapsed < .seconds(240) {
            let now = start + elapsed
            if throttle.decide(Conditions(allowed: 1000), at: now) == .go {
                throttle.pass(at: now)
                left.append(elapsed)
            }
            if Int.random(in: 0..<500, using: &random) == 0 {
                percent = Double(Int.random(in: 1...100, using: &random))
                largest = max(largest, percent)
                throttle.change(to: percent, at: now)
            }
            elapsed += .milliseconds(.random(in: 1...100, using: &random))
        }
        var (first, most) = (0, 0)
        for (index, time) in left.enumerated() {
            while left[first] + limit.per <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        #expect(most <= max(1, Int(Double(limit.requests) * largest / 100)))
        #expect(!left.isEmpty)
    }

    @Test func `is halved by a 429 of its own, with a rate limit and without`() {
        var free = throttle(100)
        free.limited(at: start)
        #expect(free.factor(at: start) == 0.5)
        #expect(free.decide(Conditions(allowed: 9, backfillRequests: 3), at: start) == .go)
        #expect(free.decide(Conditions(allowed: 9, backfillRequests: 4), at: start) == .wait(.places, until: nil))

        var limited = throttle(100, of: RateLimit(requests: 1000, per: .seconds(100)))
        limited.limited(at: start)
        var count = 0
        for tick in 0..<10_000 where limited.decide(Conditions(), at: start + .milliseconds(tick * 10)) == .go {
            limited.pass(at: start + .milliseconds(tick * 10))
            count += 1
        }
        // Half, and a tenth more after a minute.
        #expect((480...560).contains(count), "\(count)")
    }
}
