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

    @Test func `names backfills that somebody has paused`() {
        let page = page(paused: [MigrationPageTests.lane(.paused, walked: 1, ahead: 2)])
        #expect(
            page.overrides.map(\.text) == ["lago-prod: backfill 3 paused by ops since 2024-03-20 00:00:00 UTC"]
        )
    }
}
