import DequeModule
package import Events
import Synchronization

/// A subscriber to all settlements. One that is too slow misses some and is told how many, so that memory does not grow.
package final class SettlementFollower: Sendable {
    /// A delivery that is settled.
    package struct Settled: Sendable, Equatable {
        /// The event.
        package let sequence: SequenceNumber
        /// The destination's provider.
        package let provider: ProviderName
    }

    private struct State {
        var settled: [Settled] = []
        var missed = 0
        /// Deliveries that another process may settle, by event, and the events in the order in which they were added.
        var expected: SettlementWatch.Awaited = [:]
        var order: Deque<SequenceNumber> = []
        var bell: AsyncStream<Never>.Continuation?

        /// Stops expecting it.
        mutating func settled(_ sequence: SequenceNumber, at provider: ProviderName) {
            expected[sequence]?.remove(provider)
            if expected[sequence]?.isEmpty == true { expected[sequence] = nil }
        }
    }

    /// Maximum number of settlements that wait to be read.
    private static let most = 10_000

    private let state = Mutex(State())

    /// Expects deliveries that another process may settle. Beyond ``most`` events the oldest are no longer expected.
    package func expect(_ sequence: SequenceNumber, at providers: Set<ProviderName>) {
        state.withLock { state in
            // What was settled here a moment ago has already been added.
            let added = state.settled.lazy.filter { $0.sequence == sequence }.map(\.provider)
            let open = providers.subtracting(added)
            guard !open.isEmpty else { return }
            if state.expected.updateValue(open, forKey: sequence) == nil { state.order.append(sequence) }
            while state.order.count > Self.most { state.expected[state.order.removeFirst()] = nil }
        }
    }

    /// The deliveries that other processes are expected to settle.
    var expected: SettlementWatch.Awaited { state.withLock { $0.expected } }

    /// A delivery that may be expected is settled.
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

    /// The settlements since the last call, and how many were missed.
    package func take() -> (settled: [Settled], missed: Int) {
        state.withLock { state in
            defer { (state.settled, state.missed) = ([], 0) }
            return (state.settled, state.missed)
        }
    }

    /// Returns when there is something to take, or when the task is cancelled. Supports one waiting task at a time.
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
