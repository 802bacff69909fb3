import Events
import Synchronization

/// Prevents two corrections of one event at the same time: each would start from the state before the other.
final class CorrectionTurns: Sendable {
    /// The event whose correction is in progress.
    private struct Key: Hashable {
        let tenant: TenantID
        let id: EventID
    }

    private let held = Mutex<Set<Key>>([])

    init() {}

    /// - Throws: ``Problem`` if another correction of the event is being made.
    func take<Value>(
        _ id: EventID,
        of tenant: TenantID,
        _ body: () async throws -> Value
    ) async throws -> Value {
        let key = Key(tenant: tenant, id: id)
        guard held.withLock({ $0.insert(key).inserted }) else { throw Problem.otherCorrection(of: id) }
        defer { held.withLock { _ = $0.remove(key) } }
        return try await body()
    }
}
