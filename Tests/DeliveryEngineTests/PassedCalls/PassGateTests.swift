import Events
import Routing
import Testing

@testable import DeliveryEngine

@Suite struct PassGateTests {
    private let start = ContinuousClock.now
    private let settings = BreakerSettings(failures: 2, pause: .seconds(5), parkedPause: .seconds(30))

    private func begin(
        _ gate: inout PassGate,
        _ client: ClientName = "a",
        after seconds: Int = 0,
        pause: Duration? = nil
    )
        -> PassGate.Decision
    {
        gate.begin(for: client, deliveriesPause: pause, timeout: .seconds(10), at: start + .seconds(seconds))
    }

    @Test func `rests after failures in a row, and lets one probe through`() {
        var gate = PassGate(settings)
        for _ in 0..<2 {
            #expect(begin(&gate) == .pass(isProbe: false))
            gate.heard(.failed, isProbe: false, at: start)
            gate.end(of: "a")
        }
        #expect(begin(&gate) == .rest(.seconds(5)))
        #expect(begin(&gate, after: 3) == .rest(.seconds(2)))
        #expect(begin(&gate, after: 5) == .pass(isProbe: true))
        #expect(begin(&gate, after: 5) == .rest(.seconds(5)), "the probe decides")
        gate.heard(.works, isProbe: true, at: start + .seconds(6))
        #expect(begin(&gate, after: 6) == .pass(isProbe: false))
    }

    @Test func `does not stay with a probe whose client is gone`() {
        var gate = PassGate(settings)
        for _ in 0..<2 { gate.heard(.failed, isProbe: false, at: start) }
        #expect(begin(&gate, after: 5) == .pass(isProbe: true))
        gate.heard(.init(PassFailure.clientGone), isProbe: true, at: start + .seconds(5))
        #expect(begin(&gate, after: 10) == .pass(isProbe: true))
    }

    @Test func `sends another probe when the client of the first takes longer than the vendor may`() {
        var gate = PassGate(settings)
        for _ in 0..<2 { gate.heard(.failed, isProbe: false, at: start) }
        #expect(begin(&gate, after: 5) == .pass(isProbe: true))
        #expect(begin(&gate, "b", after: 19) == .rest(.seconds(5)))
        #expect(begin(&gate, "b", after: 20) == .pass(isProbe: true), "after the pause and the timeout")
        #expect(begin(&gate, "b", after: 34) == .rest(.seconds(5)), "one probe at a time")
        gate.heard(.works, isProbe: true, at: start + .seconds(34))
        #expect(begin(&gate, "b", after: 34) == .pass(isProbe: false))
        // What becomes of the first matters no more than any other call.
        gate.heard(.failed, isProbe: true, at: start + .seconds(35))
        #expect(begin(&gate, "b", after: 35) == .pass(isProbe: false))
    }

    @Test func `rests as long as deliveries do`() {
        var gate = PassGate(settings)
        #expect(begin(&gate, pause: .seconds(7)) == .rest(.seconds(7)))
        #expect(begin(&gate, pause: .zero) == .pass(isProbe: false))
        #expect(begin(&gate, pause: .seconds(-1)) == .pass(isProbe: false))
    }

    @Test func `has a place for another client, and an end`() {
        var gate = PassGate(settings)
        for _ in 0..<PassGate.mostOfClient { #expect(begin(&gate) == .pass(isProbe: false)) }
        #expect(begin(&gate) == .tooMany(limit: PassGate.mostOfClient))
        for _ in PassGate.mostOfClient..<PassGate.mostCalls { #expect(begin(&gate, "b") == .pass(isProbe: false)) }
        #expect(begin(&gate, "b") == .tooMany(limit: PassGate.mostCalls))
        gate.end(of: "a")
        #expect(begin(&gate, "b") == .pass(isProbe: false))
        #expect(gate.inFlight == PassGate.mostCalls)
    }

    @Test func `keeps its calls when the breaker's settings change`() {
        var gate = PassGate(settings)
        _ = begin(&gate)
        gate.heard(.failed, isProbe: false, at: start)
        #expect(gate.following(settings).inFlight == 1)
        var other = gate.following(BreakerSettings(failures: 1))
        #expect(other.inFlight == 1 && begin(&other) == .pass(isProbe: false))
    }

    @Test(
        arguments: [
            (200, .works), (204, .works), (301, .works), (404, .works), (422, .works), (429, .limited), (500, .unclear),
            (501, .unclear), (502, .failed), (503, .failed), (504, .failed), (599, .unclear),
        ] as [(Int, CircuitBreaker.Signal)]
    )
    func `learns from statuses`(status: Int, signal: CircuitBreaker.Signal) {
        #expect(CircuitBreaker.Signal(passedStatus: status) == signal)
    }

    @Test(
        arguments: [
            (.notSent(reason: "x", isTimeout: false), .failed), (.unknown(isTimeout: true), .failed),
            (.credential(status: 401, reason: ""), .works), (.credential(status: nil, reason: ""), .unclear),
            (.clientGone, .unclear), (.rateLimited, .unclear), (.tooMany(limit: 1), .unclear),
            (.resting(.seconds(1)), .unclear),
        ] as [(PassFailure, CircuitBreaker.Signal)]
    )
    func `learns from failures`(failure: PassFailure, signal: CircuitBreaker.Signal) {
        #expect(CircuitBreaker.Signal(failure) == signal)
    }
}
