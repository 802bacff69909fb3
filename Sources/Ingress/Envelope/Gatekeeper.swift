import Access
import Events
import NIOCore
import Routing

/// Finds out who asks, and whether that client may.
struct Gatekeeper: Sendable {
    let routes: CurrentRoutes
    let limiter: ClientLimiter
    private let authenticator: Authenticator
    private let audit: AuditLog

    /// - Parameters:
    ///   - limits: those that several gateways keep together; nil if this one is alone.
    ///   - audit: told of refused keys.
    init(routes: CurrentRoutes, clock: any WallClock, limits: (any TokenAllotting)? = nil, audit: AuditLog) {
        limiter = ClientLimiter(sharing: limits)
        self.routes = routes
        self.audit = audit
        authenticator = Authenticator(clock: clock)
    }

    /// Who has this key. A refused key is told to the audit log.
    /// - Parameter requestID: of the request that brings it.
    func caller(presenting key: String, from address: SocketAddress?, in requestID: String) throws(KeyError) -> Caller {
        do {
            return Caller(try holder(presenting: key), from: address)
        } catch {
            audit.refused(error, from: address?.ipAddress, in: requestID)
            throw error
        }
    }

    /// Who has this key; nil if it opens nothing now.
    func caller(holding key: String, from address: SocketAddress?) -> Caller? {
        do {
            return Caller(try holder(presenting: key), from: address)
        } catch {
            // Whoever asks goes on to where the client is told why.
            return nil
        }
    }

    /// Who has the key with this digest; nil if it opens nothing now.
    func caller(of digest: KeyDigest, from address: SocketAddress?) -> Caller? {
        do {
            return Caller(try authenticator.holder(of: digest, in: routes.current.keys), from: address)
        } catch {
            // The session that was opened with it ends.
            return nil
        }
    }

    private func holder(presenting key: String) throws(KeyError) -> KeyTable.Holder {
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
}
