import Events
import Journal
import Testing

@testable import Dashboard

@Suite struct OverviewVerdictTests {
    private let now = SamplePages.now

    private func provider(
        _ name: ProviderName = "lago",
        waiting: Int = 0,
        for age: Duration = .zero,
        isReadable: Bool = true,
        _ change: (inout ProviderFacts.Pipeline) -> Void = { _ in }
    ) -> ProviderFacts {
        var pipeline = ProviderFacts.Pipeline(circuit: "closed")
        change(&pipeline)
        let backlog = Backlog(events: waiting, oldest: waiting > 0 ? now + (.zero - age) : nil)
        return ProviderFacts(
            name: name,
            adapter: "lago",
            pipeline: pipeline,
            backlog: isReadable ? backlog : nil,
            slot: 0
        )
    }

    private func verdict(
        _ providers: [ProviderFacts]?,
        parts: [OverviewFacts.Part] = [],
        whole: RecentFigures? = nil
    ) -> OverviewVerdict {
        let facts = OverviewFacts(providers: providers, whole: whole, readiness: parts, window: .hour, since: nil)
        return OverviewVerdict(facts, at: now)
    }

    private let fault = DeliveryFault(code: .unauthorized, message: "the key is refused", vendor: "Invalid API key")

    @Test func `says that all is well`() {
        #expect(verdict([provider(), provider("polar")]).grade == .ok)
        #expect(
            verdict([provider(), provider("polar")]).sentences == ["All 2 providers accept events, and nothing waits."]
        )
        #expect(verdict([provider(waiting: 1)]).sentences == ["lago accepts events; 1 delivery in flight or due."])
        #expect(verdict(nil).sentences == ["The gateway is ready."])
        #expect(verdict([]).grade == .ok)
    }

    @Test func `names a gateway whose figures are missing`() {
        let gateways = [("a", false), ("b", true)].map { name, isSilent in
            OverviewFacts.Gateway(name: name, lastReport: now + .seconds(-50), isSilent: isSilent)
        }
        let facts = OverviewFacts(
            providers: [provider()],
            whole: nil,
            readiness: [],
            window: .hour,
            since: nil,
            gateways: gateways
        )
        let found = OverviewVerdict(facts, at: now)
        #expect(found.grade == .warn && found.sentences.count == 1)
        #expect(found.sentences[0].hasPrefix("The gateway b has not reported since 2027-01-15 07:59:10 UTC"))
        #expect(OverviewPage(facts, at: now).gateways == "a, b")
    }

    @Test func `says what another gateway reports of the providers that it delivers to`() {
        func elsewhere(isReady: Bool) -> ProviderFacts {
            var facts = provider(waiting: 3, for: .seconds(5)) { $0.circuit = "open" }
            facts.elsewhere = ProviderFacts.Elsewhere(gateway: "gateway-b", isReady: isReady, detail: "circuit open")
            return facts
        }
        #expect(verdict([elsewhere(isReady: true)]).grade == .ok)
        let failing = verdict([elsewhere(isReady: false)])
        #expect(failing.grade == .bad)
        #expect(failing.sentences[0].hasPrefix("lago is delivered by gateway-b, which reports: circuit open; 3 events"))
        #expect(ProviderState(elsewhere(isReady: false)).label == "failing at another gateway")
    }

    @Test func `says who refuses the credential, what waits, and since when`() {
        let found = verdict([provider(waiting: 41_210, for: .seconds(1560)) { $0.parked = fault }])
        #expect(found.grade == .bad)
        #expect(
            found.sentences == [
                "lago refuses the credential (unauthorized: Invalid API key); 41,210 events wait, the oldest since "
                    + "2027-01-15 07:34:00 UTC (26 min)."
            ]
        )
    }

    @Test func `says who fails`() {
        let found = verdict([
            provider(waiting: 1, for: .seconds(5)) {
                $0.circuit = "open"
                $0.lastFault = DeliveryFault(code: .vendorUnavailable, message: "503")
            }
        ])
        #expect(found.grade == .bad)
        #expect(found.sentences[0].hasPrefix("lago fails (vendor_unavailable: 503); 1 event waits, the oldest since"))
    }

    @Test func `says since when a provider fails or refuses the credential`() {
        let failing = verdict([
            provider {
                $0.circuit = "probing"
                $0.circuitOpenSince = now + .seconds(-1560)
            }
        ])
        #expect(
            failing.sentences == ["lago has failed since 2027-01-15 07:34:00 UTC, for 26 min; nothing waits."]
        )
        let refused = verdict([
            provider {
                $0.circuit = "open"
                $0.parked = fault
                $0.circuitOpenSince = now + .seconds(-1560)
                $0.parkedSince = now + .seconds(-60)
            }
        ])
        #expect(
            refused.sentences == [
                "lago has refused the credential since 2027-01-15 07:59:00 UTC, for 1 min "
                    + "(unauthorized: Invalid API key); nothing waits."
            ]
        )
    }

    @Test(
        arguments: [
            (
                [400, 310, 320, 330],
                "lago has been behind since 2027-01-15 07:30:00 UTC, for 30 min or longer; 9 events"
            ),
            (
                [nil, 310, 320, 330],
                "lago has been behind since 2027-01-15 07:40:00 UTC, for 20 min or longer; 9 events"
            ),
            ([10, 310, 320, 330], "lago has been behind since 2027-01-15 07:40:00 UTC, for 20 min; 9 events"),
            ([900, 10, 320, nil], "lago has been behind since 2027-01-15 07:50:00 UTC, for 10 min; 9 events"),
            // The figures are older than what the store says now.
            ([400, 310, 320, 10], "lago is behind; 9 events"), ([nil, nil, nil, nil], "lago is behind; 9 events"),
        ] as [([Int?], String)]
    )
    func `says since when events wait too long`(ages: [Int?], sentence: String) {
        var facts = provider(waiting: 9, for: .seconds(330))
        var figures = RecentFigures(
            start: now + .seconds(-2400),
            step: .seconds(600),
            accepted: ages.map { _ in 1 },
            delivered: ages.map { _ in 1 }
        )
        figures.oldestAge = ages.map { $0.map { .seconds($0) } }
        facts.figures = figures
        #expect(verdict([facts]).sentences[0].hasPrefix(sentence))
    }

    @Test func `takes an operator's hold for a warning, whatever the circuit is`() {
        let found = verdict([
            provider {
                $0.circuit = "open"
                $0.hold = OperatorHold(until: now + .seconds(600), by: "ops", at: now)
            }
        ])
        #expect(found.grade == .warn)
        #expect(
            found.sentences == [
                "lago is held by ops since 2027-01-15 08:00:00 UTC, until 2027-01-15 08:10:00 UTC; nothing waits."
            ]
        )
    }

    @Test func `warns of a backlog that is older than five minutes`() {
        #expect(verdict([provider(waiting: 9, for: .seconds(300))]).grade == .ok)
        #expect(verdict([provider(waiting: 9, for: .seconds(301))]).grade == .warn)
    }

    @Test func `says that the store cannot be read, rather than that nothing waits`() {
        let found = verdict(
            [provider(isReadable: false) { $0.circuit = "open" }],
            parts: [OverviewFacts.Part(name: "store", isReady: false, detail: "the disk fails", isEssential: true)]
        )
        #expect(found.sentences[0] == "store: the disk fails.")
        #expect(found.sentences[1].hasSuffix("how much waits is unknown, because the store cannot be read."))
    }

    @Test func `names a failing provider once, though it is not ready either`() {
        let part = OverviewFacts.Part(
            name: "provider lago",
            isReady: false,
            detail: "circuit open",
            isEssential: false,
            provider: "lago"
        )
        let found = verdict([provider { $0.circuit = "open" }], parts: [part])
        #expect(found.sentences.count == 1 && found.sentences[0].hasPrefix("lago fails"))
        #expect(verdict([provider()], parts: [part]).sentences == ["provider lago: circuit open."])
    }

    @Test func `counts what was lost in the window`() {
        let found = verdict([provider()], whole: SamplePages.figures)
        #expect(found.grade == .warn)
        #expect(
            found.sentences == [
                "3 deliveries rejected in the last 1 h.", "1 delivery with unknown outcome in the last 1 h.",
            ]
        )
    }

    @Test func `puts the worst first, and keeps the list short`() {
        let held = (0..<8).map { number in
            provider(ProviderName("p\(number)")) { $0.hold = OperatorHold(until: now, by: "ops", at: now) }
        }
        let found = verdict(held + [provider { $0.parked = fault }])
        #expect(found.sentences.count == 6)
        #expect(found.sentences[0].hasPrefix("lago refuses"))
        #expect(found.sentences[1].hasPrefix("p0 is held"))
        #expect(found.sentences[5] == "4 more findings.")
    }
}

