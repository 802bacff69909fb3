package import NIOCore

/// Runs tasks on an event loop's thread, so that work stays where its bytes arrive and a request costs no change of threads.
///
/// What runs here must not block: the connections of the loop wait meanwhile.
///
/// Async functions on the way of every event are `nonisolated(nonsending)`: others look up the task's executor, under a lock, at each call
/// and each return, which costs a tenth of a request that makes ten such calls.
package final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    package init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Runs a job on the event loop; called by the concurrency runtime.
    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    /// A timer of the event loop, which is not set.
    package func alarm() -> Alarm { Alarm(on: eventLoop) }

    /// Waits; returns early if the task is cancelled. `Task.sleep` would be woken by another thread.
    package func pause(_ duration: Duration) async {
        let (rings, bell) = AsyncStream<Never>.makeStream()
        // The initializer cuts what nanoseconds cannot hold, as a wait for an event of the year 9999.
        let alarm = eventLoop.scheduleTask(in: TimeAmount(duration)) {
            bell.finish()
        }
        for await _ in rings {}
        alarm.cancel()
    }
}
