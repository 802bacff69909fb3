import Events
import Journal
import Testing

@testable import Dashboard

/// The state of a provider in a word, over all that decides it, and what its page says of it.
@Suite struct ProviderStateTests {
    private static let now = SamplePages.now
    private static let fault = DeliveryFault(code: .timeout, message: "no response", vendor: nil)

    private func facts(
        isConfigured: Bool = true,
        _ pipeline: ProviderFacts.Pipeline? = ProviderFacts.Pipeline(circuit: "closed"),
        elsewhere: ProviderFacts.Elsewhere? = nil
    ) -> ProviderFacts {
        var facts = ProviderFacts(
            name: "lago",
            adapter: isConfigured ? "lago" : nil,
            pipeline: pipeline,
            backlog: Backlog(events: 0, oldest: nil),
            slot: 0
        )
        facts.elsewhere = elsewhere
        return facts
    }

    private func pipeline(
        _ circuit: String,
        isHeld: Bool = false,
        isParked: Bool = false,
        waits: Bool = false
    ) -> ProviderFacts.Pipeline {
        var pipeline = ProviderFacts.Pipeline(circuit: circuit)
        if isHeld { pipeline.hold = OperatorHold(until: Self.now, by: "ops", at: Self.now) }
        if isParked { pipeline.parked = Self.fault }
        if waits { pipeline.heldUntil = Self.now }
        return pipeline
    }

    /// A hold comes first, then a refused credential, then the circuit, and then a wait that the vendor asked for.
    @Test(arguments: ["closed", "open", "probing", "unheard of"])
    func `the first of what keeps calls away counts`(circuit: String) {
        for isHeld in [false, true] {
            for isParked in [false, true] {
                for waits in [false, true] {
                    let pipeline = pipeline(circuit, isHeld: isHeld, isParked: isParked, waits: waits)
                    let expected: ProviderState =
                        isHeld
                        ? .held
                        : isParked
                            ? .parked
                            : circuit == "open"
                                ? .open : circuit == "probing" ? .probing : waits ? .waiting : .closed
                    #expect(ProviderState(facts(pipeline)) == expected)
                    // A provider that routes.json no longer has is not called, whatever its pipeline says.
                    #expect(ProviderState(facts(isConfigured: false, pipeline)) == .unconfigured)
                    for isReady in [false, true] {
                        let other = ProviderFacts.Elsewhere(gateway: "b", isReady: isReady, detail: "d")
                        let state = ProviderState(facts(pipeline, elsewhere: other))
                        #expect(state == (isHeld ? .held : .elsewhere(isReady: isReady)))
                    }
                }
            }
        }
        #expect(ProviderState(facts(nil)) == .unknown)
    }

    private static let states: [ProviderState] = [
        .closed, .probing, .open, .parked, .held, .waiting, .unconfigured, .unknown, .elsewhere(isReady: true),
        .elsewhere(isReady: false),
    ]

    @Test func `each state has words of its own`() {
        #expect(Set(Self.states.map(\.label)).count == Self.states.count)
        let good = Self.states.filter { $0.mark == "circuit-closed" }
        #expect(good == [.closed, .elsewhere(isReady: true)])
    }

    private func explanation(_ facts: ProviderFacts) -> String {
        ProviderPage(facts, nil, mayAct: true, at: Self.now).explanation
    }

