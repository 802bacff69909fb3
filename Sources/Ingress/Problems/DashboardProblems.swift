import Access
import HTTPTypes
import Routing

/// Problems of the dashboard alone.
extension Problem {
    /// 503: pages are written on threads of their own, of which there are few.
    static let tooManyPages = Problem(
        status: .serviceUnavailable,
        kind: "pages-busy",
        title: "Too many pages are requested at once",
        detail: "the dashboard writes few pages at the same time; try again in 2 s",
        headers: [.retryAfter: "2"]
    )

    /// 421: a host name that is not the gateway's may be one that a page of somebody else resolves to it (DNS rebinding).
    static func unknownHost(_ host: String) -> Problem {
        Problem(
            status: .misdirectedRequest,
            kind: "unknown-host",
            title: "Unknown host name",
            detail: """
                the dashboard does not know the host "\(host.prefix(200))"; use the address that the gateway listens at, or start it \
                with --dashboard-url
                """
        )
    }

    /// 403: the session cookie would travel unencrypted.
    static let insecureDashboard = Problem(
        status: .forbidden,
        kind: "insecure-dashboard",
        title: "The connection is not encrypted",
        detail: """
            from another machine, the dashboard needs TLS: start the gateway with --tls-cert and --tls-key, or put a proxy with TLS in \
            front and name its address with --dashboard-url https://...; from this machine, use http://127.0.0.1 or an SSH tunnel
            """
    )

    /// 403: the browser says that another site sent the form, or does not say where it is from.
    static let foreignForm = Problem(
        status: .forbidden,
        kind: "foreign-form",
        title: "The form was not sent by the dashboard",
        detail: "forms are accepted from the dashboard's own pages only; open the page and try again"
    )

    /// 403: a key that opens the API does not open the dashboard by itself.
    static let noDashboardScope = Problem(
        status: .forbidden,
        kind: "forbidden",
        title: "Insufficient scope",
        detail: "the dashboard requires the scope \"dashboard\" or \"admin\"; add it to the client in routes.json"
    )

    /// 401: the session has timed out or was signed out, or its key no longer opens the dashboard.
    static let sessionEnded = Problem(
        status: .unauthorized,
        kind: "session-ended",
        title: "You are signed out",
        detail: "the session has ended, or its key was revoked; sign in again"
    )
}

extension HTTPResponse.Status {
    /// RFC 9110, section 15.5.20.
    static let misdirectedRequest = HTTPResponse.Status(code: 421, reasonPhrase: "Misdirected Request")
}
