import Testing

@testable import DeliveryEngine

@Suite struct ConcurrencyLimitTests {
    let start = ContinuousClock.now

    @Test func `grows with successes up to its ceiling`() {
        var limit = ConcurrencyLimit(ceiling: 6)
        #expect(limit.current == 4)
        for _ in 1...50 { limit.succeeded(after: .milliseconds(10), at: start) }
        #expect(limit.current == 6)
    }

    @Test func `grows as much with successes of which the latency says nothing, and remembers none for them`() {
        var limit = ConcurrencyLimit(ceiling: 16)
        for _ in 1...500 { limit.grow() }
        #expect(limit.current == 16)
        for second in 1...5 { limit.succeeded(after: .seconds(1), at: start + .seconds(second * 2)) }
        #expect(limit.current == 16)
    }

    @Test func `halves at strain, once for requests that were in flight together`() {
        var limit = ConcurrencyLimit(ceiling: 64)
        for _ in 1...2_000 { limit.succeeded(after: .milliseconds(10), at: start) }
        let before = limit.current
        for _ in 1...10 { limit.strained(at: start) }
        #expect(limit.current == before / 2)
        limit.strained(at: start + .seconds(1))
        #expect(limit.current == before / 4)
    }

    @Test func `never falls below one`() {
        var limit = ConcurrencyLimit(ceiling: 2)
        for second in 1...20 { limit.strained(at: start + .seconds(second)) }
        #expect(limit.current == 1)
    }

    @Test func `shrinks when answers take more than twice as long as the best`() {
        var limit = ConcurrencyLimit(ceiling: 16)
        for _ in 1...500 { limit.succeeded(after: .milliseconds(10), at: start) }
        #expect(limit.current == 16)
        for second in 1...5 { limit.succeeded(after: .seconds(1), at: start + .seconds(second * 2)) }
        #expect(limit.current < 12)
    }
}
