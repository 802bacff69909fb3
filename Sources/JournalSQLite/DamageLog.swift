import Events
import Journal
import JournalFormat
import Logging
import Synchronization

/// The chunks that could not be read: logged once each, and saved with the next commit.
final class DamageLog: Sendable {
    private struct State {
        var known: [Int64: ChunkDamage] = [:]
        var unsaved: [Int64] = []
    }

    private let state: Mutex<State>
    private let logger: Logger

    init(known: [ChunkDamage], logger: Logger) {
        var state = State()
        for damage in known { state.known[damage.first.rawValue] = damage }
        self.state = Mutex(state)
        self.logger = logger
    }

    /// All known damage in journal order.
    var all: [ChunkDamage] {
        state.withLock { $0.known.values.sorted { $0.first < $1.first } }
    }

    /// What is not on disk yet.
    var unsaved: [ChunkDamage] {
        state.withLock { state in state.unsaved.compactMap { state.known[$0] } }
    }

    func note(_ fault: ChunkFault, in row: ChunkRow) {
        let damage = ChunkDamage(
            first: SequenceNumber(row.first),
            last: SequenceNumber(row.last),
            reason: fault.reason
        )
        let isNew = state.withLock { state in
            guard state.known.updateValue(damage, forKey: row.first) == nil else { return false }
            state.unsaved.append(row.first)
            return true
        }
        guard isNew else { return }
        logger.error(
            "a chunk of the journal is damaged and was skipped",
            metadata: ["first": "\(row.first)", "last": "\(row.last)", "reason": "\(fault.reason)"]
        )
    }

    func saved(_ damage: [ChunkDamage]) {
        guard !damage.isEmpty else { return }
        state.withLock { state in state.unsaved.removeAll { first in damage.contains { $0.first.rawValue == first } } }
    }
}
