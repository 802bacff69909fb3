import Access
import Dashboard
import Events
import HTTPTypes
import Hummingbird
import HummingbirdCore
import Journal
import Reports
import Routing

/// `/dashboard/problems`: deliveries that failed, by cause and each, and what a person decides about them.
struct ProblemsPageHandler: Sendable {
    private let archive: any EventArchive
    private let auditLog: any AuditRecording
    private let revisions: RevisionHandler
    private let removed: RemovedProviders
    private let routes: CurrentRoutes
    private let csv: CSVResponder

    private static let names = DeliveryFilter.parameterNames.union(["limit", "cursor"])

    init(_ services: EndpointServices) {
        archive = services.given.journal
        auditLog = services.given.operations.audit.recording
        revisions = RevisionHandler(services)
        removed = RemovedProviders(services)
        routes = services.given.routes
        csv = CSVResponder(services)
    }

    func list(_ call: PageCall) async throws -> PageAnswer {
        let fields = call.fields
        let parameters = try ListParameters(fields.query(Self.names), allowed: Self.names)
        let filter = try Self.filter(parameters, of: call.client.tenant)
        let limit = try parameters.limit(default: Pager.usualSize)
        let cursor = try parameters.cursor(DeliveriesHandler.cursor)
        let order = try fields.order(by: ProblemsPage.Column.self)
        let page: DeliveryPage
        // Counted with the first page only.
        var groups: DeliveryGroups?
        do {
            page = try await archive.deliveries(matching: filter, after: cursor, limit: limit)
            if cursor == nil { groups = try await DeliveryGrouping(archive).groups(matching: filter) }
        } catch {
            throw Problem(error)
        }
        return .page(
            ProblemsPage(
                ProblemsFilter({ fields[$0] }, providers: try await providers(of: call.client).map(\.rawValue)),
                groups,
                by: order,
                page,
                limit: limit,
                cursor: fields["cursor"],
                mayRevise: call.client.may(.manageDeliveries)
            )
        )
    }

    /// All deliveries that the filter takes.
    func all(_ call: PageCall) async throws -> PageAnswer {
        let parameters = try ListParameters(call.fields.query(Self.names), allowed: Self.names)
        let filter = try Self.filter(parameters, of: call.client.tenant)
        let list = DeliveriesCSV(archive, filter, untriedAt: [])
        return .other(try await csv.respond(to: call.call, list, named: "deliveries", needing: .readEvents))
    }

    /// The filter of the form; without a status, all that wait for a person.
    private static func filter(_ parameters: ListParameters, of tenant: TenantID) throws(Problem) -> DeliveryFilter {
        var filter = try DeliveryFilter(parameters, tenant: tenant)
        if filter.statuses.isEmpty { filter.statuses = [.rejected, .uncertain, .retrying] }
        return filter
    }

    /// What a decision would change at each provider.
    private struct Forecast {
        var counts: [ProblemsPlanPage.Count] = []
        /// The providers at which the selected deliveries must not be retried; the others go on without them.
        var refusals: [ProblemsPlanPage.Refusal] = []
    }

    /// What would change.
    func plan(_ call: PageCall) async throws -> PageAnswer {
        let form = call.call.request.method == .post ? try await call.form() : call.fields
        let selection = try await selection(form, call)
        return .page(page(selection, try await forecast(selection, call)))
    }

    /// Changes it, if the number was confirmed and has not grown since it was shown.
    func act(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        let selection = try await selection(form, call)
        let forecast = try await forecast(selection, call)
        let counts = forecast.counts
        let total = ProblemsPlanPage.changed(counts)
        if let fault = ProblemsPlanPage.fault(expected: form["expected"], typed: form["typed"], total: total) {
            return .page(page(selection, forecast, fault: fault), status: .conflict)
        }
        // The page says that nothing would change; without an act there is no result to show.
        guard total > 0 else { return .page(page(selection, forecast), status: .conflict) }
        for count in counts where count.count.changed > 0 {
            for (provider, filter) in selection.filters where provider == count.provider {
                _ = try await revisions.decide(selection.action, filter, isDryRun: false, by: call.caller)
            }
        }
        let acts = counts.count { $0.count.changed > 0 }
        return .see(
            PageLink.address(
                "/dashboard/problems/result",
                [("action", selection.action.rawValue), ("acts", "\(acts)")]
            )
        )
    }

