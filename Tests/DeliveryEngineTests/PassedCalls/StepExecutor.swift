import Dispatch
import Synchronization

/// Runs tasks on a thread of its own, and does something before one of their steps: between two steps of a task, anything may happen
/// elsewhere.
final class StepExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "steps")
    private let steps = Mutex(0)
    private let wanted: Int
    private let act: @Sendable () -> Void

    /// - Parameters:
    ///   - step: before which something is done, from 1.
    ///   - act: may block.
    init(before step: Int, _ act: @escaping @Sendable () -> Void) {
        wanted = step
        self.act = act
    }

    /// Whether there were so many steps that it was done.
    var hasActed: Bool { steps.withLock { $0 >= wanted } }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { [self] in
            let step = steps.withLock { steps in
                steps += 1
                return steps
            }
            if step == wanted { act() }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
