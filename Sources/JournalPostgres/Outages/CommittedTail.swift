import Events
import JournalFormat
import Synchronization

/// What the database has lately confirmed to this node, and must have behind every new connection.
///
/// After a failover to a standby that was behind, or after the database was restored, the newest commits may be missing. Then nothing that
/// this node has in memory is certain.
final class CommittedTail: Sendable {
    private struct Entry {
        let slot: Int16
        let chunk: ChunkEvents
        let at: ContinuousClock.Instant

        var first: Int64 { chunk.first.rawValue }
        var bytes: Int { chunk.sizes.reduce(0, +) }
    }

    private struct State {
        /// In the order in which they were confirmed.
        var entries: [Entry] = []
        var bytes = 0
        var lostEvents = 0
    }

    private let state = Mutex(State())
    private let whenLost = Mutex<(@Sendable (PostgresSession, [AcceptedEvent]) -> Void)?>(nil)

    /// How long a chunk is remembered, how many bytes of events, and how many chunks beyond those: a standby is seconds behind.
    private static let (age, limitBytes, limitChunks) = (Duration.seconds(600), 16 << 20, 4096)

    /// Events that were confirmed and are missing, since the store was opened.
    var lostEvents: Int { state.withLock { $0.lostEvents } }

    /// Sets what is done when commits are missing: called on the session that has found it, before anything else is done there.
    func set(whenLost handle: (@Sendable (PostgresSession, [AcceptedEvent]) -> Void)?) {
        whenLost.withLock { $0 = handle }
    }

    /// The database has confirmed these chunks.
    func confirmed(_ chunks: [ChunkEvents], in slot: Int16, at now: ContinuousClock.Instant) {
        state.withLock { state in
            for chunk in chunks {
                let entry = Entry(slot: slot, chunk: chunk, at: now)
                state.entries.append(entry)
                state.bytes += entry.bytes
            }
            let excess = state.entries.count - Self.limitChunks
            var count = 0
            // The newest one stays, whatever its size.
            for entry in state.entries.dropLast() {
                guard count < excess || state.bytes > Self.limitBytes || now - entry.at > Self.age else { break }
                state.bytes -= entry.bytes
                count += 1
            }
            state.entries.removeFirst(count)
        }
    }

    /// Checks what a new connection leads to.
    func check(_ session: PostgresSession) throws(PostgresFailure) {
        let entries = state.withLock { $0.entries.filter { ContinuousClock.now - $0.at <= Self.age } }
        guard !entries.isEmpty else { return }
        let found = Set(
            try session.run(.readFirsts, [.int2s(entries.map(\.slot)), .int8s(entries.map(\.first))]).map {
                $0.integer(0)
            }
        )
        let missing = Set(entries.lazy.map(\.first)).subtracting(found)
        guard !missing.isEmpty else { return }
        // Of several connections, one finds it.
        let lost = state.withLock { state -> [Entry] in
            let lost = state.entries.filter { missing.contains($0.first) }
            state.entries.removeAll { missing.contains($0.first) }
            state.bytes -= lost.reduce(0) { $0 + $1.bytes }
            state.lostEvents += lost.reduce(0) { $0 + $1.chunk.events.count }
            return lost
        }
        guard !lost.isEmpty else { return }
        whenLost.withLock { $0 }?(session, lost.flatMap(\.chunk.events))
    }
}
