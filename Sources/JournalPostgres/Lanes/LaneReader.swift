import Events
import Journal
import JournalFormat

/// Reads the next piece of a slot for a lane, and finds the events that belong to it.
struct LaneReader: Sendable {
    let reader: JournalReader
    let provider: ProviderName
    let membership: any LaneMembership
    /// The accounts of the provider's other lanes.
    let others: [Int32]

    /// Chunks that one piece looks at, and events and bytes after which it ends.
    private static let (mostChunks, enoughEvents, enoughBytes) = (2000, 4096, 4 << 20)
    private static let chunksPerRead = 16

    func piece(of walk: SlotWalk, _ session: PostgresSession) throws(PostgresFailure) -> LaneStretch {
        var piece = LaneStretch(after: walk.position)
        var (chunks, bytes) = (0, 0)
        while piece.stretch.end < walk.end, chunks < Self.mostChunks, bytes < Self.enoughBytes,
            piece.ownEvents < Self.enoughEvents
        {
            let rows = try reader.rows(after: piece.stretch.end, in: walk.slot, limit: Self.chunksPerRead, session)
            for row in rows where row.first <= walk.end {
                chunks += 1
                bytes += row.content.count
                defer { piece.advance(to: min(row.last, walk.end)) }
                // Not remembered, since the newest events are of more use in the cache.
                guard let chunk = try chunk(row, session) else { continue }
                let own = try destinations(in: chunk, row, walk, session)
                if own.contains(where: { $0 != nil }) { piece.add(chunk, own) }
            }
            if rows.count < Self.chunksPerRead || rows.contains(where: { $0.first > walk.end }) {
                piece.advance(to: walk.end)
            }
        }
        return piece
    }

    private func chunk(_ row: ChunkRow, _ session: PostgresSession) throws(PostgresFailure) -> ChunkEvents? {
        if let chunk = reader.cache.chunk(holding: row.first) { return chunk }
        return try reader.read(row, session) { (names) throws(ChunkFault) in try row.events(names: names) }
    }

    /// Where those events of a chunk go that belong to the lane; nil for the others.
    private func destinations(
        in chunk: ChunkEvents,
        _ row: ChunkRow,
        _ walk: SlotWalk,
        _ session: PostgresSession
    ) throws(PostgresFailure) -> [Destination?] {
        var places: [Destination?] = []
        places.reserveCapacity(chunk.events.count)
        var (plan, isOpen): (Plan?, Bool) = (nil, false)
        for (offset, event) in chunk.events.enumerated() {
            let sequence = chunk.first.rawValue + Int64(offset)
            if plan !== event.plan { (plan, isOpen) = (event.plan, event.isOpenToLanes(of: provider)) }
            let isInside = sequence > walk.position && sequence <= walk.end
            places.append(isOpen && isInside ? membership.destination(for: event) : nil)
        }
        guard !others.isEmpty, places.contains(where: { $0 != nil }) else { return places }
        for sequence in try taken(row, session) {
            let (place, overflows) = sequence.subtractingReportingOverflow(chunk.first.rawValue)
            if !overflows, places.indices.contains(Int(place)) { places[Int(place)] = nil }
        }
        return places
    }

    /// The events of a chunk that other lanes have an outcome for. Those that a cancelled lane released are free.
    private func taken(_ row: ChunkRow, _ session: PostgresSession) throws(PostgresFailure) -> Set<Int64> {
        let accounts = Parameter.int4s(others)
        let (first, last) = (Parameter.int8(row.first), Parameter.int8(row.last))
        var taken: Set<Int64> = []
        for run in try session.run(.readRunsInChunk, [accounts, .int2(row.slot), first, last]) {
            let (start, end) = (run.integer(0), run.integer(1))
            if let members = try run.members(2, first: start) {
                for range in members.ranges { taken.formUnion(range) }
            } else {
                // A run is not longer than a span, whatever its row says.
                taken.formUnion(start...max(start, min(end, start | (RunMembers.span - 1))))
            }
        }
        let cancelled = Parameter.text(DeliveryErrorCode.backfillCancelled.rawValue)
        for found in try session.run(.readRowsInChunk, [accounts, first, last, cancelled]) {
            taken.insert(found.integer(0))
        }
        return taken
    }
}
