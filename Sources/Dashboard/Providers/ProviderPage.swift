package import Events
package import Journal

/// One provider: its state, what waits for it, its figures, and what may be done.
package struct ProviderPage: PageContent {
    /// A name and a value.
    struct Fact: Sendable {
        let label: String
        let text: String
    }

    package static let template = "Provider"
    package let title: String
    let href: String
    let mark: String
    let state: String
    let explanation: String
    let facts: [Fact]
    let counts: [Fact]
    let chartMarkups: [Markup]
    /// How long requests took since the start of the gateway.
    let latencies: [LatencyRow]
    let hasLatencies: Bool
    /// How many events requests carried since the start of the gateway.
    let batchSizes: [BatchRow]
    let hasBatchSizes: Bool
    /// What waits by age; empty if nothing does.
    let ages: [AgeRow]
    let hasAges: Bool
    /// Whether that is not known now.
    let missesAges: Bool
    /// Nil for a provider that is not in `routes.json`.
    let watch: Watch?
    let holdHref: String
    let resumeHref: String
    let problemsHref: String
    let mayAct: Bool
    let isHeld: Bool

    /// A drawing made by us.
    struct Markup: Sendable {
        let drawingMarkup: String
    }

    /// What watching the vendor has found.
    struct Watch: Sendable {
        let verify: VerifyPanel
        let canary: WatchPanel
    }

    /// What `routes.json` says of a provider, without its credential.
    package struct Configuration: Sendable {
        package let vendor: String
        package let baseURL: String
        package let credentialSource: String
        package let identity: String
        package let rateLimit: String?
        package let timeout: Duration

        package init(
            vendor: String,
            baseURL: String,
            credentialSource: String,
            identity: String,
            rateLimit: String?,
            timeout: Duration
        ) {
            self.vendor = vendor
            self.baseURL = baseURL
            self.credentialSource = credentialSource
            self.identity = identity
            self.rateLimit = rateLimit
            self.timeout = timeout
        }
    }

    /// - Parameters:
    ///   - configuration: nil if `routes.json` no longer has the provider.
    ///   - ages: of what waits; nil if the store cannot be read.
    ///   - watch: what watching the vendor has found; nil for a provider that is not in `routes.json`.
    ///   - mayAct: whether the client may hold and resume it.
    package init(
        _ facts: ProviderFacts,
        _ configuration: Configuration?,
        ages: BacklogAges? = nil,
        watch: ProviderWatch? = nil,
        mayAct: Bool,
        at now: Timestamp
    ) {
        title = facts.name.rawValue
        href = PageLink.provider(title)
        let state = ProviderState(facts)
        mark = state.mark
        self.state = state.label
        explanation = Self.explanation(facts, state, at: now)
        self.facts = Self.facts(facts, configuration, at: now)
        counts =
            (facts.pipeline?.counts ?? []).map { Fact(label: $0.label, text: PlainNumbers.count($0.count)) }
            + Self.batches(facts.pipeline) + Self.passed(facts.passed)
        chartMarkups = facts.figures.map { Self.charts($0, facts.slot) } ?? []
        latencies = LatencyRow.rows(facts.latencies)
        hasLatencies = !latencies.isEmpty
        batchSizes = BatchRow.rows(facts.batchSizes)
        hasBatchSizes = !batchSizes.isEmpty
        self.ages = ages.map { AgeRow.rows($0) } ?? []
        hasAges = !self.ages.isEmpty
        missesAges = ages == nil
        self.watch = watch.map { watch in
            Watch(
                verify: VerifyPanel(watch.verify, opensEventsOf: watch.opensEventsOf, at: now),
                canary: CanaryPanel.panel(watch.canary, at: now)
            )
        }
        holdHref = href + "/hold"
        resumeHref = href + "/resume"
        problemsHref = PageLink.address(Screen.problems.path, [("provider", title)])
        self.mayAct = mayAct && facts.adapter != nil
        isHeld = facts.pipeline?.hold != nil
    }

    /// How many events are in one request.
    private static func batches(_ pipeline: ProviderFacts.Pipeline?) -> [Fact] {
        guard let size = pipeline?.eventsPerRequest else { return [] }
        return [Fact(label: "Events per request", text: PlainNumbers.rate(size))]
    }

    private static func passed(_ passed: ProviderFacts.Passed?) -> [Fact] {
        guard let passed else { return [] }
        let text =
            "\(PlainNumbers.count(passed.requests, of: "request")), \(PlainNumbers.count(passed.errors)) failed, "
            + "\(PlainNumbers.count(passed.refused)) refused, \(PlainNumbers.count(passed.inFlight)) in flight"
        return [Fact(label: "Passed on for clients", text: text)]
    }

    private static func charts(_ figures: RecentFigures, _ slot: Int) -> [Markup] {
        let rates = [
            ChartSeries(name: "accepted", slot: (slot + 1) % 8, values: figures.accepted),
            ChartSeries(name: "delivered", slot: slot, values: figures.delivered),
        ]
        let backlog = ChartSeries(name: "waiting", slot: slot, values: figures.backlog.map { $0.map(Double.init) })
        let limit = ChartSeries(
            name: "limit",
            slot: slot,
            values: figures.concurrency.map { $0.map(Double.init) }
        )
        let requests = [
            ChartSeries(name: "live deliveries", slot: slot, values: figures.liveRequests),
            ChartSeries(name: "backfills", slot: (slot + 1) % 8, values: figures.backfillRequests),
            ChartSeries(name: "reads", slot: (slot + 2) % 8, values: figures.reads),
        ]
        return [
            CircuitStrip(id: "circuit", times: figures.times, states: figures.circuit).markup,
            LineChart(
                id: "rates",
                title: "Accepted and delivered",
                times: figures.times,
                series: rates,
                unit: .perSecond
            )
            .markup,
            LineChart(id: "backlog", title: "Waiting", times: figures.times, series: [backlog], unit: .count).markup,
            LatencyChart(id: "latency", title: "Latency", times: figures.times, p50: figures.p50, p99: figures.p99)
                .markup,
            LineChart(
                id: "concurrency",
                title: "Concurrent requests allowed",
                times: figures.times,
                series: [limit],
                unit: .count
            )
            .markup,
            StackedAreaChart(
                id: "requests",
                title: "Requests by kind",
                times: figures.times,
                series: requests,
                unit: .perSecond
            )
            .markup,
        ].map { Markup(drawingMarkup: $0) }
    }

    private static func explanation(_ facts: ProviderFacts, _ state: ProviderState, at now: Timestamp) -> String {
        if case .elsewhere = state, let elsewhere = facts.elsewhere {
            return "\(elsewhere.gateway ?? "Another gateway") delivers to it, and reports: \(elsewhere.detail)."
        }
        guard let pipeline = facts.pipeline else {
            return facts.adapter == nil
                ? "routes.json no longer has this provider, so nothing is delivered to it. Add it again, or discard what waits."
                : "No pipeline runs for this provider yet."
        }
        let next =
            pipeline.pausedUntil.map { $0 > now ? " Next call in \(PlainNumbers.duration($0 - now))." : "" } ?? ""
        let since = pipeline.circuitOpenSince.map { " since \(TimeText($0).text) UTC" } ?? ""
        switch state {
        case .held:
            guard let hold = pipeline.hold else { return "" }
            return "\(hold.by) holds it since \(TimeText(hold.at).text) UTC, until \(TimeText(hold.until).text) UTC."
        case .parked:
            let start = pipeline.parkedSince.map { " since \(TimeText($0).text) UTC" } ?? ""
            let refuses = start.isEmpty ? "refuses" : "has refused"
            return "The vendor \(refuses) the credential or the account\(start): \(ProviderRow.fault(facts)).\(next) "
                + "Nothing is dropped; correct the credential, then resume."
        case .open:
            let failed = since.isEmpty ? "The last calls failed" : "Calls have failed\(since)"
            return "\(failed), so calls pause: \(ProviderRow.fault(facts)).\(next)"
        case .probing:
            return "One call finds out whether the vendor is back."
                + (since.isEmpty ? "" : " Calls have failed\(since).")
        case .waiting:
            return "The vendor asked to wait until \(pipeline.heldUntil.map { TimeText($0).text } ?? "later") UTC."
        case .closed: return "Calls succeed."
        case .unconfigured, .unknown, .elsewhere: return ""
        }
    }

    private static func facts(_ facts: ProviderFacts, _ configuration: Configuration?, at now: Timestamp) -> [Fact] {
        let row = ProviderRow(facts, at: now)
        var list = [
            Fact(label: "Waiting", text: row.waiting), Fact(label: "Oldest", text: row.age),
            Fact(label: "Clears in", text: row.clearing), Fact(label: "Delivered/s", text: row.rate),
            Fact(label: "In flight / limit", text: row.inFlight),
            Fact(label: "Latency p50 / p99", text: "\(row.p50) / \(row.p99)"),
        ]
        if !row.fault.isEmpty { list.append(Fact(label: "Last error", text: row.fault)) }
        guard let configuration else { return list }
        let used = LimitUse(facts).map { [Fact(label: "Rate limit used", text: $0.text)] } ?? []
        return list + [
            Fact(label: "Vendor", text: configuration.vendor), Fact(label: "Address", text: configuration.baseURL),
            Fact(label: "Credential", text: configuration.credentialSource),
            Fact(label: "Identity", text: configuration.identity),
            Fact(label: "Rate limit", text: configuration.rateLimit ?? "none"),
        ] + used + [Fact(label: "Timeout", text: PlainNumbers.duration(configuration.timeout))]
    }
}
