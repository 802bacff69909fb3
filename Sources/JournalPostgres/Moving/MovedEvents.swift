import Events
import JournalFormat

/// The events of a moved chunk as far as they matter to other tables.
struct MovedEvents: Sendable {
    /// Nil if the chunk is damaged.
    private let plans: [UInt64]?
    let chunk: MovedChunk

    init(_ chunk: MovedChunk) {
        self.chunk = chunk
        do throws(ChunkFault) {
            let keys = try Chunk.keys(chunk.content)
            let isWhole = keys.first.rawValue == chunk.first && keys.events.count == chunk.count
            plans = isWhole ? keys.events.map(\.plan) : nil
        } catch {
            plans = nil
        }
    }

    /// What a run has of the chunk. A run may begin in an earlier one; here, each chunk has its own.
    /// - Parameters:
    ///   - accounts: those that each plan names, without the accounts of lanes.
    ///   - rows: which events of the chunk have a row of their own.
    /// - Returns: the events, ascending.
    /// - Throws: ``DamagedMembers`` if the run does not say which events are its own.
    func events(of run: MovedOutcomes.Run, accounts: [UInt64: [Int64]], rows: Set<MovedOutcomes.Row>, isLane: Bool)
        throws(DamagedMembers) -> [Int64]
    {
        let range = max(run.first, chunk.first)...max(run.first, chunk.first, min(run.last, chunk.last))
        guard run.last >= chunk.first, run.first <= chunk.last else { return [] }
        if let members = try RunMembers(decoding: run.members, first: run.first) {
            return members.ranges.filter { $0.overlaps(range) }.flatMap { $0.clamped(to: range) }
        }
        // A lane's run without members has all events from its first to its last; and so has one that nobody can read.
        guard let plans, !isLane else { return Array(range) }
        return range.filter { sequence in
            guard accounts[plans[Int(sequence - chunk.first)]]?.contains(run.account) ?? false else { return false }
            return !rows.contains(MovedOutcomes.Row(account: run.account, sequence: sequence))
        }
    }
}
