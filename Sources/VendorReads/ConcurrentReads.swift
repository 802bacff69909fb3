import Events
import Synchronization

/// Bounds how many reads of a provider are in flight or wait.
final class ConcurrentReads: Sendable {
    private let limit: Int
    private let counts = Mutex<[ProviderName: Int]>([:])

    init(limit: Int) {
        precondition(limit > 0, "a limit of nothing never lets anything pass")
        self.limit = limit
    }

    /// - Returns: false if there are as many as there may be.
    func begin(_ provider: ProviderName) -> Bool {
        counts.withLock { counts in
            guard counts[provider, default: 0] < limit else { return false }
            counts[provider, default: 0] += 1
            return true
        }
    }

    /// Ends what ``begin(_:)`` began.
    func end(_ provider: ProviderName) {
        counts.withLock { counts in
            counts[provider] = counts[provider].flatMap { $0 > 1 ? $0 - 1 : nil }
        }
    }
}
