import Events
import Journal

/// A provider in a list.
struct ProviderRow: Sendable {
    let name: String
    let href: String
    let adapter: String
    let mark: String
    let state: String
    let inFlight: String
    /// How much of the rate limit is used; nil if that is not known.
    let limitUse: String?
    let rate: String
    let waiting: String
    let age: String
    let clearing: String
    let p50: String
    let p99: String
    let fault: String
    let sparklineMarkup: String

    init(_ facts: ProviderFacts, at now: Timestamp) {
        name = facts.name.rawValue
        href = PageLink.provider(name)
        adapter = facts.adapter?.rawValue ?? "-"
        let state = ProviderState(facts)
        mark = state.mark
        self.state = state.label
        inFlight = facts.pipeline.map { "\($0.inFlight) / \($0.concurrency)" } ?? "-"
        limitUse = LimitUse(facts).map { "Rate limit: \($0.text)" }
        rate = facts.figures?.deliveredNow.map { PlainNumbers.rate($0) } ?? "-"
        waiting = facts.backlog.map { PlainNumbers.count($0.events) } ?? "unknown"
        age = facts.backlog?.oldest.map { PlainNumbers.age(of: $0, at: now) } ?? "-"
        clearing = Self.clearing(facts)
        p50 = Self.milliseconds(facts.figures?.p50Now)
        p99 = Self.milliseconds(facts.figures?.p99Now)
        fault = Self.fault(facts)
        sparklineMarkup =
            facts.figures.map { figures in
                Sparkline(
                    series: ChartSeries(name: facts.name.rawValue, slot: facts.slot, values: figures.delivered),
                    unit: .perSecond,
                    title: "delivered"
                ).markup
            } ?? ""
    }

    /// How long the backlog needs to clear, if as much comes and goes as in the last minute.
    static func clearing(_ facts: ProviderFacts) -> String {
        guard let backlog = facts.backlog, backlog.events > 0 else { return "-" }
        guard let delivered = facts.figures?.deliveredNow, let accepted = facts.figures?.acceptedNow else {
            return "unknown"
        }
        let rest = delivered - accepted
        guard rest > 0.01 else { return "grows" }
        let seconds = Double(backlog.events) / rest
        return seconds > 90 * 86_400
            ? "over 90 d" : PlainNumbers.duration(.milliseconds(Int64(min(seconds * 1000, 1e13))))
    }

    static func milliseconds(_ value: Double?) -> String {
        guard let value, !value.isNaN else { return "-" }
        return PlainNumbers.duration(.milliseconds(Int64(min(max(value, 0).rounded(), 1e12))))
    }

    /// The last error: its code, and what was said.
    static func fault(_ facts: ProviderFacts) -> String {
        guard let fault = facts.pipeline?.parked ?? facts.pipeline?.lastFault else { return "" }
        return "\(fault.code.rawValue): \(fault.vendor ?? fault.message)"
    }
}
