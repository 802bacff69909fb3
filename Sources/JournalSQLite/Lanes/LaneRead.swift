import Events
import GRDB
import Journal
import JournalFormat

/// Reads the next piece of the journal for a lane, and finds the events that belong to it.
struct LaneRead: Sendable {
    let lane: LaneBook.Entry
    let membership: any LaneMembership
    /// The accounts of the provider's other lanes.
    let others: [Int64]
    let reader: JournalReader
    let columns: ColumnIndex
    private let names: NameTable
    private var index: WindowIndex
    private let usesIndex: Bool

    /// Chunks that one read looks at, and events and bytes after which it ends.
    private static let (mostChunks, enoughEvents, enoughBytes) = (2000, 4096, 4 << 20)

    init(_ lane: LaneBook.Entry, taking membership: any LaneMembership, _ parts: StoreParts) {
        self.lane = lane
        self.membership = membership
        let names = parts.names.current
        self.names = names
        reader = parts.reader
        columns = parts.columns
        others = names.lanes.values.filter { $0.provider == lane.account.provider && $0.lane != lane.account.lane }
            .map(\.number)
        let filter = lane.filter
        let window = RecordedWindow(
            clock: .occurred,
            from: filter.from ?? Timestamp(milliseconds: .min),
            until: filter.until ?? Timestamp(milliseconds: .max)
        )
        usesIndex = filter.from != nil || filter.until != nil || filter.tenant != nil
        index = WindowIndex(
            window,
            usesIndex ? parts.columns.complete : [],
            tenant: filter.tenant.flatMap { names.number(of: $0) }
        )
    }

    /// The piece after a position.
    mutating func stretch(after position: Int64, through newest: Int64, in db: Database) throws -> LaneStretch {
        var piece = LaneStretch(after: position)
        var (chunks, bytes) = (0, 0)
        while piece.stretch.end < newest, chunks < Self.mostChunks, bytes < Self.enoughBytes,
            piece.ownEvents < Self.enoughEvents
        {
            let region = try index.region(from: piece.stretch.end + 1, through: newest, discarding: columns)
            if case .outside = region.content {
                piece.advance(to: region.last)
                continue
            }
            var known: IndexedRows?
            // Where all of them may be the lane's, there is nothing to skip.
            if case .rows(let rows) = region.content, !rows.areAll { known = rows }
            try read(through: region.last, known, &piece, &chunks, &bytes, in: db)
        }
        return piece
    }

    private func read(
        through last: Int64,
        _ known: IndexedRows?,
        _ piece: inout LaneStretch,
        _ chunks: inout Int,
        _ bytes: inout Int,
        in db: Database
    ) throws {
        let matching = known?.matching ?? []
        let rows = try JournalReader.rows(from: piece.stretch.end + 1, in: db)
        while chunks < Self.mostChunks, bytes < Self.enoughBytes, piece.ownEvents < Self.enoughEvents {
            guard let row = try rows.next().map(ChunkRow.init), row.first <= last else {
                piece.advance(to: last)
                return
            }
            guard row.last > piece.stretch.end else { continue }
            chunks += 1
            defer { piece.advance(to: row.last) }
            if let known, known.hasAll(row.first...row.last), matching.inside(row.first...row.last).isEmpty { continue }
            guard let chunk = try chunk(row) else { continue }
            bytes += chunk.sizes.reduce(0, +)
            let own = try destinations(in: chunk, behind: piece.start, in: db)
            if own.contains(where: { $0 != nil }) { piece.add(chunk, own) }
        }
    }

    /// The row's events: not remembered, since the newest ones are of more use in the cache.
    private func chunk(_ row: ChunkRow) throws -> ChunkEvents? {
        if let chunk = reader.cache.chunk(holding: row.first) { return chunk }
        switch try row.events(names: names) {
        case .success(let chunk): return chunk
        case .failure(let fault):
            reader.damage.note(fault, in: row)
            return nil
        }
    }

    /// Where those events of a chunk go that belong to the lane; nil for the others.
    private func destinations(in chunk: ChunkEvents, behind start: Int64, in db: Database) throws -> [Destination?] {
        var places: [Destination?] = []
        places.reserveCapacity(chunk.events.count)
        var (plan, isOpen): (Plan?, Bool) = (nil, false)
        for (offset, event) in chunk.events.enumerated() {
            if plan !== event.plan { (plan, isOpen) = (event.plan, event.isOpenToLanes(of: lane.account.provider)) }
            let isAhead = chunk.first.rawValue + Int64(offset) > start
            places.append(isOpen && isAhead ? membership.destination(for: event) : nil)
        }
        guard !others.isEmpty, places.contains(where: { $0 != nil }) else { return places }
        for sequence in try LaneTable.taken(of: chunk.first.rawValue...chunk.last.rawValue, by: others, in: db) {
            places[Int(sequence - chunk.first.rawValue)] = nil
        }
        return places
    }
}
