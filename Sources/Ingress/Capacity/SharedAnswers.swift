import Synchronization

/// Answers that several requests ask for, each made once a second for all of them.
final class SharedAnswers<Key: Hashable & Sendable, Answer: Sendable>: Sendable {
    private typealias Waiter = CheckedContinuation<Awaited, Never>

    /// What somebody learns who waited for another one's answer.
    private enum Awaited {
        case made(Answer)
        /// The other one was cancelled: somebody else's turn.
        case cancelled
        /// The other one failed, or whoever waits is cancelled.
        case failed
    }

    private enum Entry {
        /// Somebody makes it.
        case begun
        case made(Answer, from: ContinuousClock.Instant)
    }

    /// What a request for an answer is to do.
    private enum Turn {
        case take(Answer)
        case wait
        /// Make it for all who ask meanwhile.
        case make
        /// Make it for oneself: too many others are kept.
        case makeAlone
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        /// Who waits for what is being made. Beside the entries, so that one more does not copy all others.
        var waiters: [Key: [Int: Waiter]] = [:]
        var nextWaiter = 0
    }

    /// How long an answer is given to others, from when it was asked for.
    static var lifetime: Duration { .seconds(1) }

    /// Maximum number of answers that are kept.
    private let limit: Int
    private let state = Mutex(State())

    /// - Parameter limit: the maximum number of answers that are kept.
    init(limit: Int) {
        self.limit = limit
    }

    /// How many requests wait for what is made for another one.
    var waiting: Int {
        state.withLock { state in state.waiters.values.reduce(0) { $0 + $1.count } }
    }

    /// An answer of the last second, one that is being made, or a new one.
    /// - Parameter make: makes a new one. What it throws is thrown to its caller alone.
    func answer<Failure: Error>(
        for key: Key,
        at now: ContinuousClock.Instant = .now,
        make: () async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        while true {
            switch state.withLock({ turn(key, &$0, at: now) }) {
            case .take(let answer): return answer
            case .wait:
                switch await next(key) {
                case .made(let answer): return answer
                case .cancelled: continue
                case .failed: return try await make()
                }
            case .makeAlone: return try await make()
            case .make:
                do throws(Failure) {
                    let answer = try await make()
                    // Reads that were cancelled with it may be missing from it.
                    if Task.isCancelled { end(key, nil, .cancelled) } else { end(key, answer, from: now) }
                    return answer
                } catch {
                    end(key, nil, Task.isCancelled ? .cancelled : .failed)
                    throw error
                }
            }
        }
    }

    private func turn(_ key: Key, _ state: inout State, at now: ContinuousClock.Instant) -> Turn {
        switch state.entries[key] {
        case .begun?: return .wait
        case .made(let answer, let from)? where now - from < Self.lifetime: return .take(answer)
        case .made?, nil: break
        }
        state.entries = state.entries.filter { _, entry in
            guard case .made(_, let from) = entry else { return true }
            return now - from < Self.lifetime
        }
        guard state.entries.count < limit else { return .makeAlone }
        state.entries[key] = .begun
        return .make
    }

    /// What is made for somebody else, as soon as it is.
    private func next(_ key: Key) async -> Awaited {
        let number = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let known: Awaited? = state.withLock { state in
                    guard !Task.isCancelled else { return .failed }
                    switch state.entries[key] {
                    case .begun?:
                        state.waiters[key, default: [:]][number] = waiter
                        return nil
                    case .made(let answer, _)?: return .made(answer)
                    case nil: return .failed
                    }
                }
                if let known { waiter.resume(returning: known) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters[key]?.removeValue(forKey: number) }
            waiter?.resume(returning: .failed)
        }
    }

    private func end(_ key: Key, _ answer: Answer, from now: ContinuousClock.Instant) {
        end(key, .made(answer, from: now), .made(answer))
    }

    /// - Parameters:
    ///   - entry: nil if there is no answer.
    ///   - awaited: for those who wait.
    private func end(_ key: Key, _ entry: Entry?, _ awaited: Awaited) {
        let waiters = state.withLock { state -> [Int: Waiter] in
            state.entries[key] = entry
            return state.waiters.removeValue(forKey: key) ?? [:]
        }
        for waiter in waiters.values { waiter.resume(returning: awaited) }
    }
}
