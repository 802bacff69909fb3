/// Whether a browser may use the dashboard over this connection and under this name. Pure.
package struct VisitRule: Sendable {
    /// Why a request is refused.
    package enum Refusal: Error, Sendable, Equatable {
        /// The name in `Host` is not one of the gateway's: an attacker's page may have made its own name mean this address.
        case unknownHost(String)
        /// The connection is neither encrypted nor from this machine: the browser would not keep the session's cookie.
        case insecure
    }

    /// The address under which browsers reach the dashboard through a proxy; nil if there is none.
    private let url: DashboardOrigin?
    /// The host of the listener's own address.
    private let listenHost: String
    /// Whether the listener speaks TLS.
    private let isSecure: Bool

    /// - Parameters:
    ///   - url: of `--dashboard-url`.
    ///   - listenHost: of the address that the listener is bound to.
    ///   - isSecure: whether the listener speaks TLS.
    package init(url: DashboardOrigin?, listenHost: String, isSecure: Bool) {
        self.url = url
        self.listenHost = listenHost.lowercased()
        self.isSecure = isSecure
    }

    /// The dashboard's own origin, as the browser sees it.
    /// - Parameter host: the value of `Host` or `:authority`; nil if absent.
    /// - Throws: ``Refusal``
    package func origin(host: String?) throws(Refusal) -> DashboardOrigin {
        let scheme = isSecure ? "https" : "http"
        guard let host, let own = DashboardOrigin(scheme: scheme, authority: host) else {
            throw .unknownHost(host ?? "")
        }
        if let url, url.scheme == "https", own.host == url.host { return url }
        // A browser has compared the name with the certificate before it sends anything.
        if isSecure { return own }
        guard own.isLoopback || own.isAddress || own.host == listenHost || own.host == url?.host else {
            throw .unknownHost(host)
        }
        guard own.isLoopback else { throw .insecure }
        return own
    }
}
