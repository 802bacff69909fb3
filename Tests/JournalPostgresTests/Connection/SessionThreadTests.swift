import Dispatch
import Testing

@testable import JournalPostgres

@Suite struct SessionThreadTests {
    /// Runs tasks on the threads of a queue.
    private final class Executor: TaskExecutor {
        let queue = JobQueue(threads: 1)

        func enqueue(_ job: consuming ExecutorJob) { _ = queue.add(.task(UnownedJob(job), of: self)) }
    }

    @Test func `work that blocks the thread keeps nobody else waiting`() async {
        let executor = Executor()
        let thread = SessionThread(executor.queue)
        thread.start()
        let (begun, end) = (FirstAnswer<Void>(), DispatchSemaphore(value: 0))
        let working = Task(executorPreference: executor) {
            thread.runHere { _ in
                begun.give(())
                end.wait()
                return true
            }
        }
        await begun.wait()
        // It is not this thread.
        #expect(thread.runHere { _ in true } == nil)
        end.signal()
        #expect(await working.value == true)
        executor.queue.close()
        await withCheckedContinuation { executor.queue.whenEnded($0) }
    }
}
