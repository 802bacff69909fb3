import Events
import Journal
import Parity
import Testing

@testable import Dashboard

/// Counts come from stores, and those may be damaged: no count ends the program, or is shown as less than it was.
@Suite struct HugeCountTests {
    private static let most = "9,223,372,036,854,775,807"
    private let now = SamplePages.now

    @Test(
        arguments: [
            ([], 0), ([1, 2, 3], 6), ([.max], .max), ([.max, 1], .max), ([.max, .max, .max], .max), ([-5, 3], 3),
            ([.min, 1], 1), ([.max - 1, 1], .max),
        ] as [([Int], Int)]
    )
    func `a sum of counts is no less than its largest`(counts: [Int], sum: Int) {
        #expect(PlainNumbers.sum(counts) == sum)
    }

    private func run(_ count: Int, causes: [CauseCount] = []) -> ParityRun {
        let totals = CellCounts(expected: count, found: count, missing: count, extra: count, different: count)
        var run = ParityRun(
            id: .max,
            order: ParityOrder(window: MigrationPageTests.window, providers: ["a", "b"], level: .full),
            tenant: "shop",
            client: "finance",
            requestedAt: now,
            state: .finished,
            endedAt: now,
            reports: ["a", "b"].map { provider in
                var report = ProviderReport(
                    provider: ProviderName(provider),
                    totals: totals,
                    notPlanned: count,
                    calls: count,
                    causes: causes
                )
                (report.countedOnly, report.sampledParts) = (count, count)
                return report
            }
        )
        (run.events, run.windows, run.windowsRead) = (count, count, count)
        return run
    }

    private func page(_ runs: [ParityRun], _ lanes: [Lane] = []) -> MigrationPage {
        MigrationPage(
            runs: runs,
            next: nil,
            backfills: lanes.map { MigrationPage.Backfill($0, heldBy: nil) },
            mayManage: false,
            comparing: MigrationPage.ComparisonForm(of: [], proposing: MigrationPageTests.window)
        )
    }

    @Test func `adds up the differences of a comparison`() throws {
        let huge = try #require(page([run(.max)]).runs.first)
        #expect(huge.differing == Self.most && huge.events == Self.most)
        #expect(try #require(page([run(5)]).runs.first).differing == "30")
        #expect(try #require(page([run(.min)]).runs.first).differing == "0")
    }

    @Test(arguments: [
        (CauseCount(cause: .content, count: .max, accepted: 0), "\(most) differences that nobody has accepted."),
        (CauseCount(cause: .content, count: .max, accepted: .min), "\(most) differences that nobody has accepted."),
        (CauseCount(cause: .content, count: .max, accepted: .max - 3), "6 differences that nobody has accepted."),
    ])
    func `counts what nobody has accepted`(cause: CauseCount, sentence: String) {
        #expect(RunVerdict(run(1, causes: [cause])).sentence == sentence)
    }

    @Test(arguments: [Int.max, Int.min, -1, 0])
    func `shows a whole comparison of any numbers`(count: Int) {
        let run = run(count, causes: [CauseCount(cause: .lostAfterAccept, count: count, accepted: count)])
        let cell = ParityCell(
            provider: "a",
            name: "n",
            counts: CellCounts(expected: count, found: count, missing: count, extra: count, different: count)
        )
        let page = ParityRunPage(
            run,
            cells: [NumberedCell(number: 1, cell: cell)],
            customers: [ParityCustomer(customerID: "c", provider: "a", findings: count, billed: count)],
            findings: ParityRunPage.FindingList([]),
            mayManage: true,
            plan: ResendPlan(ResendCount(sent: count, failed: count, reason: nil))
        )
        let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .migration)
        #expect(PageTemplates.document(page, in: frame).contains(PlainNumbers.count(count)))
    }

    @Test func `adds up what failed of a backfill`() throws {
        let lane = Lane(
            number: 3,
            of: NewLane(
                provider: "p",
                adapter: "lago",
                filter: LaneFilter(),
                routes: [],
                rate: 50,
                by: "ops",
                at: now
            ),
            state: .running,
            changedBy: "ops",
            changedAt: now,
            endedAt: nil,
            progress: LaneProgress(walked: .max, ahead: 1, hasEnd: true),
            counts: LaneCounts(statuses: [.rejected: .max, .uncertain: .max, .discarded: 1, .delivered: .max])
        )
        let row = try #require(page([], [lane]).backfills.first)
        #expect(row.failed == Self.most && row.delivered == Self.most && row.of == Self.most)
    }

    @Test func `adds up what waits for all providers`() {
        let providers = ["a", "b"].map { name in
            ProviderFacts(
                name: ProviderName(name),
                adapter: "lago",
                pipeline: ProviderFacts.Pipeline(circuit: "closed"),
                backlog: Backlog(events: .max, oldest: nil),
                slot: 0
            )
        }
        let facts = OverviewFacts(providers: providers, whole: nil, readiness: [], window: .hour, since: nil)
        let page = OverviewPage(facts, at: now)
        #expect(page.sentences == ["All 2 providers accept events; \(Self.most) deliveries in flight or due."])
        #expect(page.cards.first { $0.label == "Waiting" }?.value == Self.most)
    }

    @Test func `adds up what failed on a day of a migration`() {
        var counts = LedgerCounts.Counts()
        #expect(!MoveDays.Side(counts).hasFailed && MoveDays.Side(counts).failed == "0")
        (counts.rejected, counts.uncertain, counts.discarded) = (.max, .max, 1)
        #expect(MoveDays.Side(counts).failed == Self.most && MoveDays.Side(counts).hasFailed)
    }

    /// Latencies that are no numbers were not measured; those beyond all time are shown as very long.
    @Test(
        arguments: [
            (nil, "-"), (.nan, "-"), (0, "0 ms"), (-5, "0 ms"), (1.5, "2 ms"), (.infinity, "11574 d 1 h"),
            (-.infinity, "0 ms"),
            (1e300, "11574 d 1 h"),
        ] as [(Double?, String)]
    )
    func `shows any latency`(value: Double?, text: String) {
        #expect(ProviderRow.milliseconds(value) == text)
    }
}
