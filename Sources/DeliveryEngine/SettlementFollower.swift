import DequeModule
package import Events
import Synchronization

/// One party that is notified of every settlement. Who is too slow misses some, and is told how many: memory does not grow for it.
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
        /// Deliveries that another process may settle, by event, and the events in the order in which they were added.
        var expected: SettlementWatch.Awaited = [:]
        var order: Deque<SequenceNumber> = []
        var bell: AsyncStream<Never>.Continuation?

        /// Expects it no longer.
        mutating func settled(_ sequence: SequenceNumber, at provider: ProviderName) {
            expected[sequence]?.remove(provider)
            if expected[sequence]?.isEmpty == true { expected[sequence] = nil }
        }
    }

    /// The most that waits for its reader.
    private static let most = 10_000

    private let state = Mutex(State())

    /// Waits for deliveries that another process may settle. Beyond ``most`` events the oldest are no longer waited for.
    package func expect(_ sequence: SequenceNumber, at providers: Set<ProviderName>) {
        state.withLock { state in
            // What was settled here just now has been added already.
            let added = state.settled.lazy.filter { $0.sequence == sequence }.map(\.provider)
            let open = providers.subtracting(added)
            guard !open.isEmpty else { return }
            if state.expected.updateValue(open, forKey: sequence) == nil { state.order.append(sequence) }
            while state.order.count > Self.most { state.expected[state.order.removeFirst()] = nil }
        }
    }

    /// What is expected of other processes.
    var expected: SettlementWatch.Awaited { state.withLock { $0.expected } }

    /// A delivery is settled that may be expected.
    func found(_ sequence: SequenceNumber, at provider: ProviderName) {
        let isExpected = state.withLock { $0.expected[sequence]?.contains(provider) ?? false }
        if isExpected { add([sequence], at: provider) }
    }

    func add(_ sequences: [SequenceNumber], at provider: ProviderName) {
        let bell = state.withLock { state in
            let room = max(0, Self.most - state.settled.count)
            state.settled += sequences.prefix(room).map { Settled(sequence: $0, provider: provider) }
            state.missed += max(0, sequences.count - room)
            if !state.expected.isEmpty { for sequence in sequences { state.settled(sequence, at: provider) } }
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
