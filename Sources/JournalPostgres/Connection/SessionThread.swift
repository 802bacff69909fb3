import Dispatch
import Foundation
import Synchronization

// Safe: its session is used on its thread alone.
/// A thread with a session of its own, which carries out what waits in a queue until that is closed.
final class SessionThread: @unchecked Sendable {
    private let queue: JobQueue
    /// Which thread it is while it runs.
    private let identifier = Mutex<ObjectIdentifier?>(nil)
    private var session: PostgresSession?

    init(_ queue: JobQueue) {
        self.queue = queue
    }

    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "tollgate.postgres"
        thread.stackSize = 2 << 20
        thread.start()
    }

    /// Does some work at once if it is this thread that asks for it.
    func runHere<Value>(_ work: (inout PostgresSession?) -> Value) -> Value? {
        let current = ObjectIdentifier(Thread.current)
        // Whoever else asks meanwhile must not wait here until the work is done: it may block for long.
        guard identifier.withLock({ $0 == current }) else { return nil }
        return work(&session)
    }

    private func run() {
        identifier.withLock { $0 = ObjectIdentifier(Thread.current) }
        while let job = queue.next() {
            switch job {
            case .work(let work): work(&session)
            // It does its own work here.
            case .task(let job, of: let executor): job.runSynchronously(on: executor.asUnownedTaskExecutor())
            }
        }
        session?.close()
        session = nil
        identifier.withLock { $0 = nil }
        queue.end()
    }
}

/// What waits for the threads of a connection.
final class JobQueue: Sendable {
    enum Job: Sendable {
        case work(@Sendable (inout PostgresSession?) -> Void)
        /// A part of a task that runs on the thread.
        case task(UnownedJob, of: any TaskExecutor)
    }

    private struct State {
        var jobs: [Job] = []
        var isClosed = false
        var running: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>
    private let wakeUp = DispatchSemaphore(value: 0)
    private let threads: Int

    init(threads: Int) {
        self.threads = threads
        state = Mutex(State(running: threads))
    }

    /// - Returns: whether the job will run.
    func add(_ job: Job) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isClosed { state.jobs.append(job) }
            return !state.isClosed
        }
        if isTaken { wakeUp.signal() }
        return isTaken
    }

    /// Blocks until there is a job; nil when there will be none.
    func next() -> Job? {
        while true {
            let (job, isOver) = state.withLock { state -> (Job?, Bool) in
                state.jobs.isEmpty ? (nil, state.isClosed) : (state.jobs.removeFirst(), false)
            }
            if isOver { return nil }
            if let job { return job }
            wakeUp.wait()
        }
    }

    func close() {
        state.withLock { $0.isClosed = true }
        for _ in 0..<threads { wakeUp.signal() }
    }

    /// Notes that a thread has ended.
    func end() {
        let waiting = state.withLock { state in
            state.running -= 1
            guard state.running == 0 else { return [] as [CheckedContinuation<Void, Never>] }
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    func whenEnded(_ continuation: CheckedContinuation<Void, Never>) {
        let hasEnded = state.withLock { state in
            if state.running > 0 { state.waiting.append(continuation) }
            return state.running == 0
        }
        if hasEnded { continuation.resume() }
    }
}
