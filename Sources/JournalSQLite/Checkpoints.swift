import Dispatch
import Foundation
import GRDB
import Logging
import Synchronization

/// Moves pages from the write-ahead log into the database beside the writer, not in its way.
///
/// SQLite would do it within a commit, every thousand pages, and that commit's callers would wait for two more fsyncs. So a
/// connection of its own does most of the work, and the writer only the small rest, after which the log restarts.
final class Checkpoints: Sendable {
    private struct State {
        var bytes = 0
        var isRunning = false
        /// The background is done; what came in meanwhile is little.
        var isRestDue = false
    }

    /// How much is written between two checkpoints.
    private let interval: Int
    private let state = Mutex(State())
    private let connection: DatabaseQueue
    private let queue = DispatchQueue(label: "tollgate.checkpoint")
    private let logger: Logger

    /// - Parameter diskLimitBytes: what the store may use; the log takes a small part of it.
    init(connection: DatabaseQueue, diskLimitBytes: Int?, logger: Logger) {
        interval = min(16 << 20, max(64 << 10, (diskLimitBytes ?? .max) / 16))
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
            if state.bytes >= interval, !state.isRunning {
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

    /// Moves all pages and cuts the log off, if nobody reads from it. The writer calls it between commits.
    func shrink(_ db: Database) {
        queue.sync {}
        run { try db.checkpoint(.truncate) }
        state.withLock { $0 = State() }
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