@Suite struct ProviderRowTests {
    private func row(waiting: Int?, accepted: Double?, delivered: Double?) -> ProviderRow {
        let figures = RecentFigures(
            start: SamplePages.now,
            step: .seconds(10),
            accepted: [accepted],
            delivered: [delivered]
        )
        let facts = ProviderFacts(
            name: "lago",
            adapter: "lago",
            pipeline: nil,
            backlog: waiting.map { Backlog(events: $0, oldest: SamplePages.now) },
            figures: figures,
            slot: 0
        )
        return ProviderRow(facts, at: SamplePages.now)
    }

    @Test(
        arguments: [
            (0, 1, 1, "-"), (600, 0, 10, "1 min"), (600, 10, 20, "1 min"), (600, 10, 10, "grows"),
            (600, 20, 10, "grows"),
            (1_000_000_000, 0, 0.02, "over 90 d"), (600, nil, nil, "unknown"), (nil, 1, 2, "-"),
        ] as [(Int?, Double?, Double?, String)]
    )
    func `says how long the backlog needs to clear`(waiting: Int?, accepted: Double?, delivered: Double?, text: String)
    {
        #expect(row(waiting: waiting, accepted: accepted, delivered: delivered).clearing == text)
    }

    @Test func `says unknown rather than zero if the store cannot be read`() {
        #expect(row(waiting: nil, accepted: 1, delivered: 1).waiting == "unknown")
    }
}

