import Events
import Journal
import Parity
import Testing

@testable import Dashboard

@Suite struct MigrationPageTests {
    static let window = ReadWindow(
        from: Timestamp(milliseconds: 1_710_892_800_000),
        until: Timestamp(milliseconds: 1_710_979_200_000)
    )

    /// A comparison of amounts, whose only difference is rounding.
    static var usage: ParityRun {
        let metric = UsageMetric(name: "api", aggregate: .count, property: nil, ids: ["lago-prod": "api"])
        return ParityRun(
            id: 8,
            order: ParityOrder(
                window: window,
                providers: ["lago-prod"],
                level: .usage,
                metrics: UsageMetrics([metric])
            ),
            tenant: "shop",
            client: "finance",
            requestedAt: window.until,
            state: .finished,
            endedAt: window.until,
            reports: [ProviderReport(provider: "lago-prod", causes: [CauseCount(cause: .rounding, count: 1)])]
        )
    }

    static func run(
        _ state: ParityRun.State = .finished,
        _ causes: [CauseCount] = [],
        unreadable: String? = nil
    ) -> ParityRun {
        var report = ProviderReport(
            provider: "lago-prod",
            totals: CellCounts(expected: 41_210, found: 41_000, missing: 210, extra: 2, different: 3),
            unreadable: unreadable,
            causes: causes
        )
        (report.countedOnly, report.sampledParts) = (state.isOver ? 100 : 0, 3000)
        var run = ParityRun(
            id: 7,
            order: ParityOrder(window: window, providers: ["lago-prod"], level: .full),
            tenant: "shop",
            client: "finance",
            requestedAt: window.until,
            state: state,
            endedAt: state.isOver ? window.until : nil,
            reports: [report]
        )
        (run.events, run.windows, run.windowsRead) = (41_210, 24, 12)
        return run
    }

    private func page(
        _ runs: [ParityRun] = [],
        _ lanes: [Lane] = [],
        keeping entered: MigrationPage.Entered? = nil,
        fault: String? = nil
    ) -> MigrationPage {
        MigrationPage(
            runs: runs,
            next: nil,
            backfills: lanes.map { MigrationPage.Backfill($0, heldBy: "a hold") },
            mayManage: true,
            comparing: MigrationPage.ComparisonForm(
                of: ["lago-prod"],
                proposing: Self.window,
                keeping: entered
            ),
            fault: fault
        )
    }

    @Test func `proposes to compare every provider in full, and keeps what was filled in`() {
        let first = page()
        #expect(first.providers.map(\.isChosen) == [true])
        #expect(first.levels.filter(\.isChosen).map(\.value) == ["full"])
        let entered = MigrationPage.Entered(providers: ["other"], from: "yesterday", until: "", level: .digest)
        let again = page(keeping: entered, fault: "from is no time")
        #expect(again.providers.map(\.isChosen) == [false])
        #expect(again.levels.filter(\.isChosen).map(\.value) == ["digest"])
        #expect(again.from == "yesterday" && again.until.isEmpty)
    }

