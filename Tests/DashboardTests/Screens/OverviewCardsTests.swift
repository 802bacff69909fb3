import Events
import Journal
import Parity
import Testing

@testable import Dashboard

/// The figures of the Overview: what each shows, and from when on it is a warning.
@Suite struct OverviewCardsTests {
    private static let now = SamplePages.now

    private func provider(_ backlog: Backlog?, _ name: ProviderName = "lago") -> ProviderFacts {
        ProviderFacts(
            name: name,
            adapter: "lago",
            pipeline: ProviderFacts.Pipeline(circuit: "closed"),
            backlog: backlog,
            slot: 0
        )
    }

    private func page(
        _ providers: [ProviderFacts]?,
        whole: RecentFigures? = nil,
        window: OverviewFacts.Window = .hour,
        parts: [OverviewFacts.Part] = [],
        comparisons: [ParityRun] = []
    ) -> OverviewPage {
        let facts = OverviewFacts(
            providers: providers,
            whole: whole,
            readiness: parts,
            window: window,
            since: nil,
            comparisons: comparisons
        )
        return OverviewPage(facts, at: Self.now)
    }

    private func card(_ label: String, of page: OverviewPage) -> [String]? {
        page.cards.first { $0.label == label }.map { [$0.value, $0.note, $0.grade] }
    }

    @Test(arguments: [
        (0, "0 ms", ""), (300, "5 min", ""), (301, "5 min 1 s", "warn"), (3600, "1 h", "warn"), (3601, "1 h", "bad"),
        (-60, "0 ms", ""),
    ])
    func `what waits longest is a warning after five minutes, and bad after an hour`(
        seconds: Int64,
        value: String,
        grade: String
    ) throws {
        let oldest = Self.now + .seconds(-seconds)
        let found = try #require(card("Oldest", of: page([provider(Backlog(events: 2, oldest: oldest))])))
        #expect(found[0] == value && found[2] == grade)
        #expect(found[1] == "since \(TimeText(oldest).text)")
    }

    @Test func `adds up what waits, or says that it is not known`() {
        let both = [
            provider(Backlog(events: 1200, oldest: Self.now + .seconds(-9)), "a"),
            provider(Backlog(events: 40, oldest: Self.now + .seconds(-90)), "b"),
        ]
        #expect(card("Waiting", of: page(both)) == ["1,240", "deliveries", ""])
        #expect(card("Oldest", of: page(both))?.first == "1 min 30 s", "that of all providers")
        let unknown = page(both + [provider(nil, "c")])
        #expect(card("Waiting", of: unknown) == ["unknown", "the store cannot be read", "bad"])
        #expect(card("Oldest", of: unknown)?.first == "1 min 30 s")
        #expect(card("Oldest", of: page([provider(Backlog(events: 0, oldest: nil))])) == ["-", "nothing waits", ""])
    }

    @Test func `shows rates of the whole to whoever sees it`() {
        let whole = page([], whole: SamplePages.figures)
        #expect(card("Accepted/s", of: whole) == ["2.5", "last minute", ""])
        #expect(card("Delivered/s", of: whole) == ["14.3", "all providers", ""])
        #expect(card("Accepted/s", of: page([])) == nil && card("Delivered/s", of: page(nil)) == nil)
        #expect(card("Waiting", of: page(nil)) == nil, "no provider is seen")
    }

    @Test(arguments: OverviewFacts.Window.allCases)
    func `counts what was lost in the window`(window: OverviewFacts.Window) {
        let lost = page([], whole: SamplePages.figures, window: window)
        #expect(card("Rejected", of: lost) == ["3", "last \(window.label)", "warn"])
        #expect(card("Unknown outcome", of: lost) == ["1", "last \(window.label)", "warn"])
        let unknown = page([provider(nil)], window: window)
        #expect(card("Rejected", of: unknown) == ["-", "last \(window.label)", ""])
        var calm = RecentFigures(start: Self.now, step: .seconds(10), accepted: [1], delivered: [1])
        (calm.rejected, calm.uncertain) = ([0], [0])
        #expect(card("Rejected", of: page([], whole: calm)) == ["0", "last 1 h", ""])
    }

