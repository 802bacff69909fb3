import Dispatch
import Foundation
import Synchronization

/// A connection to the database on a thread of its own, for calls that block; or several of them, of which each call takes a free one.
///
/// Each statement is a transaction of its own. On one connection they go in the order of the calls. A connection is made with the first
/// call, and made again with the next one after it was lost. No statement is ever cancelled: the server would answer a commit that waits
/// for a standby as if it were safe.
final class PostgresConnection: Sendable {
    /// What follows for a caller whose task is cancelled while its statement waits or runs. The statement is carried out either way.
    enum Cancellation: Sendable {
        /// It learns the outcome anyway.
        case waits
        /// It is told at once that the outcome is unknown: for statements that may take long, and that can be repeated. A shutdown would
        /// wait for them otherwise, and for a silent network as well.
        case leaves
    }

    private let queue: JobQueue
    private let threads: [SessionThread]
    private let settings: ConnectionSettings
    private let whenCancelled: Cancellation
    private let end = ConnectionEnd()

    /// Connects nothing yet.
    /// - Parameters:
    ///   - count: how many connections there are.
    ///   - whenCancelled: what a cancelled caller does.
    init(_ settings: ConnectionSettings, count: Int = 1, whenCancelled: Cancellation = .waits) {
        var settings = settings
        settings.end = end
        self.settings = settings
        self.whenCancelled = whenCancelled
        queue = JobQueue(threads: count)
        threads = (0..<count).map { [queue] _ in SessionThread(queue) }
        for thread in threads { thread.start() }
    }

    deinit { queue.close() }

    /// Sends a statement and waits for its rows.
    ///
    /// A statement that only reads is sent a second time on a new connection if the first one was lost, and so is any other that was not sent
    /// because the connection had been lost before.
    @discardableResult
    func run(_ statement: Statement, _ parameters: [Parameter] = []) async throws(PostgresFailure) -> Rows {
        let result = await submit { [settings] session -> Result<Rows, PostgresFailure> in
            let wasConnected = session != nil
            let first = Self.run(statement, parameters, in: &session, settings)
            guard case .failure(let failure) = first,
                failure.allowsSecondTry(wasConnected: wasConnected, isRead: statement.isRead)
            else { return first }
            return Self.run(statement, parameters, in: &session, settings)
        }
        return try result.get()
    }

    /// Sends several statements in one transaction. If it throws something that is certain, nothing of them stands.
    @discardableResult
    func transaction(_ statements: [(Statement, [Parameter])]) async throws(PostgresFailure) -> [Rows] {
        let result = await submit { [settings] session -> Result<[Rows], PostgresFailure> in
            var all: [Rows] = []
            for (statement, parameters) in [(Statement("BEGIN"), [])] + statements + [(Statement("COMMIT"), [])] {
                switch Self.run(statement, parameters, in: &session, settings) {
                case .success(let rows): all.append(rows)
                case .failure(let failure):
                    // Whatever state the session is in, closing it leaves nothing open.
                    session?.close()
                    session = nil
                    return .failure(failure)
                }
            }
            return .success(Array(all.dropFirst().dropLast()))
        }
        return try result.get()
    }

    /// Reads with several statements, and works on what they return, on the connection's thread, which `body` may block. It is begun again
    /// once if the connection was lost, and not begun while the database is known not to answer.
    func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresSession) throws(PostgresFailure) -> Value
    ) async throws(PostgresFailure) -> Value {
        let result = await submit { [settings] session -> Result<Value, PostgresFailure> in
            if let outage = settings.reach?.silence { return .failure(.unreachable(reason: outage)) }
            let wasConnected = session != nil
            let first = Self.use(&session, settings, body)
            guard case .failure(let failure) = first,
                failure.allowsSecondTry(wasConnected: wasConnected, isRead: true)
            else { return first }
            return Self.use(&session, settings, body)
        }
        return try result.get()
    }

    /// Takes nothing more, and closes the connection after what was asked before, or after ``ConnectionEnd/patience`` if the server does
    /// not answer. Returns when it is closed.
    func close() async {
        end.begin()
        queue.close()
        await withCheckedContinuation { queue.whenEnded($0) }
    }

    private func submit<Value: Sendable>(
        _ work: @escaping @Sendable (inout PostgresSession?) -> Result<Value, PostgresFailure>
    ) async -> Result<Value, PostgresFailure> {
        // A task on one of its own threads has the session there to itself.
        for thread in threads {
            if let result = thread.runHere(work) { return result }
        }
        let answer = FirstAnswer<Result<Value, PostgresFailure>>()
        if !queue.add(.work { session in answer.give(work(&session)) }) { answer.give(.failure(.closed)) }
        switch whenCancelled {
        case .waits: return await answer.wait()
        case .leaves:
            return await withTaskCancellationHandler {
                await answer.wait()
            } onCancel: {
                answer.give(.failure(.unknown(reason: "the caller was cancelled")))
            }
        }
    }

    private static func run(
        _ statement: Statement,
        _ parameters: [Parameter],
        in session: inout PostgresSession?,
        _ settings: ConnectionSettings
    ) -> Result<Rows, PostgresFailure> {
        use(&session, settings) { (session) throws(PostgresFailure) in try session.run(statement, parameters) }
    }

    private static func use<Value>(
        _ session: inout PostgresSession?,
        _ settings: ConnectionSettings,
        _ body: (PostgresSession) throws(PostgresFailure) -> Value
    ) -> Result<Value, PostgresFailure> {
        do throws(PostgresFailure) {
            if let session { return .success(try body(session)) }
            let new = try PostgresSession(connecting: settings)
            session = new
            return .success(try body(new))
        } catch {
            if session?.isBroken ?? false || !hasItsJournal(session, after: error, settings) {
                session?.close()
                session = nil
            }
            return .failure(error)
        }
    }

    /// Whether the session leads to the same journal still: another one may have taken the place of its tables.
    private static func hasItsJournal(
        _ session: PostgresSession?,
        after failure: PostgresFailure,
        _ settings: ConnectionSettings
    ) -> Bool {
        guard failure.isRefusal(.undefinedTable), let session, let identity = settings.identity else { return true }
        do throws(PostgresFailure) {
            try identity.check(session)
            return true
        } catch {
            // It remembers why, and every other connection is refused for the same reason.
            return false
        }
    }
}

/// A task can run on the connection's own threads: then no other thread is woken between the task and its statements. Whatever else is asked
/// of the connection waits while the task works there, so this is for a task that uses it alone. It must have left before the connection is
/// closed.
extension PostgresConnection: TaskExecutor {
    func enqueue(_ job: consuming ExecutorJob) {
        let isTaken = queue.add(.task(UnownedJob(job), of: self))
        precondition(isTaken, "a task runs on a connection that is closed")
    }
}
