import Access
import Dashboard
import HTTPTypes
import Hummingbird
import Telemetry

/// A request below `/dashboard`, before it is known who sends it.
struct PageVisit: Sendable {
    let request: Request
    let body: RequestBody
    let incoming: IncomingRequest
    let requestID: String
    let trace: TraceContext?

    init(
        _ request: Request,
        _ body: RequestBody,
        _ incoming: IncomingRequest,
        requestID: String,
        trace: TraceContext?
    ) {
        self.request = request
        self.body = body
        self.incoming = incoming
        self.requestID = requestID
        self.trace = trace
    }

    /// Whether it changes nothing.
    var isRead: Bool { request.method == .get || request.method == .head }

    /// Whether a script asks for the content alone, to replace that of an open page.
    var wantsContentOnly: Bool { request.headers[.dashboardRefresh] == "1" }

    /// Whether a browser shows the answer as a page, rather than hand it to a script.
    var isNavigation: Bool {
        guard isRead, !wantsContentOnly else { return false }
        return request.headers[.secFetchDest].map { $0 == "document" } ?? true
    }

    /// The digest of the session's token; nil without a cookie that looks like one.
    var session: KeyDigest? {
        SessionCookie.value(in: request.headers[values: .cookie]).flatMap { SessionToken.digest(of: $0) }
    }

    /// Path and query.
    var address: String { request.uri.query.map { "\(incoming.path)?\($0)" } ?? incoming.path }

    /// The request as the API's handlers see it.
    func call(_ parameter: String, by caller: Caller, _ services: EndpointServices) -> EndpointCall {
        EndpointCall(
            request: request,
            parameter: parameter,
            body: body,
            bodyLimitBytes: services.settings.bodyLimitBytes,
            visitor: caller,
            trace: trace
        )
    }
}
