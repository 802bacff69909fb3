import Events
import Journal
import Parity
import Testing

@testable import Dashboard

@Suite struct OverviewPageTests {
    private let now = MigrationPageTests.window.until + .seconds(3 * 3600)

    private func page(_ runs: [ParityRun] = [], paused lanes: [Lane] = []) -> OverviewPage {
        OverviewPage(
            OverviewFacts(
                providers: [],
                whole: nil,
                readiness: [],
                window: .hour,
                since: nil,
                comparisons: runs,
                pausedBackfills: lanes
            ),
            at: now
        )
    }

    @Test func `shows the age of the latest comparison, and whether something differs`() throws {
        #expect(!page().cards.contains { $0.label == "Last comparison" })
        let equal = try #require(page([MigrationPageTests.run()]).cards.last)
        #expect(equal.label == "Last comparison" && equal.value == "3 h" && equal.grade.isEmpty)
        let cause = CauseCount(cause: .content, count: 3, accepted: 1)
        let different = try #require(page([MigrationPageTests.run(.finished, [cause])]).cards.last)
        #expect(different.note == "with differences" && different.grade == "warn")
    }

    @Test func `stays well below 100 KB with the last hour of four providers`() {
        let providers = ["lago", "polar", "flexprice", "knetik"].enumerated().map { slot, name in
            ProviderFacts(
                name: ProviderName(name),
                adapter: AdapterName(name),
                pipeline: ProviderFacts.Pipeline(circuit: "closed", inFlight: 3, concurrency: 8),
                backlog: Backlog(events: 12, oldest: now),
                figures: Self.hour(slot + 2),
                slot: slot
            )
        }
        let facts = OverviewFacts(
            providers: providers,
            whole: Self.hour(1),
            readiness: [],
            window: .hour,
            since: now
        )
        let frame = PageFrame(environment: nil, isSandbox: true, client: nil, current: .overview)
        #expect(PageTemplates.document(OverviewPage(facts, at: now), in: frame).utf8.count < 90_000)
    }

    /// Steps of ten seconds that are all different.
    private static func hour(_ seed: Int) -> RecentFigures {
        let steps = 0..<360
        func values(_ most: Int) -> [Double?] { steps.map { Double($0 * 7919 * seed % (most * 10)) / 10 } }
        var figures = RecentFigures(
            start: MigrationPageTests.window.until,
            step: .seconds(10),
            accepted: values(4000),
            delivered: values(3900)
        )
        figures.rejected = steps.map { _ in 1 }
        figures.uncertain = steps.map { _ in 0 }
        figures.backlog = steps.map { $0 * 31 % 977 }
        (figures.p50, figures.p99) = (values(20), values(200))
        return figures
    }

    @Test func `names backfills that somebody has paused`() {
        let page = page(paused: [MigrationPageTests.lane(.paused, walked: 1, ahead: 2)])
        #expect(
            page.overrides.map(\.text) == ["lago-prod: backfill 3 paused by ops since 2024-03-20 00:00:00 UTC"]
        )
    }
}
