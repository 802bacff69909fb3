import Access
import Events
import NIOCore
import Routing

/// Finds the caller of a request, and checks what it may do.
struct Gatekeeper: Sendable {
    let routes: CurrentRoutes
    let limiter: ClientLimiter
    private let authenticator: Authenticator
    private let audit: AuditLog

    /// - Parameters:
    ///   - limits: rate limits that several gateways share; nil if this one is alone.
    ///   - audit: is told of refused keys.
    init(routes: CurrentRoutes, clock: any WallClock, limits: (any TokenAllotting)? = nil, audit: AuditLog) {
        limiter = ClientLimiter(sharing: limits)
        self.routes = routes
        self.audit = audit
        authenticator = Authenticator(clock: clock)
    }

    /// The owner of this key. A refused key is reported to the audit log.
    /// - Parameter requestID: of the request with the key.
    func caller(presenting key: String, from address: SocketAddress?, in requestID: String) throws(KeyError) -> Caller {
        do {
            return Caller(try holder(presenting: key), from: address)
        } catch {
            audit.refused(error, from: address?.ipAddress, in: requestID)
            throw error
        }
    }

    /// The owner of this key; nil if it is not valid now.
    func caller(holding key: String, from address: SocketAddress?) -> Caller? {
        do {
            return Caller(try holder(presenting: key), from: address)
        } catch {
            // The caller continues on the general path, where the client is told why.
            return nil
        }
    }

    /// The owner of the key with this digest; nil if it is not valid now.
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

    /// Whether a caller that had a scope still has it: the key is neither revoked nor expired, and the client still belongs to the same
    /// tenant.
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
