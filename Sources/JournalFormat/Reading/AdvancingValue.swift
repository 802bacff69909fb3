import Synchronization

/// A value that advances, as the number of the newest event, and the tasks that wait for it to advance.
package final class AdvancingValue<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var isClosed = false
        var waiting: [Int: (after: Value, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var nextTicket = 0
    }

    private let state: Mutex<State>
    private let isPast: @Sendable (_ value: Value, _ known: Value) -> Bool

    /// - Parameter isPast: whether a value has something that the known one does not have.
    package init(_ value: Value, isPast: @escaping @Sendable (_ value: Value, _ known: Value) -> Bool) {
        state = Mutex(State(value: value))
        self.isPast = isPast
    }

    package var value: Value { state.withLock { $0.value } }

    /// Changes the value, and wakes the tasks that know less.
    package func advance(_ change: (Value) -> Value) {
        wake { state in
            let value = change(state.value)
            state.value = value
            return state.waiting.filter { isPast(value, $0.value.after) }.map(\.key)
        }
    }

    /// Wakes every task, now and from now on.
    package func close() {
        wake { state in
            state.isClosed = true
            return Array(state.waiting.keys)
        }
    }

    /// Returns when the value is past the known one; also when the task is cancelled or everything closes.
    package func wait(after known: Value) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if isPast(state.value, known) || state.isClosed || state.cancelled.remove(ticket) != nil {
                        return true
                    }
                    state.waiting[ticket] = (known, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            wake { state in
                // The cancellation may come before the wait has begun.
                if state.waiting[ticket] == nil { state.cancelled.insert(ticket) }
                return [ticket]
            }
        }
        state.withLock { _ = $0.cancelled.remove(ticket) }
    }

    private func wake(_ choose: (inout State) -> [Int]) {
        let continuations = state.withLock { state in
            choose(&state).compactMap { state.waiting.removeValue(forKey: $0)?.continuation }
        }
        for continuation in continuations { continuation.resume() }
    }
}

extension AdvancingValue<Int64> {
    /// A number that rises.
    package convenience init(rising number: Int64) { self.init(number) { $0 > $1 } }

    /// Raises the number, if it is lower.
    package func advance(to number: Int64) { advance { max($0, number) } }
}
