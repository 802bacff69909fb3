import Synchronization

/// Lets one caller after another do something that takes several steps, in the order in which they asked.
final class Turns: Sendable {
    private struct State {
        var isTaken = false
        var waiting = WaitingLine<CheckedContinuation<Void, Never>>()
    }

    private let state = Mutex(State())

    /// Waits for the caller's turn, does the work, and lets the next one in. A cancelled task has its turn, too.
    func run<Value, Failure>(_ body: () async throws(Failure) -> Value) async throws(Failure) -> Value {
        await begin()
        do throws(Failure) {
            let value = try await body()
            end()
            return value
        } catch {
            end()
            throw error
        }
    }

    private func begin() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isTaken {
                    state.waiting.append(continuation)
                    return false
                }
                state.isTaken = true
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    private func end() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            let next = state.waiting.popFirst()
            if next == nil { state.isTaken = false }
            return next
        }
        next?.resume()
    }
}
