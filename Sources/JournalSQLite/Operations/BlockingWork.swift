import Foundation

/// Work that blocks, such as reads of a whole journal, on a thread of its own.
package enum BlockingWork {
    /// Runs the work and waits for it without holding up other tasks.
    package static func run<Value: Sendable, Failure: Error>(
        _ work: @escaping @Sendable () throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let result = await withCheckedContinuation { (done: CheckedContinuation<Result<Value, Failure>, Never>) in
            Thread.detachNewThread {
                do throws(Failure) {
                    done.resume(returning: .success(try work()))
                } catch {
                    done.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }
}
