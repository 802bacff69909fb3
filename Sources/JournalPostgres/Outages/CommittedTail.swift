import Events
import JournalFormat
import Synchronization

/// What the database has lately confirmed to this node, and must have behind every new connection.
///
/// After a failover to a standby that was behind, or after the database was restored, the newest commits may be missing. Then nothing that
/// this node has in memory is certain. The node finds it by its own newest chunks and by what it has written for its accounts; what others
/// may have lost is told by the timeline, which changes with every failover and restore.
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
        /// On which of the database's timelines the last connection was; nil: it is not known.
        var timeline: String?
        /// What is still to be written down.
        var recovery: LossRecovery?
    }

    private struct Handler {
        weak var value: (any LossHandling)?
    }

    private let state = Mutex(State())
    private let handler = Mutex(Handler())

    /// How long a chunk is remembered, how many bytes of events, and how many chunks beyond those: a standby is seconds behind.
    private static let (age, limitBytes, limitChunks) = (Duration.seconds(600), 16 << 20, 4096)

    /// Events that were confirmed and are missing, since the store was opened.
    var lostEvents: Int { state.withLock { $0.lostEvents } }

    /// Sets who recovers from losses.
    func set(handler new: any LossHandling) { handler.withLock { $0.value = new } }

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

    /// Checks what a new connection leads to. Nothing is done with it before all is written down that follows from a loss, whichever
    /// connection has found it.
    func check(_ session: PostgresSession) throws(PostgresFailure) {
        let handler = handler.withLock { $0.value }
        let holdings = handler?.holdings ?? NodeHoldings()
        let timeline = try Self.timeline(session)
        let missing = try missingChunks(session)
        let behind = try Self.accountsBehind(holdings, session)
        if let loss = note(missing: missing, behind: behind, timeline, holdings) { handler?.giveUp(loss) }
        guard let recovery = state.withLock({ $0.recovery }) else { return }
        try handler?.write(recovery, session)
        state.withLock { state in
            // Otherwise there was another loss meanwhile.
            if state.recovery == recovery { state.recovery = nil }
        }
    }

    /// - Returns: nil if the server does not tell.
    private static func timeline(_ session: PostgresSession) throws(PostgresFailure) -> String? {
        do throws(PostgresFailure) {
            return try session.run(.readTimeline, []).first?.optionalText(0)
        } catch {
            guard case .refused = error else { throw error }
            return nil
        }
    }

    /// The first numbers of chunks that were confirmed and are not there.
    private func missingChunks(_ session: PostgresSession) throws(PostgresFailure) -> Set<Int64> {
        let entries = state.withLock { $0.entries }
        guard !entries.isEmpty else { return [] }
        let found = Set(
            try session.run(.readFirsts, [.int2s(entries.map(\.slot)), .int8s(entries.map(\.first))]).map {
                $0.integer(0)
            }
        )
        return Set(entries.lazy.map(\.first)).subtracting(found)
    }

    /// The accounts of which the database has less than it has confirmed.
    private static func accountsBehind(_ holdings: NodeHoldings, _ session: PostgresSession) throws(PostgresFailure)
        -> Set<ProviderName>
    {
        let accounts = holdings.accounts
        guard !accounts.isEmpty else { return [] }
        let parameters: [Parameter] = [
            .texts(accounts.map(\.provider.rawValue)), .int8s(accounts.map(\.epoch)), .int8s(accounts.map(\.flight)),
        ]
        return Set(try session.run(.readAccountsBehind, parameters).map { ProviderName($0.text(0)) })
    }

    /// Remembers what follows from what a connection has shown. Of several connections, one finds a chunk missing.
    /// - Returns: nil if nothing follows.
    private func note(
        missing: Set<Int64>,
        behind: Set<ProviderName>,
        _ timeline: String?,
        _ holdings: NodeHoldings
    ) -> CommitLoss? {
        state.withLock { state in
            let hasMoved = timeline != nil && state.timeline != nil && state.timeline != timeline
            state.timeline = timeline ?? state.timeline
            let lost = state.entries.filter { missing.contains($0.first) }
            guard hasMoved || !lost.isEmpty || !behind.isEmpty else { return nil }
            state.entries.removeAll { missing.contains($0.first) }
            state.bytes -= lost.reduce(0) { $0 + $1.bytes }
            state.lostEvents += lost.reduce(0) { $0 + $1.chunk.events.count }
            let doubtful = holdings.accounts.filter { account in
                account.hasIntended && (behind.contains(account.provider) || account.isHeld && !lost.isEmpty)
            }
            let recovery = LossRecovery(held: Set(doubtful.map(\.provider)), nodes: holdings.nodes)
            state.recovery = state.recovery?.joined(with: recovery) ?? recovery
            return CommitLoss(
                events: lost.flatMap(\.chunk.events),
                isCertain: !lost.isEmpty || !behind.isEmpty,
                nodes: holdings.nodes
            )
        }
    }
}
