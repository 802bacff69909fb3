import Access
import Events
import Routing

/// Finds out who asks, and whether that client may.
struct Gatekeeper: Sendable {
    let routes: CurrentRoutes
    let limiter = ClientLimiter()
    private let authenticator: Authenticator

    init(routes: CurrentRoutes, clock: any WallClock) {
        self.routes = routes
        authenticator = Authenticator(clock: clock)
    }

    /// The client whose key stands in `Authorization: Bearer KEY`, else in `x-api-key`.
    /// - Throws: ``Problem/unauthorized``, or what is wrong with the key
    func client(authorization: String?, apiKey: String?) throws(Problem) -> Client {
        guard let key = PresentedKey.of(authorization: authorization, apiKey: apiKey) else { throw .unauthorized }
        do {
            return try client(presenting: key)
        } catch {
            throw Problem(error)
        }
    }

    /// The client whose key this is.
    func client(presenting key: String) throws(KeyRefusal) -> Client {
        try authenticator.client(presenting: key, in: routes.current.keys)
    }

    /// Counts a request of a client that has limits.
    /// - Throws: a problem with the time to wait
    func admitRequest(of client: Client) throws(Problem) {
        do {
            try limiter.admitRequest(of: client)
        } catch {
            throw Problem(error)
        }
    }

    /// - Throws: ``Problem/forbidden(_:)``
    func require(_ scope: Scope, of client: Client) throws(Problem) {
        guard client.may(scope) else { throw .forbidden(scope.rawValue) }
    }
}
