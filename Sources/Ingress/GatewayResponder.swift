import Access
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import Logging
import NIOCore
import Routing

/// Answers every request: finds out who asks for what, calls the handler, turns problems into answers, writes the log line.
struct GatewayResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    let settings: IngressSettings
    let writing: WriteHandler
    let events: EventHandler
    let lists: EventListHandler
    let deliveries: DeliveriesHandler
    let facades: FacadeTable
    let serving: FacadeHandler
    let readiness: any ReadinessReporting
    let routes: CurrentRoutes
    let logger: Logger
    private let authenticator = Authenticator()

    init(
        settings: IngressSettings,
        writing: WriteHandler,
        events: EventHandler,
        lists: EventListHandler,
        deliveries: DeliveriesHandler,
        facades: FacadeTable,
        serving: FacadeHandler,
        readiness: any ReadinessReporting,
        routes: CurrentRoutes,
        logger: Logger
    ) {
        self.settings = settings
        self.writing = writing
        self.events = events
        self.lists = lists
        self.deliveries = deliveries
        self.facades = facades
        self.serving = serving
        self.readiness = readiness
        self.routes = routes
        self.logger = logger
    }

    /// What a request was about, for the log.
    private struct Account {
        var client: Client?
        var accepted: Int?
    }

    func respond(to request: Request, context: Context) async -> Response {
        await answer(to: request)
    }

    /// The answer to a request, whatever becomes of it.
    func answer(to request: Request) async -> Response {
        let start = ContinuousClock.now
        let requestID = RequestID.of(request)
        var account = Account()
        var response: Response
        do {
            response = try await answer(request, &account)
        } catch let problem as Problem {
            response = Self.response(problem, requestID)
        } catch {
            logger.error("a request failed", metadata: ["request_id": "\(requestID)", "error": "\(error)"])
            response = Self.response(.internalError, requestID)
        }
        response.headers[.requestID] = requestID
        log(request, response, requestID, account, ContinuousClock.now - start)
        return response
    }

    private func answer(_ request: Request, _ account: inout Account) async throws -> Response {
        let path = request.uri.path
        if let facade = facades.find(path) {
            return await answer(request, in: facade.dialect, at: facade.rest, &account)
        }
        let endpoint = try Endpoint.find(request.method, path)
        if endpoint.isOpen { return await answerOpen(endpoint) }
        let client = try authenticate(request)
        account.client = client
        switch endpoint {
        case .writeEvents:
            try require(.writeEvents, of: client)
            return try await write(request, from: client, &account)
        case .listEvents:
            try require(.readEvents, of: client)
            let query = try Self.listQuery(request, allowed: ListQuery.filterNames.union(ListQuery.pageNames))
            return Self.response(.ok, try await lists.events(query, of: client))
        case .eventNames:
            try require(.readEvents, of: client)
            let query = try Self.listQuery(request, allowed: ListQuery.filterNames)
            return Self.response(.ok, try await lists.names(query, of: client))
        case .event(let id):
            try require(.readEvents, of: client)
            return Self.response(.ok, try await events.respond(to: id, from: client))
        case .deliveries:
            try require(.readEvents, of: client)
            return Self.response(.ok, try await deliveries.respond(to: Self.query(request), from: client))
        case .health, .readiness:
            preconditionFailure("open endpoints are answered before")
        }
    }

    private func write(_ request: Request, from client: Client, _ account: inout Account) async throws -> Response {
        let options = WriteHandler.Options(
            layout: try Self.layout(request),
            isPartial: try Self.flag("partial", request),
            wait: WaitPreference(fields: request.headers[values: .prefer])
        )
        let body = try await RequestBody.read(request, limitBytes: settings.bodyLimitBytes)
        let answer = try await writing.respond(to: body, options, from: client)
        account.accepted = answer.accepted
        var response = Self.response(answer.status, answer.body)
        if let wait = options.wait { response.headers[.preferenceApplied] = wait.applied }
        return response
    }

    /// Answers a request to a facade: whatever happens, in the words of its vendor.
    private func answer(
        _ request: Request,
        in dialect: any Dialect,
        at path: String,
        _ account: inout Account
    ) async -> Response {
        var asked = DialectRequest(
            method: request.method.rawValue,
            path: path,
            query: QueryText.pairs(request.uri.query.map { $0[...] } ?? ""),
            headers: request.headers.map { (name: $0.name.rawName, value: $0.value) }
        )
        guard let key = dialect.presentedKey(in: asked),
            let client = authenticator.client(presenting: key, in: routes.current.routes)
        else { return Self.response(dialect.answer(to: .unauthorized)) }
        account.client = client
        let limit = min(dialect.bodyLimitBytes, settings.bodyLimitBytes)
        do {
            asked.body = try await RequestBody.readIfAny(request, limitBytes: limit)
        } catch let problem as Problem {
            return Self.response(dialect.answer(to: DialectRefusal(problem, limitBytes: limit)))
        } catch {
            return Self.response(dialect.answer(to: .undecodable))
        }
        let reply = await serving.respond(to: asked, in: dialect, from: client)
        account.accepted = reply.accepted
        return Self.response(reply.answer)
    }

    private static func response(_ answer: DialectAnswer) -> Response {
        var headers: HTTPFields = [.contentLength: "\(answer.body.count)"]
        if let type = answer.contentType { headers[.contentType] = type }
        for (name, value) in answer.headers {
            guard let name = HTTPField.Name(name) else {
                preconditionFailure("a dialect's header has a name by RFC 9110")
            }
            headers[name] = value
        }
        return Response(
            status: HTTPResponse.Status(code: answer.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        )
    }

    private func answerOpen(_ endpoint: Endpoint) async -> Response {
        guard endpoint == .readiness else { return Self.response(.ok, Array(#"{"status":"alive"}"#.utf8)) }
        let report = await readiness.report()
        return Self.response(report.isReady ? .ok : .serviceUnavailable, report.json)
    }

    private func authenticate(_ request: Request) throws -> Client {
        guard let key = PresentedKey.of(request),
            let client = authenticator.client(presenting: key, in: routes.current.routes)
        else { throw Problem.unauthorized }
        return client
    }

    private func require(_ scope: Scope, of client: Client) throws {
        guard client.may(scope) else {
            throw Problem.forbidden(scope.rawValue)
        }
    }

    /// How the body is laid out, by its content type. Without one it is taken for JSON, as most clients mean it.
    private static func layout(_ request: Request) throws -> EventReader.Layout {
        guard let field = request.headers[.contentType], field != "application/json" else { return .json }
        switch field.prefix(while: { $0 != ";" }).filter({ $0 != " " && $0 != "\t" }).lowercased() {
        case "application/json": return .json
        case "application/x-ndjson", "application/ndjson", "application/jsonl": return .lines
        default: throw Problem.wrongContentType(field)
        }
    }

    private static func query(_ request: Request) -> [String: String] {
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        return query
    }

    private static func listQuery(_ request: Request, allowed: Set<String>) throws(Problem) -> ListQuery {
        try ListQuery(QueryText.pairs(request.uri.query.map { $0[...] } ?? ""), allowed: allowed)
    }

    private static func flag(_ name: String, _ request: Request) throws -> Bool {
        switch query(request)[name] {
        case nil, "false"?: return false
        case "true"?, ""?: return true
        default: throw Problem.badParameter(name, "is true or false")
        }
    }

    private static func response(_ status: HTTPResponse.Status, _ body: [UInt8]) -> Response {
        Response(
            status: status,
            headers: [.contentType: "application/json", .contentLength: "\(body.count)"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body))
        )
    }

    private static func response(_ problem: Problem, _ requestID: String) -> Response {
        var response = response(problem.status, problem.json(requestID: requestID))
        for field in problem.headers { response.headers[field.name] = field.value }
        response.headers[.contentType] = "application/problem+json"
        return response
    }

    private func log(
        _ request: Request,
        _ response: Response,
        _ requestID: String,
        _ account: Account,
        _ duration: Duration
    ) {
        guard logger.logLevel <= .info else { return }
        logger.info(
            "request",
            metadata: [
                "request_id": "\(requestID)", "method": "\(request.method)", "path": "\(request.uri.path)",
                "status": "\(response.status.code)", "client": "\(account.client?.name.rawValue ?? "-")",
                "tenant": "\(account.client?.tenant.rawValue ?? "-")", "accepted": "\(account.accepted ?? 0)",
                "ms": "\(duration.wholeMilliseconds)",
            ]
        )
    }
}

// Safe: constants that are tokens by RFC 9110.
extension HTTPField.Name {
    static let prefer = HTTPField.Name("Prefer")!
    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let apiKey = HTTPField.Name("x-api-key")!
}
