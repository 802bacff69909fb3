import Access
import Dashboard
import Events
import Journal
import NIOCore
import Synchronization

/// The sessions of one listener's dashboard. In memory, so that a page needs no I/O; where several gateways share a journal, they are in
/// its database as well, and a session that one has opened is good at all.
final class DashboardSessions: Sendable {
    private let table = Mutex(SessionTable())
    private let tries = Mutex(SignInTries())
    /// Where other gateways see them; nil if this one is alone, and a restart ends all.
    private let shared: (any SessionKeeping)?

    /// How often it is looked up which sessions are open still.
    private static let interval = Duration.seconds(1)
    /// How often it is noted that a session is used.
    private static let noteInterval = Duration.seconds(60)
    private static let limits = SessionLimits(
        idle: SessionTable.idleLimit,
        longest: SessionTable.longest,
        count: SessionTable.limit
    )

    init(sharing shared: (any SessionKeeping)? = nil) {
        self.shared = shared
    }

    /// Counts a try to sign in.
    /// - Returns: nil if it is allowed; else how long to wait.
    func countTry(from address: SocketAddress?) -> Duration? {
        tries.withLock { $0.count(from: address?.ipAddress, at: .now) }
    }

    /// Opens a session for a key.
    /// - Returns: its token, for the cookie.
    /// - Throws: ``StoreError`` if the other gateways cannot be told.
    func open(with key: KeyDigest) async throws(StoreError) -> Secret {
        let token = SessionToken.make()
        let digest = KeyDigest(of: token.reveal())
        if let shared { try await shared.openSession(digest.bytes, key: key.bytes, within: Self.limits) }
        table.withLock { $0.open(digest, with: key, at: .now) }
        return token
    }

    /// The key of the session with this token, which counts as used now.
    /// - Throws: ``StoreError`` if only other gateways can know it, and they cannot be asked.
    func use(_ token: KeyDigest) async throws(StoreError) -> KeyDigest? {
        if let session = table.withLock({ $0.use(token, at: .now) }) { return session.key }
        guard let shared, let kept = try await shared.sessions([token.bytes], within: Self.limits).first,
            let key = kept.key.withUnsafeBytes({ KeyDigest(bytes: $0) })
        else { return nil }
        return table.withLock { table in
            let now = ContinuousClock.now
            table.open(token, with: key, at: now - kept.age, used: now - kept.unused)
            return table.use(token, at: now)?.key
        }
    }

    /// Whether a session is open, without using it.
    func isOpen(_ token: KeyDigest) -> Bool {
        table.withLock { $0.isOpen(token, at: .now) }
    }

    /// Closes a session, at all gateways.
    /// - Throws: ``StoreError`` if the others cannot be told; here it is closed.
    func close(_ token: KeyDigest) async throws(StoreError) {
        table.withLock { $0.close(token) }
        if let shared { try await shared.closeSession(token.bytes) }
    }

    /// Closes what other gateways have closed, and tells them what is used here, until the task is cancelled. While the database cannot be
    /// reached, sessions stay as they are.
    func follow() async {
        guard let shared else { return }
        var noted: [KeyDigest: ContinuousClock.Instant] = [:]
        while !Task.isCancelled {
            do { try await Task.sleep(for: Self.interval) } catch { return }
            let known = table.withLock { $0.open(at: .now) }
            noted = noted.filter { known[$0.key] != nil }
            guard !known.isEmpty else { continue }
            do {
                let kept = try await shared.sessions(known.keys.map(\.bytes), within: Self.limits)
                let open = Set(kept.map(\.token))
                let closed = known.keys.filter { !open.contains($0.bytes) }
                table.withLock { table in for token in closed { table.close(token) } }
                let now = ContinuousClock.now
                let used = known.filter { token, lastUsed in
                    open.contains(token.bytes) && now - (noted[token] ?? now - Self.noteInterval) >= Self.noteInterval
                        && now - lastUsed < Self.noteInterval
                }
                guard !used.isEmpty else { continue }
                try await shared.useSessions(used.keys.map(\.bytes))
                for token in used.keys { noted[token] = now }
            } catch {
                // The readiness says what is wrong with the database.
            }
        }
    }
}
