import Access
import DeliveryEngine
import Events
import Foundation
import HTTPTypes
import Hummingbird
import Journal
import NIOCore
import Routing

/// Answers every request: finds out who asks for what, calls the handler, turns problems into answers, writes the log line.
struct GatewayResponder: HTTPResponder {
    typealias Context = GatewayContext

    let settings: IngressSettings
    let writing: WriteHandler
    let events: EventHandler
    let lists: EventListHandler
    let vendors: VendorReadHandler
    let streams: EventStreamHandler
    let deliveries: DeliveriesHandler
    let revisions: RevisionHandler
    let providers: ProvidersHandler
    let clients: ClientHandler
    let orders: ProviderOrdersHandler
    let config: ConfigHandler
    let metrics: MetricsHandler
    let auditLog: AuditLogHandler
    let facades: FacadeTable
    let passing: PassHandler
    let serving: FacadeHandler
    let readiness: any ReadinessReporting
    let gatekeeper: Gatekeeper
    let decoding: LargeBodies
    let budget: BodyBudget
    let log: AccessLog

    init(
        settings: IngressSettings,
        writing: WriteHandler,
        events: EventHandler,
        lists: EventListHandler,
        vendors: VendorReadHandler,
        streams: EventStreamHandler,
        deliveries: DeliveriesHandler,
        revisions: RevisionHandler,
        providers: ProvidersHandler,
        clients: ClientHandler,
        orders: ProviderOrdersHandler,
        config: ConfigHandler,
        metrics: MetricsHandler,
        auditLog: AuditLogHandler,
        facades: FacadeTable,
        passing: PassHandler,
        serving: FacadeHandler,
        readiness: any ReadinessReporting,
        gatekeeper: Gatekeeper,
        decoding: LargeBodies,
        log: AccessLog,
        budget: BodyBudget
    ) {
        self.settings = settings
        self.writing = writing
        self.events = events
        self.lists = lists
        self.vendors = vendors
        self.streams = streams
        self.deliveries = deliveries
        self.revisions = revisions
        self.providers = providers
        self.clients = clients
        self.orders = orders
        self.config = config
        self.metrics = metrics
        self.auditLog = auditLog
        self.facades = facades
        self.passing = passing
        self.serving = serving
        self.readiness = readiness
        self.gatekeeper = gatekeeper
        self.decoding = decoding
        self.budget = budget
        self.log = log
    }

    func respond(to request: Request, context: Context) async -> Response {
        let body = RequestBody(of: request, on: context.channel, takingFrom: budget, decoding: decoding)
        return await answer(to: request, body, on: context.channel)
    }

    /// The answer to a request, whatever becomes of it.
    private func answer(to request: Request, _ body: RequestBody, on channel: any Channel) async -> Response {
        let start = ContinuousClock.now
        let requestID = RequestID.of(request.headers[.requestID])
        var entry = RequestLogEntry(
            requestID: requestID,
            method: request.method.rawValue,
            path: request.uri.path,
            trace: TraceContext(request.headers[.traceParent])
        )
        var response: Response
        do {
            response = try await answer(request, body, on: channel, &entry)
        } catch let problem as Problem {
            response = Self.response(problem, requestID)
        } catch {
            log.failed(requestID, error)
            response = Self.response(.internalError, requestID)
        }
        if request.method == .head { response = response.createHeadResponse() }
        response.headers[.requestID] = requestID
        entry.status = response.status.code
        log.write(entry, ContinuousClock.now - start)
        return response
    }

