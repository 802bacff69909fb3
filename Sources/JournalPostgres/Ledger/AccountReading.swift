import Events
import Journal
import JournalFormat

extension JournalReader {
    /// The next piece of a slot that has events for an account.
    ///
    /// It ends before a damaged chunk, or is nothing but that.
    func stretch(
        of walk: SlotWalk,
        for account: Int32,
        limit: BlockLimit,
        _ session: PostgresSession
    ) throws(PostgresFailure) -> Stretch {
        let heads = try heads(of: walk, for: account, session)
        let chunks = try chunks(heads.map(\.first), in: walk.slot, session)
        var stretch = Stretch(end: walk.position)
        var (events, bytes) = (0, 0)
        for head in heads {
            guard events < limit.events, bytes < limit.bytes else { return stretch }
            guard let chunk = chunks[head.first] else {
                return stretch.chunks.isEmpty ? Stretch(end: head.last, damagedEvents: head.events) : stretch
            }
            stretch.chunks.append(chunk)
            stretch.end = head.last
            events += head.events
            bytes += chunk.sizes.reduce(0, +)
        }
        if heads.count < Self.chunksPerRead { stretch.end = walk.end }
        return stretch
    }

    /// Where a chunk is, and how many events of the account are in it.
    private struct Head {
        let first: Int64
        let last: Int64
        let events: Int
    }

    private static let chunksPerRead = 16

    private func heads(of walk: SlotWalk, for account: Int32, _ session: PostgresSession) throws(PostgresFailure)
        -> [Head]
    {
        let parameters: [Parameter] = [
            .int2(walk.slot), .int8(walk.position), .int8(SlotNumbers.lowestFirst(of: walk.position)), .int8(walk.end),
            .int4(account), .int8(Int64(Self.chunksPerRead)),
        ]
        return try session.run(.readOwnChunkHeads, parameters).map { row in
            Head(
                first: row.integer(0),
                last: ChunkRow.last(from: row.integer(0), count: row.integer(1)),
                events: Int(clamping: row.integer(2))
            )
        }
    }

    /// The chunks that can be read, by their first numbers; from the cache where they are in it.
    private func chunks(_ firsts: [Int64], in slot: Int16, _ session: PostgresSession) throws(PostgresFailure)
        -> [Int64: ChunkEvents]
    {
        var found: [Int64: ChunkEvents] = [:]
        for first in firsts { found[first] = cache.chunk(holding: first) }
        let missing = firsts.filter { found[$0] == nil }
        guard !missing.isEmpty else { return found }
        let parameters: [Parameter] = [.int2s(missing.map { _ in slot }), .int8s(missing), .int8s(missing)]
        for row in try session.run(.readChunksHolding, parameters).map(ChunkRow.init) {
            found[row.first] = try events(of: row, session)
        }
        return found
    }
}
