import Events
import Parity
import Testing

@testable import Dashboard

/// What a comparison found, in words: how it ended, how certain that is, and what its causes need.
@Suite struct ParitySummaryTests {
    private func run(
        _ state: ParityRun.State,
        reports: [ProviderReport] = [],
        reason: String? = nil,
        windows: (read: Int, all: Int) = (0, 0)
    ) -> ParityRun {
        var run = ParityRun(
            id: 7,
            order: ParityOrder(
                window: MigrationPageTests.window,
                providers: reports.map(\.provider),
                level: .full
            ),
            tenant: "shop",
            client: "finance",
            requestedAt: SamplePages.now,
            state: state,
            reports: reports
        )
        (run.reason, run.windowsRead, run.windows) = (reason, windows.read, windows.all)
        return run
    }

    private func verdict(_ run: ParityRun) -> [String] {
        let verdict = RunVerdict(run)
        return [verdict.name, verdict.statusStyle, verdict.boxStyle, verdict.sentence]
    }

    @Test(arguments: ParityRun.State.allCases.filter { !$0.isOver })
    func `a comparison that runs says how far it is`(state: ParityRun.State) {
        #expect(
            verdict(run(state, windows: (1200, 2400))) == [
                state.rawValue, "pending", "unknown",
                "The comparison is \(state.rawValue): 1,200 of 2,400 windows are read.",
            ]
        )
    }

    @Test func `a comparison that ended says how`() {
        #expect(
            verdict(run(.finished)) == [
                "equal", "ok", "ok", "The journal and the vendors agree, apart from accepted causes.",
            ]
        )
        let one = ProviderReport(provider: "p", causes: [CauseCount(cause: .content, count: 3, accepted: 2)])
        let two = ProviderReport(provider: "q", causes: [CauseCount(cause: .doubled, count: 1, accepted: 1)])
        #expect(
            verdict(run(.finished, reports: [one, two])) == [
                "different", "bad", "bad", "1 difference that nobody has accepted.",
            ]
        )
        #expect(
            verdict(run(.failed, reason: "the disk is full")) == [
                "incomplete", "warn", "warn", "Could not be compared: the disk is full.",
            ]
        )
        let unread = ProviderReport(provider: "p", unreadable: "HTTP 501", causes: one.causes)
        #expect(verdict(run(.finished, reports: [unread])).last == "Could not be compared: HTTP 501.")
        #expect(verdict(run(.failed, reports: [unread], reason: "why")).last == "Could not be compared: why.")
        #expect(verdict(run(.failed)).last == "A part could not be compared.")
    }

    /// Three divided by the number of clean draws, rounded up to a hundredth of a percent.
    @Test(arguments: [
        (0, 0, "each event compared"), (100, 0, "at most 100.00% of the parts differ, with 95% confidence"),
        (100, 1, "at most 100.00% of the parts differ, with 95% confidence"),
        (100, 3, "at most 100.00% of the parts differ, with 95% confidence"),
        (100, 4, "at most 75.00% of the parts differ, with 95% confidence"),
        (100, 7, "at most 42.86% of the parts differ, with 95% confidence"),
        (100, 2999, "at most 0.11% of the parts differ, with 95% confidence"),
        (1, .max, "at most 0.01% of the parts differ, with 95% confidence"),
        (-1, 5, "each event compared"), (1, -5, "at most 100.00% of the parts differ, with 95% confidence"),
    ])
    func `says how certain equal counts are`(counted: Int, sampled: Int, certainty: String) throws {
        var report = ProviderReport(provider: "p")
        (report.countedOnly, report.sampledParts) = (counted, sampled)
        #expect(try #require(ParitySummary(run(.finished, reports: [report])).providers.first).certainty == certainty)
    }

    @Test(arguments: Cause.allCases)
    func `says of each cause what it needs`(cause: Cause) throws {
        let (style, urgency) =
            switch cause.urgency {
            case .benign: ("ok", "no difference")
            case .wait: ("pending", "resolves itself")
            case .act: ("warn", "needs a decision")
            case .money: ("bad", "the bill is wrong")
            case .unknown: ("unknown", "unknown")
            }
        let counts = [(3, 0, true), (3, 3, false), (3, 4, false), (0, 0, false)].map { count, accepted, isOpen in
            (CauseCount(cause: cause, count: count, accepted: accepted), isOpen)
        }
        for (count, isOpen) in counts {
            let report = ProviderReport(provider: "p", causes: [count])
            let provider = try #require(ParitySummary(run(.finished, reports: [report])).providers.first)
            let shown = try #require(provider.causes.first)
            #expect(shown.style == style && shown.urgency == urgency && shown.isOpen == isOpen)
            #expect(shown.code == cause.rawValue && !shown.name.contains("_") && shown.summary == cause.summary)
        }
    }

    @Test func `shows the numbers of each provider`() throws {
        let totals = CellCounts(expected: 41_210, found: 41_000, missing: 212, extra: 2, different: 3)
        let report = ProviderReport(provider: "p", totals: totals, notPlanned: 1000, calls: 12_408)
        let summary = ParitySummary(run(.finished, reports: [report]))
        let shown = try #require(summary.providers.first)
        #expect([shown.expected, shown.found, shown.missing, shown.extra] == ["41,210", "41,000", "212", "2"])
        #expect([shown.different, shown.notPlanned, shown.calls] == ["3", "1,000", "12,408"] && !shown.hasCauses)
        #expect(summary.window == "2024-03-20 00:00:00 to 2024-03-21 00:00:00 UTC" && summary.endedAt == nil)
        #expect(summary.client == "finance" && summary.level == "full" && !summary.countsCustomers)
    }

    // MARK: The printed report

    private func digest(
        _ run: ParityRun,
        cells: [NumberedCell] = [],
        acceptances: [Acceptance] = [],
        environment: String = "eu",
        journal: String = "j",
        at time: Timestamp = SamplePages.now
    ) -> String {
        ParityReportPage(
            run,
            cells: cells,
            acceptances: acceptances,
            customers: [],
            environment: environment,
            journal: journal,
            at: time
        ).digest
    }

    /// Two reports with the same digest have the same figures; when and where it was printed is no figure.
    @Test func `a report's digest is of its figures alone`() {
        let report = ProviderReport(provider: "p", causes: [CauseCount(cause: .content, count: 3, accepted: 2)])
        let original = run(.finished, reports: [report])
        let first = digest(original)
        #expect(first == digest(original, environment: "us", at: SamplePages.now + .seconds(9)))
        var others = [digest(original, journal: "k")]
        for change in Self.changes {
            var changed = original
            change(&changed)
            others.append(digest(changed))
        }
        let cell = ParityCell(provider: "p", name: "n", counts: CellCounts())
        others.append(digest(original, cells: [NumberedCell(number: 1, cell: cell)]))
        for reason in ["a", "b"] {
            let acceptance = Acceptance(
                cause: .content,
                provider: nil,
                name: nil,
                reason: reason,
                until: SamplePages.now,
                by: "finance",
                at: SamplePages.now
            )
            others.append(digest(original, acceptances: [acceptance]))
        }
        #expect(Set(others + [first]).count == others.count + 1, "every figure makes another digest")
    }

    private static let changes: [@Sendable (inout ParityRun) -> Void] = [
        { $0.events += 1 }, { $0.state = .failed }, { $0.reports[0].totals = CellCounts(expected: 1) },
        { $0.reports[0].totals = CellCounts(found: 1) }, { $0.reports[0].totals = CellCounts(missing: 1) },
        { $0.reports[0].totals = CellCounts(extra: 1) }, { $0.reports[0].totals = CellCounts(different: 1) },
        { $0.reports[0].notPlanned = 1 }, { $0.reports[0].causes[0].count += 1 },
        { $0.reports[0].causes[0].accepted += 1 }, { $0.reports[0].causes = [] }, { $0.reports = [] },
    ]
}
