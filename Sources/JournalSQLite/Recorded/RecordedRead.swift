import Events
import GRDB
import Journal
import JournalFormat

/// Reads a piece of a window's events.
struct RecordedRead {
    let window: RecordedWindow
    /// Maximum number of events examined.
    let limit: Int
    let limitBytes: Int
    let newest: Int64
    let reader: JournalReader
    let columns: ColumnIndex
    let names: NameTable
    private var index: WindowIndex
    private var next: Int64
    private var found: [(sequence: Int64, event: AcceptedEvent)] = []
    private var damage: [ChunkDamage] = []
    private var (looked, bytes, chunks) = (0, 0, 0)

    /// Chunks that a piece looks at, at most, while it skips those outside the window.
    private static let mostChunks = 20_000
    /// So few events among neighbours are looked up one by one.
    private static let few = 3

    init(_ window: RecordedWindow, after position: Int64, limit: Int, newest: Int64, _ parts: StoreParts) {
        self.window = window
        self.limit = max(1, limit)
        self.newest = newest
        limitBytes = parts.settings.pageBytes
        reader = parts.reader
        columns = parts.columns
        let names = parts.names.current
        self.names = names
        next = position + 1
        let tenant = window.tenant.flatMap { names.number(of: $0) }
        // A window with deliveries is often a small part of the journal, of which the newest events would be read for each window.
        let segments = window.withDeliveries ? columns.snapshot().segments : columns.complete
        index = WindowIndex(window, segments, tenant: tenant)
        // Of a tenant that the journal does not know, and of no time, there is nothing.
        if window.tenant != nil && tenant == nil || window.until <= window.from { next = newest + 1 }
    }

    mutating func piece(in db: Database) throws -> RecordedPiece {
        while next <= newest, hasRoom {
            let region = try index.region(from: next, through: newest, discarding: columns)
            switch region.content {
            case .outside: next = region.last + 1
            case .unknown: try read(through: region.last, nil, in: db)
            case .rows(let rows): try read(through: region.last, rows, in: db)
            }
        }
        return RecordedPiece(
            events: window.withDeliveries
                ? try withDeliveries(in: db)
                : found.map { ArchivedEvent(sequence: SequenceNumber($0.sequence), event: $0.event, deliveries: []) },
            through: JournalPosition(SequenceNumber(max(0, next - 1))),
            isLast: next > newest,
            damage: damage
        )
    }

    private var hasRoom: Bool { looked < limit && bytes < limitBytes && chunks < Self.mostChunks }

    /// Reads the chunks of a stretch, as far as there is room.
    private mutating func read(through last: Int64, _ known: IndexedRows?, in db: Database) throws {
        let matching = known?.matching ?? []
        let rows = try JournalReader.rows(from: next, in: db)
        while hasRoom {
            guard let row = try rows.next().map(ChunkRow.init), row.first <= last else {
                next = max(next, last + 1)
                return
            }
            guard row.last >= next else { continue }
            chunks += 1
            let start = max(next, row.first)
            if let known, known.hasAll(row.first...row.last) {
                try read(row, at: matching.inside(start...row.last).map { Int($0 - row.first) })
            } else if try window.mayContain(row) {
                try read(row, at: Array(Int(start - row.first)..<Int(row.count)))
            } else {
                next = row.last + 1
            }
        }
    }

    /// Reads some of a chunk's events, as many as there is room for.
    private mutating func read(_ row: ChunkRow, at offsets: [Int]) throws {
        let taken = Array(offsets.prefix(limit - looked))
        next = taken.count < offsets.count ? row.first + Int64(offsets[taken.count]) : row.last + 1
        guard !taken.isEmpty else { return }
        looked += taken.count
        switch try events(of: row, at: taken) {
        case .success(let events):
            for (offset, event) in zip(taken, events) where window.contains(event) {
                found.append((row.first + Int64(offset), event))
                bytes += event.approximateBytes + event.plan.destinations.count * 256
            }
        case .failure(let fault):
            self.reader.damage.note(fault, in: row)
            damage.append(
                ChunkDamage(first: SequenceNumber(row.first), last: SequenceNumber(row.last), reason: fault.reason)
            )
            next = row.last + 1
        }
    }

    private func events(of row: ChunkRow, at offsets: [Int]) throws -> Result<[AcceptedEvent], ChunkFault> {
        guard offsets.count * 2 >= Int(row.count) else { return try row.events(at: offsets, names: names) }
        return try row.events(names: names).map { chunk in offsets.map { chunk.events[$0] } }
    }

    private func withDeliveries(in db: Database) throws -> [ArchivedEvent] {
        var deliveries = DeliveryAssembly(db: db, names: names)
        var archived: [ArchivedEvent] = []
        archived.reserveCapacity(found.count)
        var rest = found[...]
        while let first = rest.first?.sequence {
            let neighbours = rest.prefix { $0.sequence / Schema.runSpan == first / Schema.runSpan }
            rest = rest.dropFirst(neighbours.count)
            try deliveries.load(
                neighbours.count > Self.few ? first...neighbours[neighbours.endIndex - 1].sequence : nil
            )
            for (sequence, event) in neighbours {
                archived.append(
                    ArchivedEvent(
                        sequence: SequenceNumber(sequence),
                        event: event,
                        deliveries: try deliveries.all(of: event, at: sequence)
                    )
                )
            }
        }
        return archived
    }
}

extension RecordedWindow {
    /// Whether an event of this chunk can be in it, as far as its row tells.
    func mayContain(_ row: ChunkRow) throws -> Bool {
        if clock == .occurred { return true }
        let accepted = try row.accepted()
        return accepted.upperBound >= from.milliseconds && accepted.lowerBound < until.milliseconds
    }

    /// Whether all events of this chunk are in it, as far as its row tells, but for those of other tenants.
    func containsAll(of row: ChunkRow) throws -> Bool {
        guard clock == .accepted else { return false }
        let accepted = try row.accepted()
        return accepted.lowerBound >= from.milliseconds && accepted.upperBound < until.milliseconds
    }
}
