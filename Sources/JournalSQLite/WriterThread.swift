import Foundation
import GRDB
import Journal
import JournalFormat
import Logging
import Synchronization

/// The thread that writes, from the first commit to the closed database.
final class WriterThread: Sendable {
    private struct State {
        var hasEnded = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    private let pool: DatabasePool
    private let readers: JournalReaders
    private let parts: StoreParts
    /// Given back when the thread has ended.
    private let lock: FolderLock

    init(pool: DatabasePool, readers: JournalReaders, parts: StoreParts, lock: FolderLock) {
        self.pool = pool
        self.readers = readers
        self.parts = parts
        self.lock = lock
    }

    func start() {
        let thread = Thread { self.run() }
        thread.name = "tollgate.journal"
        thread.stackSize = 4 << 20
        thread.start()
    }

    /// Returns when everything is written and the database is closed.
    func waitForEnd() async {
        await withCheckedContinuation { continuation in
            let hasEnded = state.withLock { state in
                if !state.hasEnded { state.waiting.append(continuation) }
                return state.hasEnded
            }
            if hasEnded { continuation.resume() }
        }
    }

    private func run() {
        write()
        close()
        let waiting = state.withLock { state in
            state.hasEnded = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Commits until the store closes. Between two commits the connection is free.
    private func write() {
        do {
            let writer = try pool.writeWithoutTransaction { db in try JournalWriter(db, parts: parts) }
            while let operations = parts.commits.next() {
                pool.writeWithoutTransaction { _ in writer.commit(operations) }
            }
            pool.writeWithoutTransaction { _ in writer.commitCursors() }
        } catch {
            // Only the preparation of the statements throws: every commit handles its own failure.
            let failure = StoreError(error, retryAfter: parts.settings.retryAfterFull)
            parts.logger.error("the journal's writer could not start", metadata: ["reason": "\(failure)"])
            while let operations = parts.commits.next() { operations.forEach { $0.fail(failure) } }
        }
    }

    private func close() {
        parts.index.flushAll(newest: parts.newest.value)
        parts.columns.close()
        parts.checkpoints.close()
        do {
            try parts.duplicates.close()
            try readers.close()
            try pool.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
            try pool.close()
        } catch {
            parts.logger.warning("the database was not closed properly", metadata: ["reason": "\(error)"])
        }
        lock.release()
    }
}
