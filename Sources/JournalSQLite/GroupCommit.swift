import Dispatch
import Foundation
import Journal
import Synchronization

/// Wakes the writer that sleeps, by calling what it is given: at once, or as soon as the caller has handed in all that it has at hand, so
/// that one commit takes all of it. It must be called, and soon.
package typealias CommitAnnouncement = @Sendable (_ wake: @escaping @Sendable () -> Void) -> Void

/// Gathers what waits for a commit while the one before is syncing.
///
/// There is no timer: the writer takes all that has accumulated as soon as it is free, so that one lone request does not wait, and a
/// thousand together cost one fsync.
final class GroupCommit: Sendable {
    fileprivate struct State {
        var operations: [WriteOperation] = []
        var bytes = 0
        var isClosing = false
        var writerSleeps = false
    }

    /// Operations that one commit takes at most, beside the limit in bytes.
    private static let operationsPerCommit = 4096

    private let state = Mutex(State())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let settings: SQLiteStoreSettings
    private let announce: CommitAnnouncement

    init(settings: SQLiteStoreSettings, announce: @escaping CommitAnnouncement) {
        self.settings = settings
        self.announce = announce
    }

    /// Whether nothing is taken any more.
    var isClosing: Bool { state.withLock { $0.isClosing } }

    /// Adds an operation, or fails it at once.
    func submit(_ operation: WriteOperation) {
        let bytes = operation.bytes
        let (refusal, mustWake) = state.withLock { state -> (StoreError?, Bool) in
            if state.isClosing { return (.closed, false) }
            // A request that is alone is taken whatever its size.
            if bytes > 0, state.bytes > 0, state.bytes + bytes > settings.waitingBytes {
                return (.full(retryAfter: settings.retryAfterFull), false)
            }
            state.operations.append(operation)
            state.bytes += bytes
            defer { state.writerSleeps = false }
            return (nil, state.writerSleeps)
        }
        if let refusal { operation.fail(refusal) }
        if mustWake { announce { self.wakeUp.signal() } }
    }

    /// Accepts no more operations; the writer ends when it has committed those that wait.
    func close() {
        state.withLock { $0.isClosing = true }
        // Always, because an announcement that is in flight might never arrive.
        wakeUp.signal()
    }

    /// What the next commit is to do; blocks the writer's thread until there is something.
    /// - Returns: nil when all is done and nothing will come any more.
    func next() -> [WriteOperation]? {
        while true {
            let (operations, isOver) = state.withLock { state -> ([WriteOperation], Bool) in
                let taken = state.take(bytes: settings.commitBytes, operations: Self.operationsPerCommit)
                if taken.isEmpty { state.writerSleeps = !state.isClosing }
                return (taken, taken.isEmpty && state.isClosing)
            }
            if isOver { return nil }
            if !operations.isEmpty { return operations }
            wakeUp.wait()
        }
    }
}

extension GroupCommit.State {
    fileprivate mutating func take(bytes limit: Int, operations most: Int) -> [WriteOperation] {
        var (count, taken) = (0, 0)
        while count < operations.count, count < most, taken < limit {
            taken += operations[count].bytes
            count += 1
        }
        bytes -= taken
        defer { operations.removeFirst(count) }
        return count == operations.count ? operations : Array(operations[..<count])
    }
}
