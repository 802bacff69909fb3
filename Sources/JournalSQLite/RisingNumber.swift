import Foundation
import Journal
import Synchronization

/// A number that rises, as that of the newest event, and who waits for it to rise.
final class RisingNumber: Sendable {
    private struct State {
        var number: Int64
        var isClosed = false
        var waiting: [Int: (after: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var nextTicket = 0
    }

    private let state: Mutex<State>

    init(_ number: Int64) {
        state = Mutex(State(number: number))
    }

    var value: Int64 { state.withLock { $0.number } }

    /// Wakes those who waited for less.
    func advance(to number: Int64) {
        wake { state in
            state.number = max(state.number, number)
            return state.waiting.filter { $0.value.after < state.number }.map(\.key)
        }
    }

    /// Wakes everyone, now and from now on.
    func close() {
        wake { state in
            state.isClosed = true
            return Array(state.waiting.keys)
        }
    }

    func wait(after known: Int64) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.number > known || state.isClosed || state.cancelled.remove(ticket) != nil {
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

    private func wake(_ choose: (inout sending State) -> [Int]) {
        let continuations = state.withLock { state in
            choose(&state).compactMap { state.waiting.removeValue(forKey: $0)?.continuation }
        }
        for continuation in continuations { continuation.resume() }
    }
}
