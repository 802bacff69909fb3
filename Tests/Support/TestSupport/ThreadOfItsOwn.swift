import Foundation

/// Runs work that may block on a thread of its own.
///
/// The threads of Swift's tasks are as many as the machine has cores: work that waits there holds up other tests, and the server that it waits for.
package func onThreadOfItsOwn<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
