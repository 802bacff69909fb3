import Journal
import Synchronization

/// The caller of an append, who is answered once: by the slot that stored the request, or because it has taken too long.
final class AppendAnswer: Sendable {
    typealias Result = Swift.Result<[AppendResult], StoreError>

    private let waiting: Mutex<CheckedContinuation<Result, Never>?>

    init(_ continuation: CheckedContinuation<Result, Never>) {
        waiting = Mutex(continuation)
    }

    /// Whether the caller has gone.
    var isGiven: Bool { waiting.withLock { $0 == nil } }

    /// Answers the caller; the first answer counts.
    func give(_ result: Result) {
        let continuation = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting
        }
        continuation?.resume(returning: result)
    }
}
