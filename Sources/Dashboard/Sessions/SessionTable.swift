package import Access

/// The sessions of browsers, known by the digests of their tokens. Pure: it is told the time, and does no I/O.
///
/// A session holds no right of its own: whoever finds one looks its key up again, and closes it if the key is no longer valid.
package struct SessionTable: Sendable {
    /// One browser that is signed in.
    package struct Session: Sendable, Equatable {
        /// The key that it was opened with.
        package let key: KeyDigest
        package let opened: ContinuousClock.Instant
        package fileprivate(set) var lastUsed: ContinuousClock.Instant
    }

    /// How long a session may be unused.
    package static let idleLimit = Duration.seconds(30 * 60)
    /// How long a session lasts, however much it is used.
    package static let longest = Duration.seconds(12 * 3600)
    /// Maximum number of sessions. At the limit, a new one takes the place of the one that was unused longest.
    package static let limit = 1000

    private var sessions: [KeyDigest: Session] = [:]

    /// Has no session yet.
    package init() {}

    /// The number of sessions, including those that have ended and were not asked for since.
    package var count: Int { sessions.count }

    /// Opens a session.
    /// - Parameters:
    ///   - token: the digest of its token.
    ///   - key: the key that was presented.
    ///   - used: when it was used last; nil: when it was opened.
    package mutating func open(
        _ token: KeyDigest,
        with key: KeyDigest,
        at now: ContinuousClock.Instant,
        used: ContinuousClock.Instant? = nil
    ) {
        if sessions.count >= Self.limit { sessions = sessions.filter { !Self.hasEnded($0.value, at: now) } }
        if sessions.count >= Self.limit, let oldest = sessions.min(by: { $0.value.lastUsed < $1.value.lastUsed }) {
            sessions[oldest.key] = nil
        }
        sessions[token] = Session(key: key, opened: now, lastUsed: max(now, used ?? now))
    }

    /// The session with this token, which counts as used now; nil if there is none, or if it has ended.
    package mutating func use(_ token: KeyDigest, at now: ContinuousClock.Instant) -> Session? {
        guard var session = sessions[token] else { return nil }
        guard !Self.hasEnded(session, at: now) else {
            sessions[token] = nil
            return nil
        }
        session.lastUsed = max(session.lastUsed, now)
        sessions[token] = session
        return session
    }

    /// Whether a session is open, without using it: an open stream keeps no session alive.
    package func isOpen(_ token: KeyDigest, at now: ContinuousClock.Instant) -> Bool {
        sessions[token].map { !Self.hasEnded($0, at: now) } ?? false
    }

    /// The sessions that are open, each with when it was used last.
    package func open(at now: ContinuousClock.Instant) -> [KeyDigest: ContinuousClock.Instant] {
        sessions.filter { !Self.hasEnded($0.value, at: now) }.mapValues(\.lastUsed)
    }

    /// Closes a session; does nothing if there is none.
    package mutating func close(_ token: KeyDigest) {
        sessions[token] = nil
    }

    private static func hasEnded(_ session: Session, at now: ContinuousClock.Instant) -> Bool {
        now - session.lastUsed >= idleLimit || now - session.opened >= longest
    }
}
