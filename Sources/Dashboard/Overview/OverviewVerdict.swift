import Events
import Journal

/// How things are, in a sentence or two: the worst first.
struct OverviewVerdict: Sendable, Equatable {
    enum Grade: String, Sendable, Comparable {
        case ok, warn, bad

        static func < (left: Grade, right: Grade) -> Bool { left.weight < right.weight }

        private var weight: Int {
            switch self {
            case .ok: 0
            case .warn: 1
            case .bad: 2
            }
        }
    }

    let grade: Grade
    /// At least one.
    let sentences: [String]

    /// How many sentences are shown.
    private static let most = 5
    /// A backlog that is older needs somebody's attention.
    private static let slow = Duration.seconds(300)

    init(_ facts: OverviewFacts, at now: Timestamp) {
        let providers = (facts.providers ?? []).compactMap { provider in
            Self.sentence(on: provider, at: now).map { (name: provider.name, sentence: $0) }
        }
        // A provider that has a sentence of its own needs no second one.
        let unready = facts.readiness.filter { part in
            !part.isReady && !providers.contains { $0.name == part.provider }
        }
        var found = unready.map { part in
            (grade: part.isEssential ? Grade.bad : .warn, text: "\(part.name): \(part.detail).")
        }
        found += providers.map(\.sentence)
        found += Self.silence(facts)
        found += Self.losses(facts)
        // The order of what is equally bad stays.
        let sorted = found.enumerated().sorted { ($1.element.grade, $0.offset) < ($0.element.grade, $1.offset) }
        let texts = sorted.map(\.element.text)
        grade = sorted.first?.element.grade ?? .ok
        let more = texts.count - Self.most
        sentences =
            texts.isEmpty
            ? [Self.good(facts)]
            : Array(texts.prefix(Self.most)) + (more > 0 ? ["\(PlainNumbers.count(more, of: "more finding"))."] : [])
    }

    private static func good(_ facts: OverviewFacts) -> String {
        guard let providers = facts.providers else { return "The gateway is ready." }
        guard !providers.isEmpty else {
            return "The gateway is ready. No provider belongs to this client's tenant alone."
        }
        let waiting = PlainNumbers.sum(providers.compactMap(\.backlog?.events))
        let who =
            providers.count == 1
            ? "\(providers[0].name) accepts events" : "All \(providers.count) providers accept events"
        return waiting == 0
            ? "\(who), and nothing waits." : "\(who); \(PlainNumbers.deliveries(waiting)) in flight or due."
    }

    private static func sentence(on facts: ProviderFacts, at now: Timestamp) -> (grade: Grade, text: String)? {
        let backlog = waiting(facts, at: now)
        let said = ProviderRow.fault(facts)
        let fault = said.isEmpty ? "" : " (\(said))"
        switch ProviderState(facts) {
        case .held:
            guard let hold = facts.pipeline?.hold else { return nil }
            let span = "since \(TimeText(hold.at).text) UTC, until \(TimeText(hold.until).text) UTC"
            return (.warn, "\(facts.name) is held by \(hold.by) \(span)\(backlog).")
        case .parked:
            let refuses = state(
                "refuses the credential",
                "has refused the credential",
                since: facts.pipeline?.parkedSince,
                at: now
            )
            return (.bad, "\(facts.name) \(refuses)\(fault)\(backlog).")
        case .open, .probing:
            let fails = state("fails", "has failed", since: facts.pipeline?.circuitOpenSince, at: now)
            return (.bad, "\(facts.name) \(fails)\(fault)\(backlog).")
        case .waiting: return (.warn, "\(facts.name) asked for a wait\(backlog).")
        case .unconfigured: return (.bad, "\(facts.name) is no longer in routes.json\(backlog).")
        case .elsewhere(isReady: false):
            let (gateway, detail) = (facts.elsewhere?.gateway ?? "another gateway", facts.elsewhere?.detail ?? "")
            return (.bad, "\(facts.name) is delivered by \(gateway), which reports: \(detail)\(backlog).")
        case .closed, .unknown, .elsewhere(isReady: true):
            guard let oldest = facts.backlog?.oldest, now - oldest > slow else { return nil }
            return (.warn, "\(facts.name)\(behind(facts, at: now))\(backlog).")
        }
    }

    /// What a provider does, or has done since some time, if that is known.
    private static func state(_ does: String, _ hasDone: String, since: Timestamp?, at now: Timestamp) -> String {
        since.map { "\(hasDone) since \(time($0, at: now))" } ?? does
    }

    /// Since when events wait too long, by the figures of the window.
    private static func behind(_ facts: ProviderFacts, at now: Timestamp) -> String {
        guard let (since, isLeast) = facts.figures?.waitsLonger(than: slow) else { return " is behind" }
        return " has been behind since \(time(since, at: now))\(isLeast ? " or longer" : "")"
    }

    /// `2027-01-15 07:34:00 UTC, for 26 min`.
    private static func time(_ time: Timestamp, at now: Timestamp) -> String {
        "\(TimeText(time).text) UTC, for \(PlainNumbers.age(of: time, at: now))"
    }

    private static func waiting(_ facts: ProviderFacts, at now: Timestamp) -> String {
        guard let backlog = facts.backlog else {
            return "; how much waits is unknown, because the store cannot be read"
        }
        guard backlog.events > 0, let oldest = backlog.oldest else { return "; nothing waits" }
        let events = PlainNumbers.count(backlog.events, of: "event")
        let age = PlainNumbers.age(of: oldest, at: now)
        return
            "; \(events) wait\(backlog.events == 1 ? "s" : ""), the oldest since \(TimeText(oldest).text) UTC (\(age))"
    }

    /// Gateways whose figures are missing.
    private static func silence(_ facts: OverviewFacts) -> [(grade: Grade, text: String)] {
        (facts.gateways ?? []).filter(\.isSilent).map { gateway in
            let last = TimeText(gateway.lastReport).text
            return (.warn, "The gateway \(gateway.name) has not reported since \(last) UTC; its figures are missing.")
        }
    }

    /// Dead letters and unknown outcomes of the window.
    private static func losses(_ facts: OverviewFacts) -> [(grade: Grade, text: String)] {
        let figures = facts.lossFigures
        var found: [(grade: Grade, text: String)] = []
        if let rejected = figures.rejected, rejected > 0 {
            found.append((.warn, "\(PlainNumbers.deliveries(rejected)) rejected in the last \(facts.windowText)."))
        }
        if let uncertain = figures.uncertain, uncertain > 0 {
            found.append(
                (.warn, "\(PlainNumbers.deliveries(uncertain)) with unknown outcome in the last \(facts.windowText).")
            )
        }
        return found
    }
}
