import Access
import Events
import HTTPTypes
import JSON
import Parity
import Reports
import Routing

/// `/v1/parity/runs`: comparisons of the journal with what vendors have.
struct ParityHandler: Sendable {
    private let runner: any ParityRunning
    private let access: ParityAccess
    private let clock: any WallClock
    private let audit: AuditLog
    private let csv: CSVResponder
    private let routes: CurrentRoutes
    private let compared: ComparedDays

    init(_ services: EndpointServices) {
        csv = CSVResponder(services)
        runner = services.given.operations.parity
        compared = services.given.operations.comparedDays
        routes = services.given.routes
        access = ParityAccess(services.given.routes)
        clock = services.given.clock
        audit = services.given.operations.audit
    }

    /// `POST /v1/parity/runs`: 202 with the run, which is made beside the request.
    func start(_ call: EndpointCall) async throws -> EndpointResponse {
        let client = call.client
        let routes = routes.current.routes
        let migrations = routes.migrations.filter { routes.maySee($0, client) }
        let order = try await call.parseBody { try ParityOrder(parsing: $0, migrations: migrations) }
        try access.check(order, for: client)
        let run = try await asked { () throws(ParityError) in
            try await runner.start(order, for: client.tenant, by: client.name)
        }
        await audit.write("parity: run", by: .client(call.caller), ParityAccess.details(of: run))
        return .json(ParityWriter.json(run, []), status: .accepted)
    }

