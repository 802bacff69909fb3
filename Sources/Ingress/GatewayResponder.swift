import Access
import Events
import HTTPTypes
import Hummingbird
import NIOCore
import Routing
import Telemetry

/// Finds the endpoint or facade for a request, and runs it in the ``Envelope``.
struct GatewayResponder: HTTPResponder {
    typealias Context = GatewayContext

    /// The target of a request.
    private enum Target {
        case endpoint(EndpointTable.Match)
        case facade(any Dialect, rest: String)
        /// A path that starts with a vendor's name but is not in its facade.
        case nearFacade(any Dialect)
        case dashboard(DashboardResponder)
    }

    let endpoints: EndpointTable
    let facades: FacadeTable
    let services: EndpointServices
    let serving: FacadeHandler
    /// What every request passes: key, scope, access log.
    let envelope: Envelope
    /// Nil if the listener serves no dashboard.
    let dashboard: DashboardResponder?

    func respond(to request: Request, context: Context) async -> Response {
        let body = RequestBody(
            of: request,
            on: context.channel,
            takingFrom: services.capacity.bodies,
            decoding: services.bodies
        )
        let incoming = IncomingRequest(request, from: context.channel.remoteAddress)
        let response = await respond(to: request, body, incoming)
        return Response(response, isHead: request.method == .head)
    }

    /// Finds the target, and refuses a request that has none in the words of the API that it was meant for.
    private func respond(to request: Request, _ body: RequestBody, _ incoming: IncomingRequest) async
        -> EndpointResponse
    {
        let target: Target
        do {
            target = try self.target(of: request)
        } catch {
            return envelope.refuse(
                incoming,
                countedAs: .unknown,
                on: CanonicalSurface(request),
                because: error
            )
        }
        switch target {
        case .endpoint(let match):
            return await respond(to: request, body, incoming, at: match)
        case .facade(let dialect, let rest):
            return await serving.respond(to: request, body, incoming, in: dialect, at: rest, envelope)
        case .dashboard(let dashboard):
            return await dashboard.respond(to: request, body, incoming)
        case .nearFacade(let dialect):
            let surface = FacadeSurface(dialect, request, at: "", within: services.settings)
            return await envelope.respond(to: incoming, countedAs: .facade(dialect.adapter), on: surface) { _ in
                surface.unserved(at: incoming.path)
            }
        }
    }

    /// The dashboard comes first, then the canonical API, then the facades by their prefixes.
    private func target(of request: Request) throws(Problem) -> Target {
        let path = request.uri.path
        if let dashboard, DashboardResponder.takes(path) { return .dashboard(dashboard) }
        if let match = endpoints.findShared(request.method, path, request.headers) { return .endpoint(match) }
        if let facade = facades.find(path) { return .facade(facade.dialect, rest: facade.rest) }
        if let near = facades.near(path) { return .nearFacade(near) }
        return .endpoint(try endpoints.find(request.method, path, request.headers))
    }

    private func respond(
        to request: Request,
        _ body: RequestBody,
        _ incoming: IncomingRequest,
        at match: EndpointTable.Match
    ) async -> EndpointResponse {
        let endpoint = match.endpoint
        let surface = CanonicalSurface(request)
        return await envelope.respond(to: incoming, countedAs: endpoint.metricsClass, on: surface) { entry in
            var visitor: Caller?
            if endpoint.needsKey(presentsKey: surface.presentsKey) {
                do throws(RequestError) {
                    visitor = try await envelope.admit(
                        on: surface,
                        from: incoming.address,
                        needing: endpoint.scope,
                        into: &entry
                    )
                } catch {
                    note(error, at: endpoint, by: entry.caller)
                    throw error
                }
            }
            let call = EndpointCall(
                request: request,
                parameter: match.parameter,
                body: body,
                bodyLimitBytes: services.settings.bodyLimitBytes,
                visitor: visitor,
                trace: entry.trace
            )
            guard let visitor, endpoint.metricsClass == .read || endpoint.metricsClass == .deliveries else {
                return try await endpoint.handler(services, call)
            }
            return try await services.capacity.asRead(of: visitor.client.name) {
                try await endpoint.handler(services, call)
            }
        }
    }
}

extension GatewayResponder {
    /// Reports an administrative act for which the client lacks the scope to the audit log. Reads are not acts.
    private func note(_ error: RequestError, at endpoint: Endpoint, by caller: Caller?) {
        guard case .missingScope(let scope) = error, let caller, endpoint.audience == .administration,
            endpoint.method != .get
        else { return }
        services.given.operations.audit.refused("\(endpoint.method) \(endpoint.path)", by: caller, needing: scope)
    }
}

/// What is known about a request besides itself.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The channel of the connection, or of the stream on it.
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
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
