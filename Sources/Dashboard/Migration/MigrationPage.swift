package import Events
package import Journal
package import Migration
import OfRecord
package import Parity

/// Comparisons and backfills: whether vendors have what they should, and what is on its way to them.
package struct MigrationPage: PageContent {
    package static let template = "Migration"
    package let title = "Migration"
    let moves: [MoveRow]
    let hasMoves: Bool
    let runs: [RunRow]
    let hasRuns: Bool
    let next: String?
    /// Nil if the findings cannot be read now.
    let compared: DaysCompared?
    let backfills: [BackfillRow]
    let hasBackfills: Bool
    /// Whether the visitor may start and change something.
    let mayManage: Bool
    let providers: [Choice]
    let levels: [Choice]
    let from: String
    let until: String
    /// Why an act was refused.
    let fault: String?

    /// One migration.
    struct MoveRow: Sendable {
        let name: String
        let href: String
        let from: String
        let to: String
        let stage: String
        let share: String
        let isHeld: Bool
    }

    /// One comparison.
    struct RunRow: Sendable {
        let id: String
        let href: String
        let window: String
        let providers: String
        let level: String
        let style: String
        let state: String
        let events: String
        let differing: String
        let client: String
        let requestedAt: TimeText
    }

    /// One backfill.
    struct BackfillRow: Sendable {
        let number: String
        let provider: String
        let style: String
        let state: String
        let heldBy: String?
        let walked: String
        let of: String
        let percent: Int
        let delivered: String
        let failed: String
        let startedBy: String
        let startedAt: TimeText
        let mayPause: Bool
        let mayResume: Bool
        let mayCancel: Bool
    }

    /// A backfill and what keeps it from continuing.
    package struct Backfill: Sendable {
        let lane: Lane
        let heldBy: String?

        package init(_ lane: Lane, heldBy: String?) {
            self.lane = lane
            self.heldBy = heldBy
        }
    }

    /// What somebody filled in, to be corrected rather than typed again.
    package struct Entered: Sendable {
        let providers: [String]
        let from: String
        let until: String
        let level: ParityLevel?

        package init(providers: [String], from: String, until: String, level: ParityLevel?) {
            self.providers = providers
            self.from = from
            self.until = until
            self.level = level
        }
    }

    /// The form that starts a comparison.
    package struct ComparisonForm: Sendable {
        let providers: [ProviderName]
        let day: ReadWindow
        let entered: Entered?

        /// - Parameters:
        ///   - providers: those whose events can be read.
        ///   - day: the window that the form proposes.
        ///   - entered: what the form shows instead; nil if nobody filled it in.
        package init(of providers: [ProviderName], proposing day: ReadWindow, keeping entered: Entered? = nil) {
            self.providers = providers
            self.day = day
            self.entered = entered
        }
    }

    /// - Parameters:
    ///   - moves: the migrations of `routes.json`.
    ///   - runs: newest first.
    ///   - days: what comparisons found by day; nil if that cannot be read now.
    ///   - cursor: where the next page of runs begins; nil at the end.
    ///   - mayManage: whether the visitor may start and change something.
    ///   - form: that of a new comparison.
    ///   - fault: why an act was refused.
    package init(
        moves: [MigrationStatus] = [],
        runs: [ParityRun],
        days: ParityDays? = nil,
        next cursor: String?,
        backfills: [Backfill],
        mayManage: Bool,
        comparing form: ComparisonForm,
        fault: String? = nil
    ) {
        self.moves = moves.map(Self.row)
        hasMoves = !moves.isEmpty
        self.runs = runs.map(Self.row)
        hasRuns = !runs.isEmpty
        next = cursor.map { PageLink.address(Screen.migration.path, [("cursor", $0)]) }
        compared = days.map { DaysCompared($0) }
        self.backfills = backfills.map(Self.row)
        hasBackfills = !backfills.isEmpty
        self.mayManage = mayManage
        let entered = form.entered
        providers = form.providers.map {
            Choice($0.rawValue, isChosen: entered?.providers.contains($0.rawValue) ?? true)
        }
        // Amounts are compared by metrics, which a form has no room for, and what is sent again is not only read.
        levels = ParityLevel.allCases.filter { $0 != .usage && $0 != .resend }.reversed().map { level in
            Choice(level.rawValue, label: Self.label(level), isChosen: level == entered?.level ?? .full)
        }
        from = entered?.from ?? TimeText(form.day.from).field
        until = entered?.until ?? TimeText(form.day.until).field
        self.fault = fault
    }

    private static func row(_ status: MigrationStatus) -> MoveRow {
        let name = status.outline.name.rawValue
        return MoveRow(
            name: name,
            href: "\(Screen.migration.path)/moves/\(PercentEncoding.encoded(name))",
            from: status.outline.from.rawValue,
            to: status.outline.to.rawValue,
            stage: status.stage.rawValue,
            share: status.course.cut == nil ? "\(MigrationEntry.Action.text(of: status.course.share))%" : "all",
            isHeld: status.hold != nil
        )
    }

    private static func label(_ level: ParityLevel) -> String {
        switch level {
        case .full: "full: each event"
        case .digest: "digest: counts, then samples"
        case .ledger: "ledger: the journal alone"
        case .usage: "usage: billed amounts"
        case .resend: "resend: each event is sent again"
        }
    }

    private static func row(_ run: ParityRun) -> RunRow {
        let differing = PlainNumbers.sum(
            run.reports.map(\.totals).flatMap { [$0.missing, $0.extra, $0.different] }
        )
        let verdict = RunVerdict(run)
        return RunRow(
            id: "\(run.id)",
            href: "/dashboard/migration/runs/\(run.id)",
            window: "\(TimeText(run.order.window.from).text) to \(TimeText(run.order.window.until).text)",
            providers: run.order.providers.map(\.rawValue).joined(separator: ", "),
            level: run.order.level.rawValue,
            style: verdict.statusStyle,
            state: verdict.name,
            events: PlainNumbers.count(run.events),
            differing: PlainNumbers.count(differing),
            client: run.client.rawValue,
            requestedAt: TimeText(run.requestedAt)
        )
    }

    private static func row(_ backfill: Backfill) -> BackfillRow {
        let (lane, progress) = (backfill.lane, backfill.lane.progress)
        let (walked, ahead) = (max(progress.walked, 0), max(progress.ahead, 0))
        let all = walked.addingReportingOverflow(ahead)
        let total = all.overflow ? Int.max : all.partialValue
        let counts = lane.counts.statuses
        let failed = PlainNumbers.sum([DeliveryStatus.rejected, .uncertain, .discarded].map { counts[$0] ?? 0 })
        return BackfillRow(
            number: "\(lane.number.rawValue)",
            provider: lane.provider.rawValue,
            style: style(lane.state),
            state: lane.state.rawValue,
            heldBy: lane.state.isActive ? backfill.heldBy : nil,
            walked: PlainNumbers.count(walked),
            of: PlainNumbers.count(total),
            percent: total > 0 ? Int(min(100 * Double(walked) / Double(total), 100)) : 100,
            delivered: PlainNumbers.count(counts[.delivered] ?? 0),
            failed: PlainNumbers.count(failed),
            startedBy: lane.startedBy.rawValue,
            startedAt: TimeText(lane.startedAt),
            mayPause: lane.state == .running,
            mayResume: lane.state == .paused,
            mayCancel: lane.state == .running || lane.state == .paused
        )
    }

    private static func style(_ state: LaneState) -> String {
        switch state {
        case .running: "pending"
        case .paused, .cancelling: "warn"
        case .done: "ok"
        case .cancelled: "discarded"
        }
    }
}
