import Access
import Routing

/// Finds out who asks, and whether that client may.
struct Gatekeeper: Sendable {
    let routes: CurrentRoutes
    private let authenticator = Authenticator()

    init(routes: CurrentRoutes) {
        self.routes = routes
    }

    /// The client whose key stands in `Authorization: Bearer KEY`, else in `x-api-key`.
    /// - Throws: ``Problem/unauthorized``
    func client(authorization: String?, apiKey: String?) throws(Problem) -> Client {
        guard let key = PresentedKey.of(authorization: authorization, apiKey: apiKey),
            let client = client(presenting: key)
        else { throw .unauthorized }
        return client
    }

    /// The client whose key this is; nil if it is nobody's.
    func client(presenting key: String) -> Client? {
        authenticator.client(presenting: key, in: routes.current.routes)
    }

    /// - Throws: ``Problem/forbidden(_:)``
    func require(_ scope: Scope, of client: Client) throws(Problem) {
        guard client.may(scope) else { throw .forbidden(scope.rawValue) }
    }
}
