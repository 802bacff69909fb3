import Access
import Dashboard
import Events
import HTTPTypes
import Hummingbird

/// Answers requests below `/dashboard`: who asks is told by a session's cookie, never by a key, and no other path knows the cookie.
struct DashboardResponder: Sendable {
    private let parts: DashboardParts
    private let services: EndpointServices
    private let envelope: Envelope
    private let table = PageTable()
    /// Screens that search the journal, which few of a client's requests may do at once.
    private static let searching: Set<Screen> = [.events, .problems]
    /// Screens that people leave open, whose pages follow from the client and the address.
    private static let watched: Set<Screen> = [.overview, .providers]

    init(_ parts: DashboardParts, _ services: EndpointServices, _ envelope: Envelope) {
        self.parts = parts
        self.services = services
        self.envelope = envelope
    }

    /// Whether a path is the dashboard's.
    static func takes(_ path: String) -> Bool { path == "/dashboard" || path.hasPrefix("/dashboard/") }

    func respond(to request: Request, _ body: RequestBody, _ incoming: IncomingRequest) async -> EndpointResponse {
        await envelope.respond(to: incoming, countedAs: .dashboard, on: CanonicalSurface(request)) { entry in
            var response = await self.response(to: request, body, incoming, &entry)
            for (name, value) in PageHeaders.always {
                if let name = HTTPField.Name(name) { response.fields.append(HTTPField(name: name, value: value)) }
            }
            if !response.fields.contains(where: { $0.name == .cacheControl }) {
                response.fields.append(HTTPField(name: .cacheControl, value: PageHeaders.pageCaching))
            }
            return response
        }
    }

    private func response(
        to request: Request,
        _ body: RequestBody,
        _ incoming: IncomingRequest,
        _ entry: inout RequestLogEntry
    ) async -> EndpointResponse {
        let visit = PageVisit(request, body, incoming, requestID: entry.requestID, trace: entry.trace)
        var answered = AnsweredPage()
        do {
            try await answer(visit, &answered)
        } catch {
            refuse(problem(error, visit), visit, &answered)
        }
        entry.caller = answered.caller
        return await write(answered, visit)
    }

    /// A page that says what is wrong; whoever is signed out and opens a page is led to the form.
    private func refuse(_ problem: Problem, _ visit: PageVisit, _ answered: inout AnsweredPage) {
        if problem.status == .unauthorized, visit.isNavigation {
            answered.answer = .see(PageLink.signIn(to: visit.address))
        } else {
            answered.answer = .page(problemPage(for: problem, visit), status: problem.status)
        }
        answered.fields += Array(problem.headers)
    }

    /// Finds out what to answer.
    private func answer(_ visit: PageVisit, _ answered: inout AnsweredPage) async throws {
        let own: DashboardOrigin
        do {
            own = try parts.visits.origin(host: visit.request.head.authority)
        } catch {
            switch error {
            case .unknownHost(let host): throw Problem.unknownHost(host)
            case .insecure: throw Problem.insecureDashboard
            }
        }
        if visit.isRead, let asset = AssetFiles.asset(at: visit.incoming.path) {
            answered.answer = .other(Self.response(asset))
            return
        }
        if !visit.isRead {
            let headers = visit.request.headers
            guard WriteRule.allows(fetchSite: headers[.secFetchSite], origin: headers[.origin], own: own) else {
                throw Problem.foreignForm
            }
        }
        if visit.incoming.path == "/dashboard/sign-in" {
            answered = try await SignInHandler(parts, services).respond(to: visit)
            return
        }
        let (caller, session) = try await signedIn(visit)
        answered.caller = caller
        if visit.incoming.path == "/dashboard/sign-out" {
            answered = try await SignInHandler(parts, services).signOut(visit, caller, session)
            return
        }
        let (page, parameter) = try table.find(visit.request.method, visit.incoming.path)
        answered.screen = page.screen
        if let missing = page.lacking(caller.client) {
            if !visit.isRead {
                services.given.operations.audit.refused("dashboard: \(page.path)", by: caller, needing: missing)
            }
            throw Problem.forbidden(missing.rawValue)
        }
        let call = PageCall(
            call: visit.call(parameter, by: caller, services),
            session: session,
            isSecure: own.scheme == "https"
        )
        guard Self.watched.contains(page.screen), visit.isRead, visit.wantsContentOnly else {
            answered.answer = try await answer(call, page)
            return
        }
        let asked = answered
        let key = SharedRefreshes.Key(caller.client, visit.address)
        answered.answer = .other(
            try await parts.refreshes.response(for: key) {
                var refresh = asked
                refresh.answer = try await answer(call, page)
                return try await written(refresh, visit)
            }
        )
    }

