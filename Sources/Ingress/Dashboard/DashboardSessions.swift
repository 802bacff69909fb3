import Access
import Dashboard
import Events
import NIOCore
import Synchronization

/// The sessions of one listener's dashboard, in memory: a restart ends them all.
final class DashboardSessions: Sendable {
    private let table = Mutex(SessionTable())
    private let tries = Mutex(SignInTries())

    /// Counts a try to sign in.
    /// - Returns: nil if it is allowed; else how long to wait.
    func countTry(from address: SocketAddress?) -> Duration? {
        tries.withLock { $0.count(from: address?.ipAddress, at: .now) }
    }

    /// Opens a session for a key.
    /// - Returns: its token, for the cookie.
    func open(with key: KeyDigest) -> Secret {
        let token = SessionToken.make()
        let digest = KeyDigest(of: token.reveal())
        table.withLock { $0.open(digest, with: key, at: .now) }
        return token
    }

    /// The key of the session with this token, which counts as used now.
    func use(_ token: KeyDigest) -> KeyDigest? {
        table.withLock { $0.use(token, at: .now)?.key }
    }

    /// Whether a session is open, without using it.
    func isOpen(_ token: KeyDigest) -> Bool {
        table.withLock { $0.isOpen(token, at: .now) }
    }

    func close(_ token: KeyDigest) {
        table.withLock { $0.close(token) }
    }
}