    /// For a client that does not see the whole, losses are those of the providers that it sees.
    @Test func `adds up the losses of the providers that are seen`() {
        var (one, other) = (provider(nil, "a"), provider(nil, "b"))
        var figures = RecentFigures(start: Self.now, step: .seconds(10), accepted: [1, 1], delivered: [1, 1])
        (figures.rejected, figures.uncertain) = ([2, nil], [nil, nil])
        (one.figures, other.figures) = (figures, figures)
        let found = page([one, other, provider(nil, "c")])
        #expect(card("Rejected", of: found)?.first == "4" && card("Unknown outcome", of: found)?.first == "-")
    }

    @Test func `the oldest of the latest comparisons counts`() {
        func run(_ ended: Duration) -> ParityRun {
            ParityRun(
                id: 1,
                order: ParityOrder(window: MigrationPageTests.window, providers: ["a"], level: .full),
                tenant: "shop",
                client: "finance",
                requestedAt: Self.now + .seconds(-999_999),
                state: .finished,
                endedAt: Self.now + ended
            )
        }
        let found = page([], comparisons: [run(.seconds(-60)), run(.seconds(-7200)), run(.seconds(-5))])
        #expect(card("Last comparison", of: found) == ["2 h", "no open difference", ""])
    }

    @Test func `marks what is not ready by how much depends on it`() {
        let parts = [(true, true), (true, false), (false, true), (false, false)].map { isReady, isEssential in
            OverviewFacts.Part(name: "p", isReady: isReady, detail: "d", isEssential: isEssential)
        }
        let shown = page([], parts: parts).readiness
        #expect(shown.map(\.mark) == ["ok", "ok", "bad", "warn"])
        #expect(shown.map(\.word) == ["ready", "ready", "not ready", "not ready"])
    }

    @Test func `leads to each window, and leaves the usual one out of the address`() {
        for window in OverviewFacts.Window.allCases {
            let tabs = page([], window: window).tabs
            #expect(tabs.map(\.href) == ["/dashboard?window=5m", "/dashboard", "/dashboard?window=24h"])
            #expect(tabs.filter(\.isCurrent).map(\.label) == [window.label])
        }
    }

    @Test func `names holds of operators, and leads to their providers`() {
        var held = provider(nil, "a b")
        held.pipeline?.hold = OperatorHold(until: Self.now + .seconds(60), by: "ops", at: Self.now)
        let found = page([held, provider(nil, "c")])
        #expect(
            found.overrides.map(\.text) == [
                "a b: held by ops since 2027-01-15 08:00:00 UTC, until 2027-01-15 08:01:00 UTC"
            ]
        )
        #expect(found.overrides.map(\.href) == ["/dashboard/providers/a%20b"] && found.hasOverrides)
        #expect(!page(nil).hasOverrides && page(nil).seesNoProviders && !page([]).seesNoProviders)
    }

    @Test func `draws charts of what has figures, and none where nothing has`() {
        #expect(page([]).chartMarkups.isEmpty && page(nil).chartMarkups.isEmpty)
        var one = provider(nil, "lago")
        one.figures = SamplePages.figures
        let seen = page([one, provider(nil, "polar")]).chartMarkups.map(\.drawingMarkup)
        #expect(seen.count == 2 && seen.allSatisfy { $0.contains("data-name=\"lago\"") && !$0.contains("polar") })
        let whole = page([one], whole: SamplePages.figures).chartMarkups.map(\.drawingMarkup)
        #expect(whole.count == 3 && whole[0].contains("data-name=\"accepted\""))
        #expect(whole[2].contains("id=\"latency\""))
    }
}