    @Test func `says who holds it, and until when`() {
        var held = ProviderFacts.Pipeline(circuit: "open")
        held.hold = OperatorHold(until: Self.now + .seconds(60), by: "ops", at: Self.now)
        #expect(
            explanation(facts(held)) == "ops holds it since 2027-01-15 08:00:00 UTC, until 2027-01-15 08:01:00 UTC."
        )
        let page = ProviderPage(facts(held), nil, mayAct: true, at: Self.now)
        #expect(page.isHeld && page.mayAct && page.holdHref == "/dashboard/providers/lago/hold")
    }

    @Test func `says why and since when it is not called, and when it is called again`() {
        var pipeline = ProviderFacts.Pipeline(circuit: "open")
        pipeline.lastFault = Self.fault
        #expect(explanation(facts(pipeline)) == "The last calls failed, so calls pause: timeout: no response.")
        pipeline.circuitOpenSince = Self.now
        pipeline.pausedUntil = Self.now + .seconds(30)
        #expect(
            explanation(facts(pipeline))
                == "Calls have failed since 2027-01-15 08:00:00 UTC, so calls pause: timeout: no response. Next call in 30 s."
        )
        pipeline.pausedUntil = Self.now
        #expect(!explanation(facts(pipeline)).contains("Next call"))
        pipeline.circuit = "probing"
        #expect(
            explanation(facts(pipeline))
                == "One call finds out whether the vendor is back. Calls have failed since 2027-01-15 08:00:00 UTC."
        )
        pipeline.circuitOpenSince = nil
        #expect(explanation(facts(pipeline)) == "One call finds out whether the vendor is back.")
    }

    @Test func `says what to do where the credential is refused`() {
        var pipeline = ProviderFacts.Pipeline(circuit: "closed")
        pipeline.parked = DeliveryFault(code: .unauthorized, message: "m", vendor: "Invalid key")
        let end =
            "the credential or the account: unauthorized: Invalid key. Nothing is dropped; correct the credential, then resume."
        #expect(explanation(facts(pipeline)) == "The vendor refuses \(end)")
        pipeline.parkedSince = Self.now
        #expect(
            explanation(facts(pipeline))
                == "The vendor has refused the credential or the account since 2027-01-15 08:00:00 UTC: unauthorized: Invalid key. "
                + "Nothing is dropped; correct the credential, then resume."
        )
    }

    @Test func `says that it works, waits, is gone or is not known`() {
        #expect(explanation(facts(pipeline("closed"))) == "Calls succeed.")
        #expect(
            explanation(facts(pipeline("closed", waits: true)))
                == "The vendor asked to wait until 2027-01-15 08:00:00 UTC."
        )
        #expect(explanation(facts(nil)) == "No pipeline runs for this provider yet.")
        #expect(
            explanation(facts(isConfigured: false, nil))
                == "routes.json no longer has this provider, so nothing is delivered to it. Add it again, or discard what waits."
        )
        let unnamed = ProviderFacts.Elsewhere(gateway: nil, isReady: true, detail: "circuit closed")
        #expect(
            explanation(facts(nil, elsewhere: unnamed))
                == "Another gateway delivers to it, and reports: circuit closed."
        )
    }

    @Test func `offers no act on a provider that is gone, or to whom may not`() {
        #expect(!ProviderPage(facts(isConfigured: false, nil), nil, mayAct: true, at: Self.now).mayAct)
        #expect(!ProviderPage(facts(), nil, mayAct: false, at: Self.now).mayAct)
    }

    @Test func `shows what routes.json says of it, in its order`() {
        let configuration = ProviderPage.Configuration(
            vendor: "Lago",
            baseURL: "https://lago.example",
            credentialSource: "environment LAGO",
            identity: "transaction_id",
            rateLimit: nil,
            timeout: .seconds(90)
        )
        let page = ProviderPage(facts(), configuration, mayAct: true, at: Self.now)
        #expect(
            page.facts.map(\.label) == [
                "Waiting", "Oldest", "Clears in", "Delivered/s", "In flight / limit", "Latency p50 / p99", "Vendor",
                "Address",
                "Credential", "Identity", "Rate limit", "Timeout",
            ]
        )
        #expect(
            page.facts.map(\.text) == [
                "0", "-", "-", "-", "0 / 0", "- / -", "Lago", "https://lago.example", "environment LAGO",
                "transaction_id",
                "none", "1 min 30 s",
            ]
        )
    }
}