@Suite struct PlainNumbersTests {
    @Test(arguments: [
        (0, "0"), (7, "7"), (999, "999"), (1000, "1,000"), (12_408, "12,408"), (-1_234_567, "-1,234,567"),
        (.min, "-9,223,372,036,854,775,808"),
    ])
    func `groups digits`(number: Int, text: String) {
        #expect(PlainNumbers.count(number) == text)
    }

    @Test(
        arguments: [
            (0, "0 ms"), (999, "999 ms"), (1000, "1.0 s"), (9_950, "9.9 s"), (10_000, "10 s"), (60_000, "1 min"),
            (90_000, "1 min 30 s"), (1_560_000, "26 min"), (3_600_000, "1 h"), (12_000_000, "3 h 20 min"),
            (187_200_000, "2 d 4 h"), (-5, "0 ms"), (.max, "106751991167 d 7 h"),
        ] as [(Int64, String)]
    )
    func `writes durations in two units at most`(milliseconds: Int64, text: String) {
        #expect(PlainNumbers.duration(.milliseconds(milliseconds)) == text)
    }

    @Test(
        arguments: [
            (0, "0"), (-1, "0"), (.nan, "0"), (0.05, "under 0.1"), (0.4, "0.4"), (12.5, "12.5"), (12.96, "13"),
            (99.99, "100"),
            (1240.4, "1,240"), (.infinity, "0"), (1e300, "1,000,000,000,000,000"),
        ] as [(Double, String)]
    )
    func `writes rates`(rate: Double, text: String) {
        #expect(PlainNumbers.rate(rate) == text)
    }
}