    /// `GET /v1/parity/runs`: newest first. A page may have fewer runs than its limit, since those that are hidden from the client are left
    /// out.
    func list(_ call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: ["limit", "cursor"])
        let limit = try parameters.limit()
        let before = try parameters.cursor { Int64($0) }
        let runs = try await asked { () throws(ParityError) in try await runner.runs(before: before, limit: limit) }
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("runs")
        writer.beginArray()
        for run in runs where access.maySee(run, call.client) { ParityWriter.write(run, to: &writer) }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: runs.count == limit ? runs.last.map { "\($0.id)" } : nil)
        writer.endObject()
        return .json(writer.bytes)
    }

    /// `GET /v1/parity/days`: what the latest comparisons found for each day and provider.
    func days(_ call: EndpointCall) async throws -> EndpointResponse {
        _ = try ListParameters(call.query, allowed: [])
        let days = try await asked { () throws(ParityError) in
            try await compared.days(of: runner, at: clock.now) { access.maySee($0, call.client) }
        }
        return .json(ParityWriter.json(days))
    }

    /// `GET /v1/parity/runs/{id}`: the run with its reports, and with the causes that somebody has accepted in it.
    func show(_ call: EndpointCall) async throws -> EndpointResponse {
        let run = try await run(call)
        let acceptances = try await asked { () throws(ParityError) in try await runner.acceptances(in: run) }
        return .json(ParityWriter.json(run, acceptances))
    }

    /// `GET /v1/parity/runs/{id}/customers`: those with findings, by default with the largest amounts first.
    func customers(_ call: EndpointCall) async throws -> EndpointResponse {
        let run = try await run(call)
        let parameters = try ListParameters(call.query, allowed: ["limit", "sort"])
        let limit = try parameters.limit()
        let order = try parameters.choice("sort", default: ParityCustomer.Order.money)
        let customers = try await asked { () throws(ParityError) in
            try await runner.customers(of: run.id, by: order, limit: limit)
        }
        return .json(ParityWriter.json(customers))
    }

    /// `GET /v1/parity/runs/{id}/cells`: the counts of each event name at each provider.
    func cells(_ call: EndpointCall) async throws -> EndpointResponse {
        let run = try await run(call)
        let parameters = try ListParameters(call.query, allowed: ["limit", "cursor"])
        let limit = try parameters.limit()
        let after = try parameters.cursor { Int64($0).flatMap { $0 >= 0 ? $0 : nil } } ?? 0
        let cells = try await asked { () throws(ParityError) in
            try await runner.cells(of: run.id, after: after, limit: limit)
        }
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("cells")
        writer.beginArray()
        for cell in cells { ParityWriter.write(cell.cell, to: &writer) }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: cells.count == limit ? cells.last.map { "\($0.number)" } : nil)
        writer.endObject()
        return .json(writer.bytes)
    }

    /// `GET /v1/parity/runs/{id}/findings`: in the order of their numbers. As CSV the list is complete.
    func findings(_ call: EndpointCall) async throws -> EndpointResponse {
        let run = try await run(call)
        let parameters = try ListParameters(
            call.query,
            allowed: ["cause", "provider", "customer_id", "name", "event_id", "format", "limit", "cursor"]
        )
        let filter = FindingFilter(
            cause: try Self.cause(parameters.single("cause")),
            provider: try parameters.single("provider").map { ProviderName($0) },
            customerID: try parameters.single("customer_id"),
            name: try parameters.single("name"),
            eventID: try parameters.single("event_id")
        )
        if try Self.wantsCSV(call, parameters) {
            let list = FindingsCSV(runner, of: run.id, filter)
            return try await csv.respond(to: call, list, named: "findings-\(run.id)", needing: .readEvents)
        }
        let limit = try parameters.limit()
        let after = try parameters.cursor { Int64($0) } ?? 0
        let findings = try await asked { () throws(ParityError) in
            try await runner.findings(of: run.id, filter, after: after, limit: limit)
        }
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.key("findings")
        writer.beginArray()
        for finding in findings { ParityWriter.write(finding, to: &writer) }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: findings.count == limit ? findings.last.map { "\($0.number)" } : nil)
        writer.endObject()
        return .json(writer.bytes)
    }

    /// `POST /v1/parity/runs/{id}/resolve`: sends lost events again, or accepts a cause until a time. Both are audited; a dry run is not.
    func resolve(_ call: EndpointCall) async throws -> EndpointResponse {
        let run = try await run(call)
        switch try await call.parseBody({ try ParityResolution($0) }) {
        case .resend(let filter, isDryRun: true):
            let count = try await asked { () throws(ParityError) in try await runner.planResend(in: run.id, filter) }
            return .json(ParityWriter.json(count, isDryRun: true))
        case .resend(let filter, isDryRun: false):
            let count = try await asked { () throws(ParityError) in try await runner.resend(in: run.id, filter) }
            let details = ["run": "\(run.id)", "sent": "\(count.sent)", "failed": "\(count.failed)"]
            await audit.write("parity: resend", by: .client(call.caller), details)
            return .json(ParityWriter.json(count, isDryRun: false))
        case .accept(let filter, let cause, let reason, let until):
            let now = clock.now
            guard until > now else { throw Problem.badBody("\"until\" is in the past; use a future time") }
            for provider in try ParityAccess.providers(accepting: filter.provider, in: run, for: call.client) {
                let acceptance = Acceptance(
                    cause: cause,
                    provider: provider,
                    name: filter.name,
                    reason: reason,
                    until: until,
                    by: call.client.name,
                    at: now
                )
                try await asked { () throws(ParityError) in try await runner.accept(acceptance) }
            }
            let details = [
                "run": "\(run.id)", "cause": cause.rawValue, "reason": reason, "until": until.rfc3339,
                "provider": filter.provider?.rawValue ?? "all", "name": filter.name ?? "all",
            ]
            await audit.write("parity: accept", by: .client(call.caller), details)
            return .json(ParityWriter.accepted)
        }
    }

    /// - Throws: 404 for an ID that is none, for a run that was removed, and for one that is hidden from the client.
    private func run(_ call: EndpointCall) async throws(Problem) -> ParityRun {
        guard let id = Int64(call.parameter) else { throw .unknownRun(call.parameter) }
        let run = try await asked { () throws(ParityError) in try await runner.run(id) }
        guard let run, access.maySee(run, call.client) else { throw .unknownRun(call.parameter) }
        return run
    }

    /// Runs a step, and makes a problem of its error.
    private func asked<Value>(_ body: () async throws(ParityError) -> Value) async throws(Problem) -> Value {
        do { return try await body() } catch { throw Problem(error) }
    }

    /// - Throws: 400 that names the causes there are.
    private static func cause(_ text: String?) throws(Problem) -> Cause? {
        guard let text else { return nil }
        return try ListParameters.choices("cause", [text], as: Cause.self).first
    }

    /// Whether findings are wanted as CSV: by the parameter, or else by `Accept`.
    private static func wantsCSV(_ call: EndpointCall, _ parameters: ListParameters) throws(Problem) -> Bool {
        switch try parameters.single("format") {
        case nil: return call.wantsCSV
        case "json"?: return false
        case "csv"?: return true
        case .some: throw .badParameter("format", "must be json or csv")
        }
    }
}

extension Problem {
    /// 404.
    static func unknownRun(_ id: String) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-run",
            title: "No such comparison",
            detail:
                "no comparison that this client may see has the id \"\(Excerpt.of(id, longest: 60))\"; GET /v1/parity/runs lists them"
        )
    }

    init(_ error: ParityError) {
        switch error {
        case .tooMany:
            self.init(
                status: .tooManyRequests,
                kind: "too-many-runs",
                title: "Too many comparisons",
                detail: error.message,
                headers: [.retryAfter: "60"]
            )
        case .beforeRetention, .removed:
            self.init(
                status: .unprocessableContent,
                kind: "before-retention",
                title: "The window begins before the retention",
                detail: error.message
            )
        case .unknownRun(let id): self = .unknownRun("\(id)")
        case .unfinished:
            self.init(
                status: .conflict,
                kind: "unfinished-run",
                title: "The comparison is not finished",
                detail: "\(error.message); wait until it is"
            )
        case .store, .journal, .taken:
            self.init(
                status: .serviceUnavailable,
                kind: "unavailable",
                title: "Comparisons are unavailable",
                detail: "\(error.message); try again",
                headers: [.retryAfter: "5"]
            )
        }
    }
}
