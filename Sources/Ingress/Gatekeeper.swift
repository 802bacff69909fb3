import Access
import Events
import NIOCore
import Routing

/// Finds out who asks, and whether that client may.
struct Gatekeeper: Sendable {
    let routes: CurrentRoutes
    let limiter = ClientLimiter()
    private let authenticator: Authenticator
    private let audit: AuditLog

    /// - Parameter audit: told of refused keys.
    init(routes: CurrentRoutes, clock: any WallClock, audit: AuditLog) {
        self.routes = routes
        self.audit = audit
        authenticator = Authenticator(clock: clock)
    }

    /// Who has the key in `Authorization: Bearer KEY`, else in `x-api-key`.
    /// - Throws: ``Problem/unauthorized``, or what is wrong with the key
    func caller(authorization: String?, apiKey: String?, from address: SocketAddress?) throws(Problem) -> Caller {
        guard let key = PresentedKey.of(authorization: authorization, apiKey: apiKey) else { throw .unauthorized }
        do {
            return try caller(presenting: key, from: address)
        } catch {
            throw Problem(error)
        }
    }

    /// Who has this key. A refused key is told to the audit log.
    func caller(presenting key: String, from address: SocketAddress?) throws(KeyRefusal) -> Caller {
        do {
            return Caller(try holder(presenting: key), from: address)
        } catch {
            audit.refused(error, from: address?.ipAddress)
            throw error
        }
    }

    /// The client whose key this is; nil if it opens nothing now.
    func client(holding key: String) -> Client? {
        do {
            return try holder(presenting: key).client
        } catch {
            // Whoever asks goes on to a place that says why.
            return nil
        }
    }

    private func holder(presenting key: String) throws(KeyRefusal) -> KeyTable.Holder {
        try authenticator.holder(presenting: key, in: routes.current.keys)
    }

    /// Whether a caller that had a scope has it still: the key was neither revoked nor has it expired, and the client is of the same tenant.
    func still(_ caller: Caller, has scope: Scope) -> Bool {
        do {
            let now = try authenticator.holder(of: caller.key.digest, in: routes.current.keys)
            return now.client.may(scope) && now.client.tenant == caller.client.tenant
        } catch {
            // The next request with this key says why.
            return false
        }
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
