import Journal
import Synchronization

/// The journal that this node works with. A database that has another one after a new connection is refused: it was made again, or the
/// address leads elsewhere now.
final class JournalIdentity: Sendable {
    /// What the journal must have.
    let tail = CommittedTail()
    private let id: String
    private let foreign = Mutex<String?>(nil)
    private let found = LeaseSignal()

    init(_ id: String) {
        self.id = id
    }

    /// Nil as long as every connection led to this journal.
    var fault: String? { foreign.withLock { $0 } }

    /// Checks what a new connection leads to.
    func check(_ session: PostgresSession) throws(PostgresFailure) {
        let row: Row?
        do throws(PostgresFailure) {
            row = try session.run(.readIdentity, []).first
        } catch {
            guard error.isRefusal(.undefinedTable) else { throw error }
            // Perhaps it is being restored.
            throw .unreachable(reason: "the database has no journal")
        }
        guard let row, !row.bool(1) else { throw .unreachable(reason: "the server is a standby") }
        // Tables without a journal: they were made again, or their rows are being restored just now.
        guard let value = row.optionalBytes(0) else { throw .unreachable(reason: "the database has no journal") }
        let other = String(decoding: value, as: UTF8.self)
        guard other != id else { return try tail.check(session) }
        let reason = "the database has another journal now: \(other) instead of \(id)"
        foreign.withLock { $0 = reason }
        found.set(.lost)
        throw .unreachable(reason: reason)
    }

    /// Returns when a connection has led to another journal, or when the task is cancelled.
    func waitForFault() async { _ = await found.wait() }
}
