import Access
import Events
import Hummingbird
import JSON
import NIOCore
import Parity
import Routing

/// `/v1/parity/runs`: comparisons of the journal with what vendors have.
struct ParityHandler: Sendable {
    private let runner: any ParityRunning
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let audit: AuditLog

    /// Findings that a CSV reads at once.
    private static let csvPage = 1000

    init(_ services: EndpointServices) {
        runner = services.given.operations.parity
        routes = services.given.routes
        clock = services.given.clock
        audit = services.given.operations.audit
    }

    func start(_ call: EndpointCall) async throws -> EndpointResponse {
        let client = call.client
        let order = try await call.parseBody { try ParityOrder(parsing: $0) }
        for name in order.providers { try check(name, for: client, order.level) }
        let run = try await asked { () throws(ParityError) in
            try await runner.start(order, for: client.tenant, by: client.name)
        }
        let details = [
            "run": "\(run.id)", "providers": order.providers.map(\.rawValue).joined(separator: ","),
            "from": order.window.from.rfc3339, "until": order.window.until.rfc3339, "level": order.level.rawValue,
        ]
        await audit.write("parity: run", by: .client(call.caller), details)
        return .json(ParityWriter.json(run), status: .accepted)
    }

    func list(_ call: EndpointCall) async throws -> EndpointResponse {
        let parameters = try ListParameters(call.query, allowed: ["limit", "cursor"])
        let limit = try parameters.limit()
        let before = try parameters.cursor { Int64($0) }
        let runs = try await asked { () throws(ParityError) in try await runner.runs(before: before, limit: limit) }
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.key("runs")
        writer.beginArray()
        for run in runs where maySee(run, call.client) { ParityWriter.write(run, to: &writer) }
        writer.endArray()
        writer.member("next_cursor", stringOrNull: runs.count == limit ? runs.last.map { "\($0.id)" } : nil)
        writer.endObject()
        return .json(writer.bytes)
    }

    func show(_ call: EndpointCall) async throws -> EndpointResponse {
        .json(ParityWriter.json(try await run(call)))
    }

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

    func findings(_ call: EndpointCall) async throws -> EndpointResponse {
        let run = try await run(call)
        let parameters = try ListParameters(
            call.query,
            allowed: ["cause", "provider", "customer_id", "name", "format", "limit", "cursor"]
        )
        let filter = FindingFilter(
            cause: try Self.cause(parameters.single("cause")),
            provider: try parameters.single("provider").map { ProviderName($0) },
            customerID: try parameters.single("customer_id"),
            name: try parameters.single("name")
        )
        switch try parameters.single("format") {
        case nil, "json"?: break
        case "csv"?: return csv(of: run, filter)
        case .some: throw Problem.badParameter("format", "must be json or csv")
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

    func resolve(_ call: EndpointCall) async throws -> EndpointResponse {
        let run = try await run(call)
        switch try await call.parseBody({ try ParityResolution($0) }) {
        case .resend(let filter):
            let count = try await asked { () throws(ParityError) in try await runner.resend(in: run.id, filter) }
            let details = ["run": "\(run.id)", "sent": "\(count.sent)", "failed": "\(count.failed)"]
            await audit.write("parity: resend", by: .client(call.caller), details)
            return .json(ParityWriter.json(count))
        case .accept(let filter, let cause, let reason, let until):
            let acceptance = Acceptance(
                cause: cause,
                provider: filter.provider,
                name: filter.name,
                reason: reason,
                until: until,
                by: call.client.name,
                at: clock.now
            )
            guard until > acceptance.at else { throw Problem.badBody("\"until\" is over; name a time to come") }
            try await asked { () throws(ParityError) in try await runner.accept(acceptance) }
            let details = [
                "run": "\(run.id)", "cause": cause.rawValue, "reason": reason, "until": until.rfc3339,
                "provider": filter.provider?.rawValue ?? "all", "name": filter.name ?? "all",
            ]
            await audit.write("parity: accept", by: .client(call.caller), details)
            return .json(ParityWriter.accepted)
        }
    }

    // MARK: Who may see what

    private func check(_ name: ProviderName, for client: Client, _ level: ParityLevel) throws(Problem) {
        let routes = routes.current.routes
        guard let provider = routes.providers.first(where: { $0.name == name }) else {
            throw .unconfiguredProvider(name, known: routes.providers.map(\.name.rawValue))
        }
        guard routes.mayRead(name, client) else { throw .sharedProvider(name) }
        if level != .ledger, provider.traits.reads == nil {
            throw .unsupported(
                "\(provider.traits.vendor) shows no events, so \"\(name)\" can be compared with the level \"ledger\" only"
            )
        }
    }

    private func maySee(_ run: ParityRun, _ client: Client) -> Bool {
        let routes = routes.current.routes
        return client.may(.admin)
            || run.tenant == client.tenant && run.order.providers.allSatisfy { routes.mayRead($0, client) }
    }

    private func run(_ call: EndpointCall) async throws(Problem) -> ParityRun {
        guard let id = Int64(call.parameter) else { throw .unknownRun(call.parameter) }
        let run = try await asked { () throws(ParityError) in try await runner.run(id) }
        guard let run, maySee(run, call.client) else { throw .unknownRun(call.parameter) }
        return run
    }

    private func asked<Value>(_ body: () async throws(ParityError) -> Value) async throws(Problem) -> Value {
        do { return try await body() } catch { throw Problem(error) }
    }

    private static func cause(_ text: String?) throws(Problem) -> Cause? {
        guard let text else { return nil }
        return try ListParameters.choices("cause", [text], as: Cause.self).first
    }

    // MARK: CSV

    private func csv(of run: ParityRun, _ filter: FindingFilter) -> EndpointResponse {
        EndpointResponse(
            status: .ok,
            contentType: "text/csv; charset=utf-8",
            body: .streamed(
                ResponseBody { [runner] writer in
                    try await writer.write(ByteBuffer(string: ParityCSV.header))
                    var after: Int64 = 0
                    while true {
                        let page = try await runner.findings(of: run.id, filter, after: after, limit: Self.csvPage)
                        guard let last = page.last else { break }
                        try await writer.write(ByteBuffer(string: page.map(ParityCSV.row).joined()))
                        after = last.number
                    }
                    try await writer.finish(nil)
                }
            )
        )
    }
}

extension Problem {
    fileprivate static func unknownRun(_ id: String) -> Problem {
        Problem(
            status: .notFound,
            kind: "unknown-run",
            title: "No such comparison",
            detail:
                "there is no comparison \"\(id.prefix(60))\" that this client may see; GET /v1/parity/runs lists them"
        )
    }

    fileprivate init(_ error: ParityError) {
        switch error {
        case .tooMany:
            self.init(
                status: .tooManyRequests,
                kind: "too-many-runs",
                title: "Too many comparisons",
                detail: error.message,
                headers: [.retryAfter: "60"]
            )
        case .beforeRetention:
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
        case .store, .journal:
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
