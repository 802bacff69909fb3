import Synchronization

/// Whether a key was used since somebody looked: told with each request, and looked at from time to time.
package final class KeyUse: Sendable {
    private let wasUsed = Atomic(false)

    package init() {}

    /// The key was used. Costs a read of a flag that is set already, but for the first time.
    func note() {
        if !wasUsed.load(ordering: .relaxed) { wasUsed.store(true, ordering: .relaxed) }
    }

    /// Whether it was used since the last call.
    func take() -> Bool { wasUsed.exchange(false, ordering: .relaxed) }
}
