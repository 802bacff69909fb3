import Access
import Dashboard
import Events
import HTTPTypes
import Journal
import Parity
import Reports
import Routing

/// `/dashboard/migration/runs/{id}` and below: one comparison, its report, and what is done about its findings.
struct ParityPageHandler: Sendable {
    private let services: EndpointServices
    private let parity: any ParityRunning
    private let access: ParityAccess
    private let hidesProperties: Bool

    init(_ services: EndpointServices) {
        self.services = services
        parity = services.given.operations.parity
        access = ParityAccess(services.given.routes)
        hidesProperties = services.dashboard?.settings.hidesProperties ?? false
    }

    func page(_ call: PageCall) async throws -> PageAnswer {
        .page(
            try await page(of: try await run(call), call, try Self.filter(call.fields), notice: call.fields["notice"])
        )
    }

    func report(_ call: PageCall) async throws -> PageAnswer {
        let run = try await run(call)
        let cells = try await asked { () throws(ParityError) in
            try await parity.cells(of: run.id, after: 0, limit: ParityRunPage.mostCells)
        }
        let acceptances = try await asked { () throws(ParityError) in try await parity.acceptances(in: run) }
        let journal = services.given.journal.journalID
        let page = ParityReportPage(
            run,
            cells: cells,
            acceptances: acceptances,
            customers: try await customers(of: run, by: .money),
            environment: services.dashboard?.settings.title ?? "not named",
            journal: journal,
            at: services.given.clock.now
        )
        return .page(page)
    }

    /// The findings that the filter takes, as CSV; not where values of properties are hidden.
    func csv(_ call: PageCall) async throws -> PageAnswer {
        guard !hidesProperties else {
            throw Problem.unknownPage("/dashboard/migration/runs/\(call.parameter)/findings.csv")
        }
        let run = try await run(call)
        let list = FindingsCSV(parity, of: run.id, try Self.filter(call.fields))
        let csv = CSVResponder(services)
        return .other(try await csv.respond(to: call.call, list, named: "findings-\(run.id)", needing: .readEvents))
    }

    /// Accepts a cause at one provider.
    func accept(_ call: PageCall) async throws -> PageAnswer {
        let run = try await run(call)
        let form = try await call.form()
        let causes = try ListParameters.choices("cause", form.all("cause"), as: Cause.self)
        guard let cause = causes.first else { throw Problem.badParameter("cause", "is required") }
        guard let reason = form["reason"].map(ParityResolution.kept) else {
            throw Problem.badParameter("reason", "is required")
        }
        let until = try ListParameters.timestamp("until", form["until"] ?? "")
        let now = services.given.clock.now
        guard until > now else { throw Problem.badParameter("until", "is in the past; use a future time") }
        let named = form["provider"].map { ProviderName($0) }
        for provider in try ParityAccess.providers(accepting: named, in: run, for: call.client) {
            let acceptance = Acceptance(
                cause: cause,
                provider: provider,
                name: nil,
                reason: reason,
                until: until,
                by: call.client.name,
                at: now
            )
            try await asked { () throws(ParityError) in try await parity.accept(acceptance) }
        }
        let details = [
            "run": "\(run.id)", "cause": cause.rawValue, "reason": reason, "until": until.rfc3339,
            "provider": named?.rawValue ?? "all", "name": "all",
        ]
        await services.given.operations.audit.write("parity: accept", by: .client(call.caller), details)
        return .see("/dashboard/migration/runs/\(run.id)")
    }

    /// Says what sending lost events again would do; once that is confirmed, and if it is still so, sends them.
    func resend(_ call: PageCall) async throws -> PageAnswer {
        let run = try await run(call)
        let form = try await call.form()
        var filter = try Self.filter(form)
        filter.cause = nil
        let planned = try await asked { [filter] () throws(ParityError) in
            try await parity.planResend(in: run.id, filter)
        }
        guard form["confirmed"] == "yes" else {
            return .page(try await page(of: run, call, filter, plan: ResendPlan(planned)))
        }
        let fault = ResendPlan.fault(expected: form["expected"], typed: form["typed"], now: planned.sent)
        guard fault == nil, planned.sent > 0 else {
            let plan = ResendPlan(planned, fault: fault)
            return .page(try await page(of: run, call, filter, plan: plan), status: .conflict)
        }
        let count = try await asked { [filter] () throws(ParityError) in try await parity.resend(in: run.id, filter) }
        let details = ["run": "\(run.id)", "sent": "\(count.sent)", "failed": "\(count.failed)"]
        await services.given.operations.audit.write("parity: resend", by: .client(call.caller), details)
        let reason = count.reason.map { " (\($0))" } ?? ""
        let notice =
            "\(PlainNumbers.count(count.sent, of: "event")) sent again, \(PlainNumbers.count(count.failed)) failed\(reason)."
        return .page(try await page(of: run, call, filter, notice: notice))
    }

    private func page(
        of run: ParityRun,
        _ call: PageCall,
        _ filter: FindingFilter,
        notice: String? = nil,
        plan: ResendPlan? = nil
    ) async throws -> ParityRunPage {
        let parameters = try ListParameters(call.fields.query(["limit", "cursor"]), allowed: ["limit", "cursor"])
        let limit = try parameters.limit(default: Pager.usualSize)
        let after = try parameters.cursor { Int64($0) } ?? 0
        let sort = try ListParameters(call.fields.query(["sort"]), allowed: ["sort"])
        let order = try sort.choice("sort", default: ParityCustomer.Order.money)
        let cells = try await asked { () throws(ParityError) in
            try await parity.cells(of: run.id, after: 0, limit: ParityRunPage.mostCells)
        }
        let findings = try await asked { () throws(ParityError) in
            try await parity.findings(of: run.id, filter, after: after, limit: limit)
        }
        return ParityRunPage(
            run,
            cells: cells,
            customers: try await customers(of: run, by: order),
            by: order,
            findings: ParityRunPage.FindingList(
                findings,
                filter,
                limit: limit,
                cursor: call.fields["cursor"],
                hidesProperties: hidesProperties
            ),
            mayManage: call.client.may(.manageMigrations),
            notice: notice,
            plan: plan
        )
    }

    private func customers(of run: ParityRun, by order: ParityCustomer.Order) async throws(Problem)
        -> [ParityCustomer]
    {
        try await asked { () throws(ParityError) in
            try await parity.customers(of: run.id, by: order, limit: ParityCustomers.most)
        }
    }

    private func run(_ call: PageCall) async throws(Problem) -> ParityRun {
        guard let id = Int64(call.parameter) else { throw .unknownRun(call.parameter) }
        let run = try await asked { () throws(ParityError) in try await parity.run(id) }
        guard let run, access.maySee(run, call.client) else { throw .unknownRun(call.parameter) }
        return run
    }

    private func asked<Value>(_ body: () async throws(ParityError) -> Value) async throws(Problem) -> Value {
        do { return try await body() } catch { throw Problem(error) }
    }

    private static func filter(_ fields: FormFields) throws(Problem) -> FindingFilter {
        FindingFilter(
            cause: try ListParameters.choices("cause", fields.all("cause"), as: Cause.self).first,
            provider: fields["provider"].map { ProviderName($0) },
            customerID: fields["customer_id"],
            name: fields["name"]
        )
    }
}