    private func answer(
        _ request: Request,
        _ body: RequestBody,
        on channel: any Channel,
        _ entry: inout RequestLogEntry
    ) async throws -> Response {
        let path = request.uri.path
        let isOpenMeters = OpenMeterDoor.takes(request)
        if !isOpenMeters, let facade = facades.find(path) {
            entry.endpoint = .facade(facade.dialect.adapter)
            return await answer(request, body, in: facade.dialect, at: facade.rest, on: channel, &entry)
        }
        if let near = facades.near(path) {
            entry.endpoint = .facade(near.adapter)
            let advice = UnservedPath.advice(request.method.rawValue, path, of: near)
            return Self.response(near.answer(to: .unserved(advice: advice)))
        }
        let endpoint = isOpenMeters ? .writeEvents : try Endpoint.find(request.method, path)
        entry.endpoint = endpoint.countedAs
        guard settings.servesAdministration || !endpoint.isAdministrative else { throw Problem.unknownPath(path) }
        if isOpen(endpoint, to: request) { return await answerOpen(endpoint) }
        let caller = try authenticate(request, from: channel.remoteAddress)
        let client = caller.client
        entry.caller = caller
        try gatekeeper.admitRequest(of: client)
        switch endpoint {
        case .writeEvents:
            try require(.writeEvents, of: client)
            let response = try await write(request, body, from: client, &entry)
            return isOpenMeters ? OpenMeterDoor.answer(response) : response
        case .listEvents:
            try require(.readEvents, of: client)
            let query = try Self.listQuery(request, allowed: ListQuery.filterNames.union(ListQuery.pageNames))
            if let provider = try query.provider {
                return Self.response(.ok, try await vendors.events(query, at: provider, for: caller))
            }
            return Self.response(.ok, try await lists.events(query, of: client))
        case .eventNames:
            try require(.readEvents, of: client)
            let query = try Self.listQuery(request, allowed: ListQuery.filterNames.union(ListQuery.namePageNames))
            if let provider = try query.provider {
                try query.refuseNamePages()
                return Self.response(.ok, try await vendors.names(query, at: provider, for: caller))
            }
            return Self.response(.ok, try await lists.names(query, of: client))
        case .event(let id):
            try require(.readEvents, of: client)
            if let provider = try Self.listQuery(request, allowed: []).provider {
                return Self.response(.ok, try await vendors.event(id, at: provider, for: caller))
            }
            return Self.response(.ok, try await events.respond(to: id, from: client))
        case .streamEvents:
            try require(.readEvents, of: client)
            let filter = try Self.listQuery(request, allowed: ListQuery.contentNames, asksVendors: false).filter
            let last = try request.headers[.lastEventID].map(ListQuery.sequence)
            // A stream that is opened is only closed by its reader, and an answer to HEAD has none.
            if request.method == .head { return Response(status: .ok, headers: EventStreamHandler.headers) }
            return try streams.respond(filter, after: last, to: caller)
        case .estimate:
            try require(.readEvents, of: client)
            let provider = try Self.listQuery(request, allowed: []).provider
            let body = try await body.read(limitBytes: settings.bodyLimitBytes)
            return Self.response(.ok, try await vendors.estimate(body, at: provider, for: caller))
        case .deliveries:
            try require(.readEvents, of: client)
            return Self.response(.ok, try await deliveries.respond(to: Self.query(request), from: client))
        case .retryDeliveries:
            return Self.response(.ok, try await revise(.retry, body, from: caller))
        case .discardDeliveries:
            return Self.response(.ok, try await revise(.discard, body, from: caller))
        case .deliveryActions:
            try require(.manageDeliveries, of: client)
            return Self.response(.ok, try await revisions.actions(of: client))
        case .providers:
            try require(.manageDeliveries, of: client)
            return Self.response(.ok, try await providers.respond(to: client))
        case .client:
            return Self.response(.ok, clients.respond(to: client))
        case .holdProvider(let name):
            try require(.admin, of: client)
            let body = try await body.read(limitBytes: settings.bodyLimitBytes)
            return Self.response(.ok, try await orders.hold(ProviderName(name), body, by: caller))
        case .resumeProvider(let name):
            try require(.admin, of: client)
            return Self.response(.ok, try await orders.resume(ProviderName(name), by: caller))
        case .reloadRoutes:
            try require(.admin, of: client)
            return Self.response(.ok, try await config.reload(by: caller))
        case .checkRoutes:
            try require(.admin, of: client)
            let body = try await body.read(limitBytes: settings.bodyLimitBytes)
            return Self.response(.ok, try await config.check(body))
        case .auditLog:
            try require(.admin, of: client)
            return Self.response(.ok, try await auditLog.respond(to: Self.query(request)))
        case .metrics:
            try require(.admin, of: client)
            return await metrics.respond()
        case .readiness:
            return Self.response(await readiness.report().seen(by: client, in: gatekeeper.routes.current.routes))
        case .health, .description:
            preconditionFailure("open endpoints are answered before")
        }
    }

