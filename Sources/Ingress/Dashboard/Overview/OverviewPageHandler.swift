import Access
import Dashboard
import Events
import Journal
import Parity
import Reports
import Routing

/// `/dashboard`: how things are.
struct OverviewPageHandler: Sendable {
    private let providers: ProviderFactsReader
    private let readiness: any ReadinessReporting
    private let operations: IngressOperations
    private let access: ParityAccess
    private let routes: CurrentRoutes
    private let clock: any WallClock

    init(_ services: EndpointServices) {
        providers = ProviderFactsReader(services)
        readiness = services.given.operations.reports.readiness
        operations = services.given.operations
        access = ParityAccess(services.given.routes)
        routes = services.given.routes
        clock = services.given.clock
    }

    func respond(to call: PageCall) async throws -> PageAnswer {
        let client = call.client
        let window = try self.window(call.fields["window"])
        let order = try call.fields.order(by: ProviderColumn.self)
        let shortest = operations.reports.statistics.shortestStep
        guard let query = StatisticsQuery(window: window.duration, notShorterThan: shortest) else {
            preconditionFailure("the windows of the Overview are within what is kept")
        }
        let report = providers.report(for: client, query)
        let parts = await readiness.report().seen(by: client, in: routes.current.routes).items ?? []
        let facts = OverviewFacts(
            providers: client.may(.manageDeliveries) ? await providers.providers(for: client, report) : nil,
            whole: report.whole.map { RecentFigures($0, from: report.from, step: report.step.duration) },
            readiness: parts.map {
                OverviewFacts.Part(
                    name: $0.name,
                    isReady: $0.isReady,
                    detail: $0.detail,
                    isEssential: $0.isEssential,
                    provider: $0.provider
                )
            },
            window: window,
            since: report.since,
            gateways: report.gateways?.map {
                OverviewFacts.Gateway(name: $0.name, lastReport: $0.lastReport, isSilent: $0.isSilent)
            },
            comparisons: await comparisons(for: client),
            pausedBackfills: await pausedBackfills(for: client)
        )
        return .page(OverviewPage(facts, by: order, at: clock.now))
    }

    /// The latest comparisons that the client may see.
    private func comparisons(for client: Client) async -> [ParityRun] {
        guard client.may(.readEvents) else { return [] }
        return await operations.latestComparisons.runs(of: operations.parity).filter { access.maySee($0, client) }
    }

    /// Backfills that wait for an operator; none if they cannot be read.
    private func pausedBackfills(for client: Client) async -> [Lane] {
        guard client.may(.manageMigrations) else { return [] }
        do {
            return try await operations.orders.backfills.backfills(for: client).map(\.lane).filter {
                $0.state == .paused
            }
        } catch {
            // The readiness on the same page says what is wrong with the store.
            return []
        }
    }

    private func window(_ text: String?) throws(Problem) -> OverviewFacts.Window {
        guard let text else { return .hour }
        guard let window = OverviewFacts.Window(rawValue: text) else {
            throw .badParameter("window", "must be 5m, 1h or 24h")
        }
        return window
    }
}