    /// Not on an event loop: making a page of what was read takes as long as writing it.
    private func answer(_ call: PageCall, _ page: PageEndpoint) async throws -> PageAnswer {
        guard Self.searching.contains(page.screen) else {
            return try await withTaskExecutorPreference(globalConcurrentExecutor) {
                try await page.handler(services, call)
            }
        }
        return try await services.capacity.asRead(of: call.client.name) {
            try await withTaskExecutorPreference(globalConcurrentExecutor) { try await page.handler(services, call) }
        }
    }

    /// Who is signed in. The key is looked up again with each request, so that a revoked or expired one ends its sessions.
    private func signedIn(_ visit: PageVisit) async throws -> (Caller, KeyDigest) {
        guard let session = visit.session else { throw Problem.sessionEnded }
        let key: KeyDigest?
        do {
            key = try await parts.sessions.use(session)
        } catch {
            throw Problem(error)
        }
        guard let key else { throw Problem.sessionEnded }
        if var caller = services.gatekeeper.caller(of: key, from: visit.incoming.address),
            caller.client.may(.dashboard)
        {
            caller.requestID = visit.requestID
            return (caller, session)
        }
        do {
            try await parts.sessions.close(session)
        } catch {
            // It opens nothing at another gateway either, because each looks the key up.
        }
        throw Problem.sessionEnded
    }
}

/// How an answer is written.
extension DashboardResponder {
    private func write(_ answered: AnsweredPage, _ visit: PageVisit) async -> EndpointResponse {
        do {
            return try await written(answered, visit)
        } catch {
            // Without a page to put it on.
            let problem = problem(error, visit)
            return EndpointResponse(
                status: problem.status,
                contentType: "text/plain; charset=utf-8",
                fields: Array(problem.headers),
                body: .bytes(Array("\(problem.title): \(problem.detail)\n".utf8))
            )
        }
    }

    /// - Throws: ``Problem`` if too many pages are being written.
    private func written(_ answered: AnsweredPage, _ visit: PageVisit) async throws -> EndpointResponse {
        switch answered.answer {
        case .other(var response):
            response.fields += answered.fields
            return response
        case .see(let address):
            return EndpointResponse(
                status: .seeOther,
                contentType: nil,
                fields: answered.fields + [HTTPField(name: .location, value: address)],
                body: .bytes([])
            )
        case .page(let page, let status):
            let frame = parts.frame(
                for: answered.caller,
                on: answered.screen,
                services.given.operations.reports.problems
            )
            let text = try await parts.rendering.render(page, in: frame, contentOnly: visit.wantsContentOnly)
            return EndpointResponse(
                status: status,
                contentType: "text/html; charset=utf-8",
                fields: answered.fields,
                body: .bytes(text)
            )
        }
    }

    /// A page that says what is wrong; for a missing session it is the sign-in form.
    private func problemPage(for problem: Problem, _ visit: PageVisit) -> ProblemPage {
        let isSignIn = problem.status == .unauthorized
        return ProblemPage(
            title: problem.title,
            detail: problem.detail,
            status: problem.status.code,
            requestID: visit.requestID,
            signIn: isSignIn ? (visit.isRead ? visit.address : "/dashboard") : nil
        )
    }

    /// Any other error is logged, and shown without details.
    private func problem(_ error: any Error, _ visit: PageVisit) -> Problem {
        if let problem = error as? Problem { return problem }
        envelope.log.failed(visit.requestID, error)
        return .internalError
    }

    private static func response(_ asset: AssetFiles.Asset) -> EndpointResponse {
        EndpointResponse(
            status: .ok,
            contentType: asset.contentType,
            fields: [HTTPField(name: .cacheControl, value: PageHeaders.fileCaching)],
            body: .bytes(asset.bytes)
        )
    }
}

/// An answer on its way, with what its page's frame needs.
struct AnsweredPage: Sendable {
    var answer = PageAnswer.see("/dashboard")
    var caller: Caller?
    var screen: Screen?
    /// Further fields of the head.
    var fields: [HTTPField] = []
}

// Safe: constants that are tokens by RFC 9110.
extension HTTPField.Name {
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let secFetchDest = HTTPField.Name("Sec-Fetch-Dest")!
    static let clearSiteData = HTTPField.Name("Clear-Site-Data")!
    static let dashboardRefresh = HTTPField.Name("X-Dashboard-Refresh")!
}
