import Journal
import Synchronization

/// Tells the holder of a lease that it has ended or should end.
final class LeaseSignal: Sendable {
    private struct State {
        var end: LeaseEnd?
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var cancelled: Set<Int> = []
        var nextTicket = 0
    }

    private let state = Mutex(State())

    /// Nil while the lease is good.
    var end: LeaseEnd? { state.withLock { $0.end } }

    var isLost: Bool { end == .lost }

    /// Somebody else should have the account, has it, or the store closes. What is lost stays lost.
    func set(_ end: LeaseEnd) {
        let waiting = state.withLock { state in
            if state.end != .lost { state.end = end }
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns with the next ``set(_:)``, at once after one, and when the task is cancelled.
    func wait() async -> LeaseEnd {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.end != nil || state.cancelled.remove(ticket) != nil { return true }
                    state.waiting[ticket] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                // The cancellation may come before the wait has begun.
                if state.waiting[ticket] == nil { state.cancelled.insert(ticket) }
                return state.waiting.removeValue(forKey: ticket)
            }
            waiting?.resume()
        }
        return state.withLock { state in
            state.cancelled.remove(ticket)
            return state.end ?? .unwatched
        }
    }
}
