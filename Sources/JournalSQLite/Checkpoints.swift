import Dispatch
import Foundation
import GRDB
import Logging
import Synchronization

/// Moves pages from the write-ahead log into the database beside the writer, not in its way.
///
/// SQLite would do it within a commit, every thousand pages, and that commit's callers would wait for two more fsyncs. So a
/// connection of its own does most of the work, and the writer only the small rest, after which the log begins anew.
final class Checkpoints: Sendable {
    private struct State {
        var bytes = 0
        var isRunning = false
        /// The background is done; what came in meanwhile is little.
        var isRestDue = false
    }

    /// How much is written between two checkpoints.
    private static let interval = 16 << 20

    private let state = Mutex(State())
    private let connection: DatabaseQueue
    private let queue = DispatchQueue(label: "tollgate.checkpoint")
    private let logger: Logger

    init(connection: DatabaseQueue, logger: Logger) {
        self.connection = connection
        self.logger = logger
    }

    /// Takes note of a commit, and starts or ends a checkpoint if it is time. The writer calls it between commits.
    func committed(bytes: Int, _ db: Database) {
        let isRestDue = state.withLock { state in
            state.bytes += bytes
            if state.isRestDue {
                state = State()
                return true
            }
            if state.bytes >= Self.interval, !state.isRunning {
                state.isRunning = true
                queue.async { self.checkpoint() }
            }
            return false
        }
        if isRestDue { run { try db.checkpoint(.passive) } }
    }

    private func checkpoint() {
        run { try connection.writeWithoutTransaction { try $0.checkpoint(.passive) } }
        state.withLock { $0.isRestDue = true }
    }

    /// Waits for the background and closes its connection.
    func close() {
        queue.sync {}
        do {
            try connection.close()
        } catch {
            logger.warning("the checkpoint connection did not close", metadata: ["reason": "\(error)"])
        }
    }

    /// A checkpoint that fails is tried again after the next interval; nothing is lost but room.
    private func run(_ body: () throws -> (walFrameCount: Int, checkpointedFrameCount: Int)) {
        do {
            _ = try body()
        } catch {
            logger.warning("a checkpoint failed", metadata: ["reason": "\(error)"])
        }
    }
}

/// What the database takes of the disk.
enum DatabaseSize {
    /// Bytes in use, without pages that are free to be used again.
    static func usedBytes(in db: Database) throws -> Int {
        let pages = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA page_count")) ?? 0
        let free = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA freelist_count")) ?? 0
        let size = try Int.fetchOne(db.cachedStatement(sql: "PRAGMA page_size")) ?? 0
        return (pages - free) * size
    }
}
