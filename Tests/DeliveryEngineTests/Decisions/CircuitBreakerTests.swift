import Routing
import Testing

@testable import DeliveryEngine

@Suite struct CircuitBreakerTests {
    let start = ContinuousClock.now

    private func makeBreaker() -> CircuitBreaker {
        CircuitBreaker(BreakerSettings(failures: 2, pause: .seconds(5), longestPause: .seconds(15)))
    }

    private func makeOpen() -> CircuitBreaker {
        var breaker = makeBreaker()
        for _ in 1...2 { breaker.heard(.failed, fromProbe: false, at: start) }
        return breaker
    }

    private func makeProbing() -> CircuitBreaker {
        var breaker = makeOpen()
        breaker.probeStarted()
        return breaker
    }

    @Test func `opens after the threshold and probes after the pause`() {
        var breaker = makeBreaker()
        breaker.heard(.failed, fromProbe: false, at: start)
        #expect(breaker.decide(at: start) == .send)
        breaker.heard(.failed, fromProbe: false, at: start)
        #expect(breaker.decide(at: start) == .waitUntil(start + .seconds(5)))
        #expect(breaker.decide(at: start + .seconds(5)) == .probe)
    }

    /// What follows from every signal in every state; `decide` is asked at once.
    private enum Expected { case send, wait(seconds: Int), waitForProbe }

    @Test(arguments: CircuitBreaker.Signal.allCases, [false, true])
    func `decides for every state and every signal`(signal: CircuitBreaker.Signal, isProbe: Bool) {
        func check(_ breaker: CircuitBreaker, _ expected: Expected, _ state: String) {
            var breaker = breaker
            breaker.heard(signal, fromProbe: isProbe, at: start)
            let decision: CircuitBreaker.Decision =
                switch expected {
                case .send: .send
                case .wait(let seconds): .waitUntil(start + .seconds(seconds))
                case .waitForProbe: .waitForProbe
                }
            #expect(breaker.decide(at: start) == decision, "\(state), \(signal), probe \(isProbe)")
        }
        check(makeBreaker(), .send, "closed")
        var almost = makeBreaker()
        almost.heard(.failed, fromProbe: false, at: start)
        check(almost, signal == .failed ? .wait(seconds: 5) : .send, "closed after a failure")
        check(makeOpen(), .wait(seconds: 5), "open")
        let ofProbe: Expected =
            switch signal {
            case .works, .limited: .send
            case .failed: .wait(seconds: 10)
            case .unclear: .wait(seconds: 5)
            }
        check(makeProbing(), isProbe ? ofProbe : .waitForProbe, "probing")
    }

    @Test func `never stays in probing, whatever the probe says`() {
        for signal in CircuitBreaker.Signal.allCases {
            var breaker = makeProbing()
            breaker.heard(signal, fromProbe: true, at: start)
            #expect(breaker.word != "probing", "\(signal)")
        }
        var breaker = makeProbing()
        breaker.tripped(at: start, pause: .seconds(30))
        #expect(breaker.word == "open")
    }

    @Test func `doubles the pause with each probe that fails, up to the longest`() {
        var breaker = makeOpen()
        for expected in [10, 15, 15] {
            breaker.probeStarted()
            breaker.heard(.failed, fromProbe: true, at: start)
            #expect(breaker.decide(at: start) == .waitUntil(start + .seconds(expected)))
        }
    }

    @Test func `knows since when it is not closed, whatever probes found meanwhile`() {
        var breaker = makeBreaker()
        breaker.heard(.failed, fromProbe: false, at: start)
        #expect(breaker.openSince == nil)
        breaker.heard(.failed, fromProbe: false, at: start + .seconds(1))
        #expect(breaker.openSince == start + .seconds(1))
        breaker.probeStarted()
        breaker.heard(.failed, fromProbe: true, at: start + .seconds(7))
        breaker.tripped(at: start + .seconds(8), pause: .seconds(30))
        #expect(breaker.openSince == start + .seconds(1))
        breaker.probeStarted()
        breaker.heard(.works, fromProbe: true, at: start + .seconds(40))
        #expect(breaker.openSince == nil)
        breaker.tripped(at: start + .seconds(50), pause: .seconds(30))
        #expect(breaker.openSince == start + .seconds(50))
    }

    @Test func `counts failures in a row only`() {
        var breaker = makeBreaker()
        breaker.heard(.failed, fromProbe: false, at: start)
        breaker.heard(.works, fromProbe: false, at: start)
        breaker.heard(.failed, fromProbe: false, at: start)
        #expect(breaker.decide(at: start) == .send)
    }

    @Test func `opens at once for a refused account, for the pause it is told`() {
        var breaker = makeBreaker()
        breaker.tripped(at: start, pause: .seconds(30))
        #expect(breaker.decide(at: start + .seconds(29)) == .waitUntil(start + .seconds(30)))
        #expect(breaker.decide(at: start + .seconds(30)) == .probe)
    }
}
