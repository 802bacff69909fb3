package import Events
import Synchronization

/// One party that hears of every settlement. Who is too slow misses some, and is told how many: memory does not grow for it.
package final class SettlementFollower: Sendable {
    /// A delivery that is settled.
    package struct Settled: Sendable, Equatable {
        /// The event.
        package let sequence: SequenceNumber
        /// Where it was delivered, or was not.
        package let provider: ProviderName
    }

    private struct State {
        var settled: [Settled] = []
        var missed = 0
        var bell: AsyncStream<Never>.Continuation?
    }

    /// The most that waits for its reader.
    private static let most = 10_000

    private let state = Mutex(State())

    func add(_ sequences: [SequenceNumber], at provider: ProviderName) {
        let bell = state.withLock { state in
            let room = max(0, Self.most - state.settled.count)
            state.settled += sequences.prefix(room).map { Settled(sequence: $0, provider: provider) }
            state.missed += max(0, sequences.count - room)
            defer { state.bell = nil }
            return state.bell
        }
        bell?.finish()
    }

    /// What was settled since the last look, and how many are missing among it.
    package func take() -> (settled: [Settled], missed: Int) {
        state.withLock { state in
            defer { (state.settled, state.missed) = ([], 0) }
            return (state.settled, state.missed)
        }
    }

    /// Returns when there is something to take, or when the task is cancelled. One party may wait at a time.
    package func wait() async {
        let (rings, bell) = AsyncStream<Never>.makeStream()
        let isDue = state.withLock { state in
            guard state.settled.isEmpty, state.missed == 0 else { return true }
            state.bell = bell
            return false
        }
        if isDue { return }
        for await _ in rings {}
    }
}