    private func write(
        _ request: Request,
        _ body: RequestBody,
        from client: Client,
        _ entry: inout RequestLogEntry
    ) async throws -> Response {
        let options = WriteHandler.Options(
            layout: try CloudEventHeaders.layout(of: request.headers)
                ?? WriteHandler.layout(of: request.headers[.contentType]),
            isPartial: try Self.flag("partial", request),
            wait: WaitPreference(fields: request.headers[values: .prefer]),
            trace: entry.trace
        )
        let body = try await body.read(limitBytes: settings.bodyLimitBytes)
        let answer = try await writing.respond(to: body, options, from: client)
        entry.accepted = answer.accepted
        entry.ids = answer.ids
        var response = Self.response(answer.status, answer.body)
        if let wait = options.wait { response.headers[.preferenceApplied] = wait.applied }
        return response
    }

    private func revise(
        _ action: DeliveryRevision.Action,
        _ body: RequestBody,
        from caller: Caller
    ) async throws -> [UInt8] {
        try require(.manageDeliveries, of: caller.client)
        let body = try await body.read(limitBytes: settings.bodyLimitBytes)
        return try await revisions.respond(to: body, action, from: caller)
    }

    /// Answers a request to a facade: whatever happens, in the words of its vendor.
    private func answer(
        _ request: Request,
        _ body: RequestBody,
        in dialect: any Dialect,
        at path: String,
        on channel: any Channel,
        _ entry: inout RequestLogEntry
    ) async -> Response {
        var asked = DialectRequest(
            method: request.method == .head ? "GET" : request.method.rawValue,
            path: path,
            query: QueryText.pairs(request.uri.query.map { $0[...] } ?? ""),
            headers: request.headers.map { (name: $0.name.rawName, value: $0.value) },
            eventLimit: settings.eventLimit
        )
        let common = dialect.headers(for: asked)
        if request.method == .options, let answer = dialect.answer(toOptions: asked) {
            return Self.response(answer, common)
        }
        // Of two keys a proxy in front may have looked at the other one.
        guard Self.repeatedKeyField(of: request) == nil else {
            return Self.response(dialect.answer(to: .unauthorized), common)
        }
        guard let key = dialect.presentedKey(in: asked) else {
            return Self.response(dialect.answer(withoutKey: asked), common)
        }
        let caller: Caller
        do {
            caller = try gatekeeper.caller(presenting: key, from: channel.remoteAddress)
        } catch {
            return Self.response(dialect.answer(to: .unauthorized), common)
        }
        entry.caller = caller
        do {
            try gatekeeper.limiter.admitRequest(of: caller.client)
        } catch {
            return Self.response(dialect.answer(to: DialectRefusal(error)), common)
        }
        let decision = PassPolicy.decide(
            request.method.rawValue,
            path,
            of: dialect,
            for: caller.client,
            in: gatekeeper.routes.current.routes
        )
        switch decision {
        case .serve: break
        case .refuse(let refusal): return Self.response(dialect.answer(to: .notPassed(refusal)), common)
        case .pass(let provider, let vendorPath):
            let call = PassHandler.Call(
                request: request,
                channel: channel,
                requestID: entry.requestID,
                caller: caller,
                key: key,
                dialect: dialect,
                provider: provider,
                path: vendorPath,
                prefix: String(request.uri.path.dropLast(path.count)),
                trace: entry.trace
            )
            do throws(PassRefusal) {
                return try await passing.respond(to: call)
            } catch {
                return Self.response(dialect.answer(to: .notPassed(error)), common)
            }
        }
        let limit = min(dialect.bodyLimitBytes, settings.bodyLimitBytes)
        do {
            asked.body = try await body.readIfAny(limitBytes: limit)
        } catch let problem as Problem {
            return Self.response(dialect.answer(to: DialectRefusal(problem, limitBytes: limit)), common)
        } catch {
            return Self.response(dialect.answer(to: .undecodable), common)
        }
        let reply = await serving.respond(to: asked, at: request.uri.path, in: dialect, from: caller, entry.trace)
        entry.accepted = reply.accepted
        entry.ids = reply.ids
        return Self.response(reply.answer, common)
    }

