import Journal
import JournalFormat
import Synchronization

/// Gathers requests while the appends before are in flight: each slot takes all that has collected as soon as it is free.
///
/// A request is answered when it is stored, or could not be, or when it has waited for as long as it may: then it may be stored or not.
final class AppendQueue: Sendable {
    struct Entry: Sendable {
        let append: PreparedAppend
        let answer: FirstAnswer<Result<[AppendResult], StoreError>>
        /// Until when the caller waits.
        let deadline: ContinuousClock.Instant

        var bytes: Int { append.encoded.frames.count }
    }

    private struct State {
        var entries: [Entry] = []
        var bytes = 0
        var isClosed = false
        /// The last one is asked next.
        var idle: [(writer: Int, continuation: CheckedContinuation<[Entry]?, Never>)] = []
        /// What each writer has taken last.
        var taken: [Int: [Entry]] = [:]
    }

    private let state = Mutex(State())
    private let settings: PostgresStoreSettings
    private let reach: DatabaseReach

    init(_ settings: PostgresStoreSettings, reach: DatabaseReach) {
        self.settings = settings
        self.reach = reach
    }

    /// How many writers wait for something to store.
    var idleWriters: Int { state.withLock { $0.idle.count } }

    /// How many requests wait for a writer.
    var waitingCount: Int { state.withLock { $0.entries.count } }

    /// Waits until a slot has stored the request, or could not, or until the caller's time has passed.
    func append(_ append: PreparedAppend) async throws(StoreError) -> [AppendResult] {
        if reach.isOut { throw reach.outageError }
        let deadline = ContinuousClock.now + settings.outagePatience
        let entry = Entry(append: append, answer: FirstAnswer(), deadline: deadline)
        submit(entry)
        return try await entry.answer.wait().get()
    }

    /// What one append is to store; waits until there is something.
    /// - Parameters:
    ///   - writer: who asks; what it took before is done.
    ///   - hasFailed: whether that could not be stored: others that wait are asked first then.
    /// - Returns: nil when all is stored and nothing will come any more.
    func next(for writer: Int, hasFailed: Bool = false) async -> [Entry]? {
        await withCheckedContinuation { continuation in
            let (taken, isOver) = state.withLock { state -> ([Entry], Bool) in
                state.taken[writer] = nil
                let taken = take(from: &state, for: writer)
                if taken.isEmpty, !state.isClosed {
                    state.idle.insert((writer, continuation), at: hasFailed ? 0 : state.idle.endIndex)
                }
                return (taken, state.isClosed)
            }
            if !taken.isEmpty {
                continuation.resume(returning: taken)
            } else if isOver {
                continuation.resume(returning: nil)
            }
        }
    }

    /// Accepts no more requests. Those that wait are stored still.
    func close() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for waiting in idle { waiting.continuation.resume(returning: nil) }
    }

    /// How often deadlines are checked.
    private static let glance = Duration.milliseconds(50)

    /// Answers requests whose callers have waited for as long as they may, until the task is cancelled.
    func watchDeadlines() async {
        while !Task.isCancelled {
            // Cancelled; the loop ends then.
            try? await Task.sleep(for: Self.glance)
            answerLate(at: .now)
        }
    }

    /// Those of an outage that has lasted for long wait no longer, either.
    private func answerLate(at now: ContinuousClock.Instant) {
        let isOut = reach.isOut
        let late = state.withLock { state -> [Entry] in
            let waiting = state.entries.prefix { isOut || $0.deadline <= now }
            state.bytes -= waiting.reduce(0) { $0 + $1.bytes }
            state.entries.removeFirst(waiting.count)
            return waiting + state.taken.values.joined().filter { isOut || $0.deadline <= now }
        }
        guard !late.isEmpty else { return }
        let error = reach.outageError
        for entry in late { entry.answer.give(.failure(error)) }
    }

    private func submit(_ entry: Entry) {
        let refusal = state.withLock { state -> StoreError? in
            if state.isClosed { return .closed }
            // A request that is alone is taken whatever its size.
            if state.bytes > 0, state.bytes + entry.bytes > settings.waitingBytes {
                return .full(retryAfter: settings.retryAfterFull)
            }
            state.entries.append(entry)
            state.bytes += entry.bytes
            return nil
        }
        if let refusal { return entry.answer.give(.failure(refusal)) }
        wake()
    }

    private func wake() {
        let woken = state.withLock { state -> (CheckedContinuation<[Entry]?, Never>, [Entry])? in
            guard !state.entries.isEmpty, let idle = state.idle.popLast() else { return nil }
            return (idle.continuation, take(from: &state, for: idle.writer))
        }
        if let woken { woken.0.resume(returning: woken.1) }
    }

    private func take(from state: inout State, for writer: Int) -> [Entry] {
        var (count, bytes) = (0, 0)
        while count < state.entries.count, bytes < settings.commitBytes {
            bytes += state.entries[count].bytes
            count += 1
        }
        state.bytes -= bytes
        let taken = Array(state.entries.prefix(count))
        state.entries.removeFirst(count)
        if !taken.isEmpty { state.taken[writer] = taken }
        return taken
    }
}
