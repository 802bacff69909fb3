import Access
import Events
import Journal
import Synchronization
import TestSupport
import Testing

@testable import Ingress

@Suite struct DashboardSessionsTests {
    private static let key = KeyDigest(of: "key")

    /// Has gateways follow each other until the tasks are cancelled.
    private func follow(_ sessions: DashboardSessions...) -> [Task<Void, Never>] {
        sessions.map { one in Task { await one.follow() } }
    }

    @Test func `a session is good at every gateway that shares it, and closed at all`() async throws {
        let journal = SessionJournal()
        let (first, second) = (DashboardSessions(sharing: journal), DashboardSessions(sharing: journal))
        let token = KeyDigest(of: try await first.open(with: Self.key).reveal())
        #expect(try await second.use(token) == Self.key)
        #expect(try await second.use(KeyDigest(of: "another")) == nil)
        let following = follow(first, second)
        defer { for task in following { task.cancel() } }
        try await second.close(token)
        #expect(try await second.use(token) == nil)
        try await waitUntil("the first has closed it") { try await first.use(token) == nil }
        #expect(!first.isOpen(token))
    }

    @Test func `tells the others that a session is used`() async throws {
        let journal = SessionJournal()
        let sessions = DashboardSessions(sharing: journal)
        let token = KeyDigest(of: try await sessions.open(with: Self.key).reveal())
        let following = follow(sessions)
        defer { for task in following { task.cancel() } }
        try await waitUntil("it is noted") { journal.used.contains(token.bytes) }
    }

    @Test func `keeps the sessions that it knows while the database cannot be reached`() async throws {
        let journal = SessionJournal()
        let sessions = DashboardSessions(sharing: journal)
        let token = KeyDigest(of: try await sessions.open(with: Self.key).reveal())
        journal.fail()
        let following = follow(sessions)
        defer { for task in following { task.cancel() } }
        try await waitUntil("it was asked") { journal.refusals > 1 }
        #expect(try await sessions.use(token) == Self.key)
        #expect(sessions.isOpen(token))
        await #expect(throws: StoreError.self) { try await sessions.use(KeyDigest(of: "another")) }
        await #expect(throws: StoreError.self) { try await sessions.open(with: Self.key) }
        await #expect(throws: StoreError.self) { try await sessions.close(token) }
        #expect(!sessions.isOpen(token), "here it is closed")
    }

    @Test func `a gateway that is alone asks nobody`() async throws {
        let sessions = DashboardSessions()
        let token = KeyDigest(of: try await sessions.open(with: Self.key).reveal())
        #expect(try await sessions.use(token) == Self.key)
        try await sessions.close(token)
        #expect(try await sessions.use(token) == nil)
    }
}

/// A database of sessions that can be out of reach.
private final class SessionJournal: SessionKeeping {
    private struct State {
        var keys: [[UInt8]: [UInt8]] = [:]
        var used: [[UInt8]] = []
        var isFailing = false
        var refusals = 0
    }

    private let state = Mutex(State())

    var used: [[UInt8]] { state.withLock { $0.used } }
    var refusals: Int { state.withLock { $0.refusals } }

    func fail() { state.withLock { $0.isFailing = true } }

    private func change<Value: Sendable>(_ body: (inout State) -> Value) throws(StoreError) -> Value {
        let value: Value? = state.withLock { state in
            guard !state.isFailing else {
                state.refusals += 1
                return nil
            }
            return body(&state)
        }
        guard let value else { throw .failed(reason: "out of reach") }
        return value
    }

    func openSession(_ token: [UInt8], key: [UInt8], within limits: SessionLimits) async throws(StoreError) {
        try change { $0.keys[token] = key }
    }

    func sessions(_ tokens: [[UInt8]], within limits: SessionLimits) async throws(StoreError) -> [KeptSession] {
        try change { state in
            tokens.compactMap { token in
                state.keys[token].map { KeptSession(token: token, key: $0, age: .zero, unused: .zero) }
            }
        }
    }

    func useSessions(_ tokens: [[UInt8]]) async throws(StoreError) {
        try change { $0.used += tokens }
    }

    func closeSession(_ token: [UInt8]) async throws(StoreError) {
        try change { $0.keys[token] = nil }
    }
}
