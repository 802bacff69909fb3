import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// Every state of the gates against every result of a request.
@Suite struct ProviderGatesTests {
    static let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))
    static let fault = DeliveryFault(code: .vendorError, message: "it failed")

    enum State: String, CaseIterable {
        case closed, open, probing, parked, parkedProbing
    }

    static let signals: [ProviderSignal] = [
        .works, .limited(DeliveryFault(code: .rateLimited, message: "too many"), nil), .failed(fault, nil),
        .refused(DeliveryFault(code: .forbidden, message: "no")),
    ]

    static var settings: PipelineSettings {
        PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: 1, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil),
            breaker: BreakerSettings(failures: 2, pause: .seconds(5), longestPause: .seconds(60))
        )
    }

    private static let facts = AttemptFacts(at: start.wall, latency: .milliseconds(5), httpStatus: nil)

    /// Gates in a state, with a request in flight: the probe where there is one, else one that left before.
    private func gates(_ state: State) -> (gates: ProviderGates, ticket: Int) {
        var gates = ProviderGates(settings: Self.settings, hold: nil, at: Self.start)
        let early = gates.pass(at: Self.start.instant)
        func learn(_ signal: ProviderSignal) {
            let ticket = gates.pass(at: Self.start.instant)
            gates.learn(from: signal, Self.facts, of: ticket, .provider, at: Self.start)
        }
        switch state {
        case .closed: break
        case .open, .probing: for _ in 1...2 { learn(.failed(Self.fault, nil)) }
        case .parked, .parkedProbing: learn(.refused(DeliveryFault(code: .forbidden, message: "no")))
        }
        let ticket: Int
        switch state {
        case .closed, .open, .parked: ticket = early
        case .probing: ticket = gates.pass(at: Self.start.instant + .seconds(5))
        case .parkedProbing: ticket = gates.pass(at: Self.start.instant + .seconds(30))
        }
        return (gates, ticket)
    }

    @Test(arguments: State.allCases, ProviderGates.Blame.allCases)
    func `lets the next request leave in time, whatever the last one said`(state: State, blame: ProviderGates.Blame)
        throws
    {
        for signal in Self.signals {
            var (gates, ticket) = gates(state)
            let later = Self.start + .seconds(31)
            gates.learn(from: signal, Self.facts, of: ticket, blame, at: later)
            let name = "\(state), \(signal), \(blame)"
            let snapshot = gates.snapshot(at: later, requestsInFlight: 0, counts: .init())
            #expect(snapshot.circuit != "probing", "\(name)")
            let next = try #require(gates.earliestSend(at: later.instant), "\(name)")
            #expect(next <= later.instant + .seconds(60), "\(name)")
            // And so on, for ever: each probe is followed by another one.
            #expect(gates.isClosed || gates.isProbe(at: next), "\(name)")
        }
    }

    @Test(arguments: State.allCases) func `closes and is not parked any more after a probe that passed`(state: State) {
        var (gates, ticket) = gates(state)
        gates.learn(from: .works, Self.facts, of: ticket, .provider, at: Self.start + .seconds(31))
        let snapshot = gates.snapshot(at: Self.start + .seconds(31), requestsInFlight: 0, counts: .init())
        switch state {
        case .closed, .probing, .parkedProbing:
            #expect(snapshot.circuit == "closed")
            #expect(snapshot.parked == nil)
        case .open:
            #expect(snapshot.circuit == "open", "a request that left before says nothing about now")
        case .parked:
            #expect(snapshot.circuit == "open")
            #expect(snapshot.parked != nil, "a request that left before the refusal does not lift it")
        }
    }

    @Test func `takes a probe that is answered 429 for a sign of life`() {
        var (gates, probe) = gates(.probing)
        let later = Self.start + .seconds(6)
        gates.learn(from: Self.signals[1], Self.facts, of: probe, .provider, at: later)
        #expect(gates.isClosed)
        #expect(gates.earliestSend(at: later.instant) == later.instant + .seconds(1), "after the wait of a 429")
    }

    @Test func `does not let repeats of a known failure open the circuit`() {
        var gates = ProviderGates(settings: Self.settings, hold: nil, at: Self.start)
        let allowed = gates.allowedRequests
        for _ in 1...50 {
            let ticket = gates.pass(at: Self.start.instant)
            gates.learn(
                from: .failed(Self.fault, .delay(.seconds(600))),
                Self.facts,
                of: ticket,
                .knownEvent,
                at: Self.start
            )
        }
        #expect(gates.isClosed)
        #expect(gates.allowedRequests == allowed)
        #expect(gates.earliestSend(at: Self.start.instant) == Self.start.instant)
    }

    @Test func `knows only from requests that left later that a refusal was for what was sent`() {
        var (gates, early) = gates(.closed)
        let refused = gates.pass(at: Self.start.instant)
        gates.learn(from: Self.signals[3], Self.facts, of: refused, .provider, at: Self.start)
        gates.learn(from: .works, Self.facts, of: early, .provider, at: Self.start)
        #expect(!gates.hasPassedSinceRefusal)
        let later = Self.start + .seconds(30)
        let probe = gates.pass(at: later.instant)
        gates.learn(from: .works, Self.facts, of: probe, .provider, at: later)
        #expect(gates.hasPassedSinceRefusal)
    }

    @Test func `soon asks again with another event where the account worked a moment ago`() {
        var (gates, early) = gates(.closed)
        gates.learn(from: .works, Self.facts, of: early, .provider, at: Self.start)
        let refused = gates.pass(at: Self.start.instant)
        gates.learn(from: Self.signals[3], Self.facts, of: refused, .provider, at: Self.start)
        #expect(gates.earliestSend(at: Self.start.instant) == Self.start.instant + .seconds(5))
        let probe = gates.pass(at: Self.start.instant + .seconds(5))
        gates.learn(from: Self.signals[3], Self.facts, of: probe, .provider, at: Self.start + .seconds(5))
        #expect(gates.earliestSend(at: Self.start.instant + .seconds(5)) == Self.start.instant + .seconds(35))
    }

    @Test func `judges a provider by its verdicts as a whole`() {
        let no = DeliveryFault(code: .forbidden, message: "no")
        let cases: [(Verdict, ProviderSignal)] = [
            (.all(.delivered(deduplicated: false)), .works), (.all(.resend), .works), (.all(.reject(no)), .works),
            (.unnamed(no), .works), (.all(.park(no)), .refused(no)), (.all(.ambiguous(no)), .failed(no, nil)),
            (.all(.retry(no, after: nil)), .failed(no, nil)), (.each([.resend, .park(no)]), .refused(no)),
            (.each([.delivered(deduplicated: true), .park(no)]), .works), (.each([.resend, .resend]), .works),
            (.each([.retry(no, after: nil), .resend]), .works),
        ]
        for (verdict, signal) in cases { #expect(ProviderSignal(verdict) == signal, "\(verdict)") }
    }
}
