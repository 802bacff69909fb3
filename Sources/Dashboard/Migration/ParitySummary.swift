import Events
import Parity

/// What a comparison found, as both its page and its printed report show it.
struct ParitySummary: Sendable {
    let style: String
    let sentence: String
    let window: String
    let level: String
    let client: String
    let requestedAt: TimeText
    let endedAt: TimeText?
    let events: String
    /// Whether amounts are compared, so that the numbers are of customers.
    let countsCustomers: Bool
    let providers: [Provider]

    /// One provider's part.
    struct Provider: Sendable {
        let name: String
        let expected: String
        let found: String
        let missing: String
        let extra: String
        let different: String
        let notPlanned: String
        let calls: String
        /// What was compared.
        let certainty: String
        let unreadable: String?
        let causes: [Cause]
        let hasCauses: Bool
    }

    /// How many findings of a cause there are.
    struct Cause: Sendable {
        let code: String
        let name: String
        let provider: String
        let style: String
        let urgency: String
        let count: String
        let accepted: String
        let summary: String
        /// Whether somebody may still accept it.
        let isOpen: Bool
    }

    init(_ run: ParityRun) {
        let verdict = RunVerdict(run)
        style = verdict.boxStyle
        sentence = verdict.sentence
        window = "\(TimeText(run.order.window.from).text) to \(TimeText(run.order.window.until).text) UTC"
        level = run.order.level.rawValue
        client = run.client.rawValue
        requestedAt = TimeText(run.requestedAt)
        endedAt = run.endedAt.map { TimeText($0) }
        events = PlainNumbers.count(run.events)
        let countsCustomers = run.order.level == .usage
        self.countsCustomers = countsCustomers
        providers = run.reports.map { Self.provider($0, countsCustomers) }
    }

    private static func provider(_ report: ProviderReport, _ countsCustomers: Bool) -> Provider {
        let totals = report.totals
        let all = countsCustomers ? "each customer's amounts compared" : "each event compared"
        return Provider(
            name: report.provider.rawValue,
            expected: PlainNumbers.count(totals.expected),
            found: PlainNumbers.count(totals.found),
            missing: PlainNumbers.count(totals.missing),
            extra: PlainNumbers.count(totals.extra),
            different: PlainNumbers.count(totals.different),
            notPlanned: PlainNumbers.count(report.notPlanned),
            calls: PlainNumbers.count(report.calls),
            certainty: report.bound.map { "at most \(text($0)) of the parts differ, with 95% confidence" } ?? all,
            unreadable: report.unreadable,
            causes: report.causes.map { cause($0, report.provider) },
            hasCauses: !report.causes.isEmpty
        )
    }

    /// A share as a percentage.
    private static func text(_ bound: Double) -> String {
        let hundredths = Int(min(max((bound * 10_000).rounded(.up), 0), 10_000))
        let (whole, rest) = (hundredths / 100, hundredths % 100)
        return "\(whole).\(rest < 10 ? "0" : "")\(rest)%"
    }

    private static func cause(_ count: CauseCount, _ provider: ProviderName) -> Cause {
        Cause(
            code: count.cause.rawValue,
            name: count.cause.rawValue.replacing("_", with: " "),
            provider: provider.rawValue,
            style: style(count.cause.urgency),
            urgency: word(count.cause.urgency),
            count: PlainNumbers.count(count.count),
            accepted: PlainNumbers.count(count.accepted),
            summary: count.cause.summary,
            isOpen: count.count > count.accepted
        )
    }

    static func style(_ urgency: Parity.Cause.Urgency) -> String {
        switch urgency {
        case .benign: "ok"
        case .wait: "pending"
        case .act: "warn"
        case .money: "bad"
        case .unknown: "unknown"
        }
    }

    private static func word(_ urgency: Parity.Cause.Urgency) -> String {
        switch urgency {
        case .benign: "no difference"
        case .wait: "resolves itself"
        case .act: "needs a decision"
        case .money: "the bill is wrong"
        case .unknown: "unknown"
        }
    }
}
