import Synchronization

/// A caller who is answered once, by whoever answers first: the work that was asked for, or somebody who knows that the caller should not
/// wait any longer.
final class FirstAnswer<Answer: Sendable>: Sendable {
    private enum State {
        case open
        case awaited(CheckedContinuation<Answer, Never>)
        /// The answer, until the caller takes it.
        case given(Answer?)
    }

    private let state = Mutex(State.open)

    /// Whether the caller has its answer, or will find it.
    var isGiven: Bool {
        state.withLock { state in
            if case .given = state { true } else { false }
        }
    }

    /// Waits for the answer. Must be called once.
    func wait() async -> Answer {
        await withCheckedContinuation { continuation in
            let early = state.withLock { state -> Answer? in
                if case .given(let answer) = state {
                    state = .given(nil)
                    return answer
                }
                state = .awaited(continuation)
                return nil
            }
            if let early { continuation.resume(returning: early) }
        }
    }

    /// Answers the caller; the first answer counts.
    func give(_ answer: Answer) {
        let waiting = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            switch state {
            case .open:
                state = .given(answer)
                return nil
            case .awaited(let continuation):
                state = .given(nil)
                return continuation
            case .given: return nil
            }
        }
        waiting?.resume(returning: answer)
    }
}
