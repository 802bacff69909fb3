import Access
import Dashboard
import DeliveryEngine
import Events
import Journal
import Reports
import Routing
import Telemetry

/// What is known of the providers that a client may see, as `GET /v1/providers` and `GET /v1/stats` have it.
struct ProviderFactsReader: Sendable {
    private let archive: any EventArchive
    private let monitor: DeliveryMonitor
    private let routes: CurrentRoutes
    private let statistics: any StatisticsReading
    private let owners: (any AccountOwning)?
    private let passed: PassedTraffic
    private let latencies: VendorLatencies
    private let batchSizes: VendorBatchSizes

    init(_ services: EndpointServices) {
        archive = services.given.journal
        monitor = services.given.delivery.monitor
        routes = services.given.routes
        statistics = services.given.operations.reports.statistics
        owners = services.given.operations.others?.owners
        passed = services.given.delivery.passed
        latencies = services.given.delivery.latencies
        batchSizes = services.given.delivery.batchSizes
    }

    /// The providers in the order of `routes.json`, then those that were removed and for which something waits.
    ///
    /// If the store cannot be read, backlogs are missing, and everything else is there.
    /// - Parameter report: the figures that the client may see: ``report(for:_:)``.
    func providers(for client: Client, _ report: StatisticsReport) async -> [ProviderFacts] {
        let routes = routes.current.routes
        let visible = routes.providersSeen(by: client)
        var facts: [ProviderFacts] = []
        for provider in visible ?? routes.providers {
            let (adapter, limit) = (provider.traits.adapter, provider.rateLimit)
            facts.append(await self.facts(provider.name, adapter, within: limit, slot: facts.count, report))
        }
        guard visible == nil else { return facts }
        for name in await removed(besides: Set(facts.map(\.name))) {
            facts.append(await self.facts(name, nil, slot: facts.count, report))
        }
        return facts
    }

    /// Figures that the client may see.
    func report(for client: Client, _ query: StatisticsQuery) -> StatisticsReport {
        statistics.statistics(query).seen(by: client, in: routes.current.routes)
    }

    private func removed(besides known: Set<ProviderName>) async -> [ProviderName] {
        do {
            return try await archive.providersWithBacklog().filter { !known.contains($0) }
        } catch {
            // The readiness on the same page says what is wrong with the store.
            return []
        }
    }

    private func facts(
        _ name: ProviderName,
        _ adapter: AdapterName?,
        within rateLimit: RateLimit? = nil,
        slot: Int,
        _ report: StatisticsReport
    ) async -> ProviderFacts {
        let series = report.providers.first { $0.provider == name }
        var facts = ProviderFacts(
            name: name,
            adapter: adapter,
            pipeline: monitor.current[name].map { ProviderFacts.Pipeline($0) },
            backlog: await backlog(of: name),
            figures: series.map { RecentFigures($0.points, from: report.from, step: report.step.duration) },
            slot: slot
        )
        facts.elsewhere = owners?.reportElsewhere(on: name).map { report in
            ProviderFacts.Elsewhere(
                gateway: report.gatewayName,
                isReady: report.state.isReady,
                detail: report.state.detail
            )
        }
        facts.passed = passed.figures(of: name).flatMap { figures in
            guard figures.requests + figures.refused > 0 else { return nil }
            return ProviderFacts.Passed(
                inFlight: figures.inFlight,
                requests: figures.requests,
                errors: figures.errors,
                refused: figures.refused
            )
        }
        facts.latencies = latencies.snapshot(of: name).doublings
        facts.batchSizes = batchSizes.snapshot(of: name).map { ($0.most, $0.requests) }
        facts.rateLimit = rateLimit
        return facts
    }

    private func backlog(of name: ProviderName) async -> Backlog? {
        do {
            return try await archive.backlog(of: name)
        } catch {
            return nil
        }
    }
}

extension ProviderFacts.Pipeline {
    init(_ state: PipelineMachine.Snapshot) {
        let counts = state.counts
        self.init(circuit: state.circuit, inFlight: state.requestsInFlight, concurrency: state.concurrency)
        circuitOpenSince = state.circuitOpenSince
        parked = state.parked
        parkedSince = state.parkedSince
        pausedUntil = state.pausedUntil
        heldUntil = state.heldUntil
        hold = state.operatorHold
        lastFault = state.holdFault ?? state.lastFault
        self.counts = [
            ("Requests", counts.requests), ("Delivered", counts.delivered), ("Retried", counts.retried),
            ("Rejected", counts.rejected), ("Unknown outcome", counts.uncertain),
            ("Already at the vendor", counts.alreadyThere),
        ]
        eventsPerRequest = Self.eventsPerRequest(counts)
    }
}

extension ProviderFacts.Pipeline {
    /// Each event of a request ends one of these ways.
    private static func eventsPerRequest(_ counts: PipelineMachine.Counts) -> Double? {
        let events = [counts.delivered, counts.retried, counts.rejected, counts.uncertain].map(Double.init)
        return counts.requests > 0 ? events.reduce(0, +) / Double(counts.requests) : nil
    }
}

extension RecentFigures {
    init(_ points: [StatisticsPoint?], from start: Timestamp, step: Duration) {
        let seconds = max(step.seconds, 1)
        self.init(
            start: start,
            step: step,
            accepted: points.map { $0.map { Double($0.accepted) / seconds } },
            delivered: points.map { $0.map { Double($0.delivered) / seconds } }
        )
        liveRequests = points.map { $0.map { Double($0.requests.live) / seconds } }
        backfillRequests = points.map { $0.map { Double($0.requests.backfills) / seconds } }
        reads = points.map { $0.map { Double($0.requests.reads) / seconds } }
        rejected = points.map { $0?.rejected }
        uncertain = points.map { $0?.uncertain }
        backlog = points.map { $0?.backlog }
        oldestAge = points.map { $0?.oldestAge }
        p50 = points.map { $0?.p50.map { $0.seconds * 1000 } }
        p99 = points.map { $0?.p99.map { $0.seconds * 1000 } }
        concurrency = points.map { $0?.concurrency }
        circuit = points.map { $0?.circuit }
    }
}
