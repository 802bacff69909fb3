import Foundation
import Journal
import Synchronization

/// The number of the newest event, and who waits for a newer one.
final class NewestEvent: Sendable {
    private struct State {
        var newest: Int64
        var isClosed = false
        var waiting: [Int: (after: Int64, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var nextTicket = 0
    }

    private let state: Mutex<State>

    init(_ newest: Int64) {
        state = Mutex(State(newest: newest))
    }

    var value: Int64 { state.withLock { $0.newest } }

    /// Wakes those who waited for less.
    func advance(to newest: Int64) {
        wake { state in
            state.newest = max(state.newest, newest)
            return state.waiting.filter { $0.value.after < state.newest }.map(\.key)
        }
    }

    /// Wakes everyone, now and from now on.
    func close() {
        wake { state in
            state.isClosed = true
            return Array(state.waiting.keys)
        }
    }

    func wait(after sequence: Int64) async {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.newest > sequence || state.isClosed || state.cancelled.remove(ticket) != nil {
                        return true
                    }
                    state.waiting[ticket] = (sequence, continuation)
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
