package import Events
import Journal
import Parity

/// How things are, at a look.
package struct OverviewPage: PageContent {
    /// One figure.
    struct Card: Sendable {
        let label: String
        let value: String
        let note: String
        /// `bad`, `warn` or nothing.
        let grade: String
    }

    /// A choice of the window.
    struct Tab: Sendable {
        let label: String
        let href: String
        let isCurrent: Bool
    }

    /// A line of `readyz`.
    struct Part: Sendable {
        let name: String
        let mark: String
        let word: String
        let detail: String
    }

    /// What an operator has set aside.
    struct Override: Sendable {
        let text: String
        let href: String
    }

    /// A drawing made by us.
    struct Markup: Sendable {
        let drawingMarkup: String
    }

    package static let template = "Overview"
    package let title = "Overview"
    let grade: String
    let sentences: [String]
    let cards: [Card]
    let tabs: [Tab]
    let chartMarkups: [Markup]
    let heads: [ColumnHead]
    let providers: [ProviderRow]
    let hasProviders: Bool
    let seesNoProviders: Bool
    let readiness: [Part]
    let overrides: [Override]
    let hasOverrides: Bool
    let at: TimeText
    let since: TimeText?
    /// Whose figures are added up; nil if they are those of this gateway alone.
    let gateways: String?

    /// - Parameter order: of the providers; nil: as `routes.json` has them.
    package init(_ facts: OverviewFacts, by order: TableOrder<ProviderColumn>? = nil, at now: Timestamp) {
        let verdict = OverviewVerdict(facts, at: now)
        grade = verdict.grade.rawValue
        sentences = verdict.sentences
        cards = Self.cards(facts, at: now)
        tabs = OverviewFacts.Window.allCases.map { window in
            Tab(
                label: window.label,
                href: Self.address(window, sort: order?.text),
                isCurrent: window == facts.window
            )
        }
        chartMarkups = Self.charts(facts).map { Markup(drawingMarkup: $0) }
        heads = ProviderTable.heads(order) { Self.address(facts.window, sort: $0) }
        providers = ProviderTable.rows(facts.providers ?? [], by: order, at: now)
        hasProviders = !providers.isEmpty
        seesNoProviders = facts.providers == nil
        readiness = facts.readiness.map { part in
            Part(
                name: part.name,
                mark: part.isReady ? "ok" : part.isEssential ? "bad" : "warn",
                word: part.isReady ? "ready" : "not ready",
                detail: part.detail
            )
        }
        overrides = (facts.providers ?? []).compactMap(Self.override) + facts.pausedBackfills.map(Self.override)
        hasOverrides = !overrides.isEmpty
        at = TimeText(now)
        since = facts.since.map { TimeText($0) }
        gateways = facts.gateways.map { $0.map(\.name).joined(separator: ", ") }
    }

    private static func address(_ window: OverviewFacts.Window, sort: String?) -> String {
        PageLink.address(
            Screen.overview.path,
            [("window", window == .hour ? nil : window.rawValue), ("sort", sort)]
        )
    }

    private static func override(_ facts: ProviderFacts) -> Override? {
        facts.pipeline?.hold.map { hold in
            Override(
                text:
                    "\(facts.name): held by \(hold.by) since \(TimeText(hold.at).text) UTC, until \(TimeText(hold.until).text) UTC",
                href: PageLink.provider(facts.name.rawValue)
            )
        }
    }

    private static func override(_ paused: Lane) -> Override {
        let since = TimeText(paused.changedAt).text
        return Override(
            text:
                "\(paused.provider): backfill \(paused.number.rawValue) paused by \(paused.changedBy) since \(since) UTC",
            href: Screen.migration.path
        )
    }

    private static func cards(_ facts: OverviewFacts, at now: Timestamp) -> [Card] {
        var cards: [Card] = []
        if let whole = facts.whole {
            cards.append(Card(label: "Accepted/s", value: rate(whole.acceptedNow), note: "last minute", grade: ""))
            cards.append(Card(label: "Delivered/s", value: rate(whole.deliveredNow), note: "all providers", grade: ""))
        }
        if let providers = facts.providers {
            let backlogs = providers.map(\.backlog)
            let isKnown = !backlogs.contains { $0 == nil }
            let waiting = PlainNumbers.sum(backlogs.compactMap { $0?.events })
            let oldest = backlogs.compactMap { $0?.oldest }.min()
            let age = oldest.map { now - $0 } ?? .zero
            cards.append(
                Card(
                    label: "Waiting",
                    value: isKnown ? PlainNumbers.count(waiting) : "unknown",
                    note: isKnown ? "deliveries" : "the store cannot be read",
                    grade: isKnown ? "" : "bad"
                )
            )
            cards.append(
                Card(
                    label: "Oldest",
                    value: oldest.map { PlainNumbers.age(of: $0, at: now) } ?? "-",
                    note: oldest.map { "since \(TimeText($0).text)" } ?? "nothing waits",
                    grade: age > .seconds(3600) ? "bad" : age > .seconds(300) ? "warn" : ""
                )
            )
        }
        let losses = facts.lossFigures
        cards.append(loss("Rejected", losses.rejected, facts))
        cards.append(loss("Unknown outcome", losses.uncertain, facts))
        if let comparison = comparison(facts.comparisons, at: now) { cards.append(comparison) }
        return cards
    }

    /// The age of what is known about parity: that of the provider whose latest comparison is the oldest.
    private static func comparison(_ runs: [ParityRun], at now: Timestamp) -> Card? {
        let ends = runs.map { $0.endedAt ?? $0.requestedAt }
        guard let oldest = ends.min() else { return nil }
        let different = runs.count { $0.verdict == .different }
        return Card(
            label: "Last comparison",
            value: PlainNumbers.age(of: oldest, at: now),
            note: different == 0 ? "no open difference" : "with differences",
            grade: different > 0 ? "warn" : ""
        )
    }

    private static func loss(_ label: String, _ count: Int?, _ facts: OverviewFacts) -> Card {
        Card(
            label: label,
            value: count.map { PlainNumbers.count($0) } ?? "-",
            note: "last \(facts.windowText)",
            grade: (count ?? 0) > 0 ? "warn" : ""
        )
    }

    private static func rate(_ value: Double?) -> String { value.map { PlainNumbers.rate($0) } ?? "-" }

    private static func charts(_ facts: OverviewFacts) -> [String] {
        let known = (facts.providers ?? []).compactMap { provider in provider.figures.map { (provider, $0) } }
        guard let times = facts.whole?.times ?? known.first?.1.times else { return [] }
        var rates = known.map { ChartSeries(name: $0.0.name.rawValue, slot: $0.0.slot, values: $0.1.delivered) }
        if let whole = facts.whole {
            rates.insert(ChartSeries(name: "accepted", slot: 7, values: whole.accepted), at: 0)
        }
        let backlogs = known.map { provider, figures in
            ChartSeries(
                name: provider.name.rawValue,
                slot: provider.slot,
                values: figures.backlog.map { $0.map(Double.init) }
            )
        }
        var charts = [
            LineChart(
                id: "rates",
                title: "Accepted, and delivered by provider",
                times: times,
                series: rates,
                unit: .perSecond
            ).markup,
            StackedAreaChart(id: "backlog", title: "Waiting", times: times, series: backlogs, unit: .count).markup,
        ]
        if let whole = facts.whole {
            charts.append(
                LatencyChart(id: "latency", title: "Time to accept", times: times, p50: whole.p50, p99: whole.p99)
                    .markup
            )
        }
        return charts
    }
}
