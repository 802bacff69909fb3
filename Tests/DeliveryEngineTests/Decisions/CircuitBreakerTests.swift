import DeliveryEngine
import Testing

@Suite struct CircuitBreakerTests {
    let start = ContinuousClock.now

    private func makeBreaker() -> CircuitBreaker {
        CircuitBreaker(threshold: 2, pause: .seconds(5), longestPause: .seconds(15))
    }

    @Test func `opens after the threshold and probes after the pause`() {
        var breaker = makeBreaker()
        breaker.failed(at: start)
        #expect(breaker.decide(at: start) == .send)
        breaker.failed(at: start)
        #expect(breaker.decide(at: start) == .waitUntil(start + .seconds(5)))
        #expect(breaker.decide(at: start + .seconds(5)) == .probe)
    }

    @Test func `lets one probe through, whose success closes it`() {
        var breaker = makeBreaker()
        breaker.failed(at: start)
        breaker.failed(at: start)
        breaker.probeStarted()
        #expect(breaker.decide(at: start + .seconds(6)) == .waitForProbe)
        breaker.succeeded()
        #expect(breaker.decide(at: start + .seconds(6)) == .send)
    }

    @Test func `doubles the pause with each probe that fails, up to the longest`() {
        var breaker = makeBreaker()
        breaker.failed(at: start)
        breaker.failed(at: start)
        for expected in [10, 15, 15] {
            breaker.probeStarted()
            breaker.failed(at: start)
            #expect(breaker.decide(at: start) == .waitUntil(start + .seconds(expected)))
        }
    }

    @Test func `counts failures in a row only`() {
        var breaker = makeBreaker()
        breaker.failed(at: start)
        breaker.succeeded()
        breaker.failed(at: start)
        #expect(breaker.decide(at: start) == .send)
    }

    @Test func `is not opened longer by calls that left before it opened`() {
        var breaker = makeBreaker()
        for _ in 1...9 { breaker.failed(at: start) }
        #expect(breaker.decide(at: start) == .waitUntil(start + .seconds(5)))
    }

    @Test func `opens at once for a refused account, for the pause it is told`() {
        var breaker = makeBreaker()
        breaker.tripped(at: start, pause: .seconds(30))
        #expect(breaker.decide(at: start + .seconds(29)) == .waitUntil(start + .seconds(30)))
        #expect(breaker.decide(at: start + .seconds(30)) == .probe)
    }
}