    @Test func `refreshes from its own address also where it answers a form`() {
        let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .migration)
        let refused = PageTemplates.content(page(fault: "from is no time"), in: frame)
        #expect(refused.contains(#"<section id="comparisons" data-refresh="/dashboard/migration">"#))
        #expect(PageTemplates.content(page(), in: frame).contains(#"<section id="comparisons" data-refresh>"#))
    }

    static func lane(_ state: LaneState, walked: Int, ahead: Int) -> Lane {
        Lane(
            number: 3,
            of: NewLane(
                provider: "lago-prod",
                adapter: "lago",
                filter: LaneFilter(),
                routes: [],
                rate: 50,
                by: "ops",
                at: Self.window.from
            ),
            state: state,
            changedBy: "ops",
            changedAt: Self.window.from,
            endedAt: nil,
            progress: LaneProgress(walked: walked, ahead: ahead, hasEnd: true),
            counts: LaneCounts(statuses: [.delivered: 20, .rejected: 2, .uncertain: 1])
        )
    }

    @Test(arguments: [
        (run(.reading), "reading", "pending"), (run(), "equal", "ok"),
        (run(.finished, [CauseCount(cause: .content, count: 3, accepted: 1)]), "different", "bad"),
        (run(.finished, [CauseCount(cause: .content, count: 3, accepted: 3)]), "equal", "ok"),
        (run(.finished, unreadable: "HTTP 501"), "incomplete", "warn"), (run(.failed), "incomplete", "warn"),
    ])
    func `says how a comparison ended`(run: ParityRun, state: String, style: String) throws {
        let row = try #require(page([run]).runs.first)
        #expect(row.state == state && row.style == style)
        #expect(row.differing == "215" && row.href == "/dashboard/migration/runs/7")
    }

    @Test func `counts what nobody has accepted`() {
        let run = Self.run(.finished, [CauseCount(cause: .content, count: 1300, accepted: 100)])
        #expect(RunVerdict(run).sentence == "1,200 differences that nobody has accepted.")
        let many = Self.run(
            .finished,
            [
                CauseCount(cause: .content, count: .max), CauseCount(cause: .doubled, count: .max),
            ]
        )
        #expect(RunVerdict(many).sentence.hasPrefix("9,223,372,036,854,775,807"))
    }

    @Test(arguments: [
        (LaneState.running, true, false, true), (.paused, false, true, true), (.cancelling, false, false, false),
        (.done, false, false, false), (.cancelled, false, false, false),
    ])
    func `offers what is possible with a backfill`(state: LaneState, pause: Bool, resume: Bool, cancel: Bool) throws {
        let row = try #require(page([], [Self.lane(state, walked: 250, ahead: 750)]).backfills.first)
        #expect([row.mayPause, row.mayResume, row.mayCancel] == [pause, resume, cancel])
        #expect(row.percent == 25 && row.of == "1,000" && row.delivered == "20" && row.failed == "3")
        #expect((row.heldBy != nil) == state.isActive)
    }

    @Test(arguments: [(0, 0, 100), (0, 5, 0), (Int.max, Int.max, 100), (-1, 5, 0)])
    func `shows any progress`(walked: Int, ahead: Int, percent: Int) throws {
        let row = try #require(page([], [Self.lane(.running, walked: walked, ahead: ahead)]).backfills.first)
        #expect(row.percent == percent)
    }

    static func days(_ text: String = "lago-prod") -> ParityDays {
        // The second provider was compared once.
        func run(_ id: Int64, _ from: Timestamp, _ until: Timestamp, unreadable: String? = nil) -> ParityRun {
            let providers = [ProviderName(text)] + (id == 6 ? [ProviderName(text + "2")] : [])
            let window = ReadWindow(from: from, until: until)
            return ParityRun(
                id: id,
                order: ParityOrder(window: window, providers: providers, level: .full),
                tenant: "shop",
                client: "finance",
                requestedAt: until,
                state: .finished,
                reports: providers.map { ProviderReport(provider: $0, unreadable: unreadable) }
            )
        }
        let (from, until) = (window.from, window.until)
        let day = Duration.seconds(86_400)
        let older = run(6, from + (.zero - day), from, unreadable: text)
        let oldest = run(5, from + (.zero - day * 2), from + (.zero - day))
        var days = ParityDays(of: [run(7, from, until), older, oldest], at: until + .seconds(-60))
        let name = ProviderName(text)
        let lost = FindingDay(provider: name, day: from, cause: .lostAfterAccept, name: text, count: 1204)
        let content = FindingDay(provider: name, day: from, cause: .content, name: text, count: 2)
        let accepted = Acceptance(
            cause: .content,
            provider: nil,
            name: nil,
            reason: text,
            until: until,
            by: "finance",
            at: from
        )
        days.add([lost, content], of: 7, accepting: [accepted])
        return days
    }

    @Test func `shows differences by day, with what is accepted, equal, incomplete or not compared`() {
        let compared = DaysCompared(Self.days())
        let days = ["2024-03-20", "2024-03-19", "2024-03-18"]
        #expect(compared.rows.map(\.day) == days, "days without any are left out")
        #expect(compared.rows.map { $0.cells[1].text } == ["not compared", "incomplete", "not compared"])
        let cells = compared.rows.map { $0.cells[0] }
        #expect(cells.map(\.text) == ["1,204 differences", "incomplete", "equal"])
        #expect(cells.map(\.style) == ["bad", "warn", "ok"])
        #expect(cells[0].note == "2 accepted")
        #expect(cells[0].cellHref == "/dashboard/migration/runs/7?provider=lago-prod#findings")
        #expect(compared.chartMarkup.contains("data-values=\",,,,,,,,,,,0,,1204\""))
        #expect(!DaysCompared(ParityDays(of: [], at: Self.window.until)).hasRows)
    }
}