    /// The newest decisions of the client, as the log has them.
    func result(_ call: PageCall) async throws -> PageAnswer {
        guard let action = call.fields["action"].flatMap({ DeliveryRevision.Action(rawValue: $0) }) else {
            throw Problem.badParameter("action", "must be retry or discard")
        }
        let acts = min(max(call.fields["acts"].flatMap { Int($0) } ?? 1, 1), 100)
        let filter = AuditFilter(
            tenant: call.client.tenant,
            categories: [.administration],
            actor: call.client.name.rawValue,
            action: "deliveries: \(action.rawValue)"
        )
        let entries: [AuditEntry]
        do {
            entries = try await auditLog.auditLog(filter, before: nil, limit: acts).map(\.entry)
        } catch {
            throw Problem(error)
        }
        guard let newest = entries.first else { throw Problem.unknownPage("/dashboard/problems/result") }
        return .page(ProblemsResultPage(entries, at: newest.at, seesLog: call.client.may(.admin)))
    }

    private func page(_ selection: ProblemsSelection, _ forecast: Forecast, fault: String? = nil) -> ProblemsPlanPage {
        ProblemsPlanPage(
            selection.action,
            summary: selection.summary,
            forecast.counts,
            refusals: forecast.refusals,
            fields: selection.fields,
            fault: fault
        )
    }

    private func selection(_ form: FormFields, _ call: PageCall) async throws -> ProblemsSelection {
        try ProblemsSelection(form, tenant: call.client.tenant, providers: try await providers(of: call.client))
    }

    private func forecast(_ selection: ProblemsSelection, _ call: PageCall) async throws -> Forecast {
        var forecast = Forecast()
        for (provider, filter) in selection.filters {
            let (count, left): (RevisionCount, Int)
            do {
                (count, left) = try await revisions.decide(selection.action, filter, isDryRun: true, by: call.caller)
            } catch let problem as Problem where problem.status == .conflict {
                forecast.refusals.append(ProblemsPlanPage.Refusal(provider: provider, reason: problem.detail))
                continue
            }
            guard count.changed + count.busy + left > 0 else { continue }
            forecast.counts.append(
                ProblemsPlanPage.Count(
                    provider: provider,
                    count: count,
                    mayBillTwice: try await billedTwice(selection, provider, filter, call),
                    uncertainLeft: left
                )
            )
        }
        return forecast
    }

    /// How many of the retried deliveries have an unknown outcome, at a vendor that would take a repeat as another event.
    private func billedTwice(
        _ selection: ProblemsSelection,
        _ provider: ProviderName,
        _ filter: DeliveryFilter,
        _ call: PageCall
    ) async throws -> Int {
        guard selection.action == .retry, filter.statuses.contains(.uncertain) else { return 0 }
        let configured = routes.current.routes.providers.first { $0.name == provider }
        guard configured?.traits.requests.deduplication == Deduplication.none else { return 0 }
        var uncertain = filter
        uncertain.statuses = [.uncertain]
        return try await revisions.decide(.retry, uncertain, isDryRun: true, by: call.caller).count.changed
    }

    /// Where the client's deliveries may be: with the scope `admin` also at providers that were removed.
    private func providers(of client: Client) async throws -> [ProviderName] {
        let routes = routes.current.routes
        let known = (client.may(.admin) ? routes.providers : routes.providers(for: client.name)).map(\.name)
        guard client.may(.admin) else { return known }
        do {
            return try await removed.withBacklog + known
        } catch {
            throw Problem(error)
        }
    }
}