    /// - Parameter common: header fields that the vendor puts into every answer; the answer's own count before them.
    private static func response(_ answer: DialectAnswer, _ common: [String: String] = [:]) -> Response {
        var headers: HTTPFields = [.contentLength: "\(answer.body.count)"]
        if let type = answer.contentType { headers[.contentType] = type }
        for (name, value) in answer.headers.merging(common, uniquingKeysWith: { own, _ in own }) {
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

    /// Whether this request is answered without a key. Who presents one to `/readyz` wants the details.
    private func isOpen(_ endpoint: Endpoint, to request: Request) -> Bool {
        switch endpoint {
        case .metrics: settings.opensMetrics
        case .readiness: request.headers[.authorization] == nil && request.headers[.apiKey] == nil
        default: endpoint.isOpen
        }
    }

    private func answerOpen(_ endpoint: Endpoint) async -> Response {
        switch endpoint {
        case .metrics: await metrics.respond()
        case .readiness: Self.response(await readiness.report().summary)
        case .description: Self.response(.ok, Array(OpenAPIDocument.text.utf8))
        default: Self.response(.ok, Array(#"{"status":"alive"}"#.utf8))
        }
    }

    private static func response(_ report: ReadinessReport) -> Response {
        response(report.isReady ? .ok : .serviceUnavailable, report.json)
    }

    /// The name of a field for keys that stands more than once.
    private static func repeatedKeyField(of request: Request) -> String? {
        [.authorization, .apiKey].first { (name: HTTPField.Name) in request.headers[values: name].count > 1 }?.rawName
    }

    private func authenticate(_ request: Request, from address: SocketAddress?) throws(Problem) -> Caller {
        if let name = Self.repeatedKeyField(of: request) { throw .repeatedField(name) }
        return try gatekeeper.caller(
            authorization: request.headers[.authorization],
            apiKey: request.headers[.apiKey],
            from: address
        )
    }

    private func require(_ scope: Scope, of client: Client) throws(Problem) {
        try gatekeeper.require(scope, of: client)
    }

    private static func query(_ request: Request) -> [String: String] {
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        return query
    }

    private static func listQuery(_ request: Request, allowed: Set<String>, asksVendors: Bool = true) throws(Problem)
        -> ListQuery
    {
        try ListQuery(
            QueryText.pairs(request.uri.query.map { $0[...] } ?? ""),
            allowed: asksVendors ? allowed.union([ListQuery.provider]) : allowed
        )
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
}

// Safe: constants that are tokens by RFC 9110.
extension HTTPField.Name {
    static let prefer = HTTPField.Name("Prefer")!
    static let preferenceApplied = HTTPField.Name("Preference-Applied")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
    static let requestID = HTTPField.Name("X-Request-Id")!
    static let traceParent = HTTPField.Name("traceparent")!
    static let apiKey = HTTPField.Name("x-api-key")!
}
