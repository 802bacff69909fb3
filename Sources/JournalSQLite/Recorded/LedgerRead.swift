import Events
import GRDB
import Journal
import JournalFormat

/// Counts the deliveries of a window's events, a stretch of the journal at a time.
struct LedgerRead: Sendable {
    let window: RecordedWindow
    let newest: Int64
    let reader: JournalReader
    let columns: ColumnIndex
    let names: NameTable
    private let tenant: UInt32?
    private var index: WindowIndex
    private var next: Int64 = 1

    /// Chunks, and about how many events, that one step looks at.
    private static let (chunksPerStep, eventsPerStep) = (2000, 65_536)

    init(_ window: RecordedWindow, newest: Int64, _ parts: StoreParts) {
        self.window = window
        self.newest = newest
        reader = parts.reader
        columns = parts.columns
        let names = parts.names.current
        let tenant = window.tenant.flatMap { names.number(of: $0) }
        self.names = names
        self.tenant = tenant
        index = WindowIndex(window, columns.complete, tenant: tenant)
        if window.tenant != nil && tenant == nil || window.until <= window.from { next = newest + 1 }
    }

    var isDone: Bool { next > newest }

    /// Counts the next stretch.
    mutating func step(in db: Database) throws -> LedgerCounts {
        var tally = LedgerTally(names: names, db: db)
        while !isDone, tally.events < Self.eventsPerStep {
            let region = try index.region(from: next, through: newest, discarding: columns)
            switch region.content {
            case .outside: next = region.last + 1
            case .unknown:
                let end = try count(next...region.last, in: db, &tally)
                next = end + 1
                return tally.counts()
            case .rows(let rows):
                guard try count(rows, next...region.last, in: db, &tally) else {
                    index.forget(rows.columns.segment)
                    continue
                }
                next = region.last + 1
                return tally.counts()
            }
        }
        return tally.counts()
    }

    /// Counts what a segment has, and what lies between its rows.
    /// - Returns: false if the segment is damaged; nothing is counted then.
    private func count(
        _ rows: IndexedRows,
        _ range: ClosedRange<Int64>,
        in db: Database,
        _ tally: inout LedgerTally
    ) throws -> Bool {
        do {
            try tally.add(rows, within: range, besides: try RemovedTable.ranges(within: range, in: db))
        } catch let damaged as DamagedSegment {
            if damaged.canBeMadeAgain { columns.discard(damaged) }
            tally = LedgerTally(names: names, db: db)
            return false
        }
        for hole in rows.sequences.holes(in: range, of: rows.columns.segment.count) {
            var next = hole.lowerBound
            while next <= hole.upperBound { next = try count(next...hole.upperBound, in: db, &tally) + 1 }
        }
        return true
    }

    /// Counts the events of some chunks.
    /// - Returns: up to where.
    private func count(_ range: ClosedRange<Int64>, in db: Database, _ tally: inout LedgerTally) throws -> Int64 {
        var (end, chunks, events) = (range.lowerBound - 1, 0, 0)
        let rows = try JournalReader.rows(from: range.lowerBound, in: db)
        while chunks < Self.chunksPerStep, events < Self.eventsPerStep {
            guard let row = try rows.next().map(ChunkRow.init), row.first <= range.upperBound else {
                return range.upperBound
            }
            guard row.last >= range.lowerBound else { continue }
            chunks += 1
            end = min(row.last, range.upperBound)
            guard try window.mayContain(row) else { continue }
            events += Int(row.count)
            try count(row, within: range, &tally)
        }
        return max(end, range.lowerBound)
    }

    private func count(_ row: ChunkRow, within range: ClosedRange<Int64>, _ tally: inout LedgerTally) throws {
        let keys: ChunkKeys
        let isInside: (Int, EventKeys) -> Bool
        do {
            keys = try row.keys(names: names).get()
            isInside = try test(row)
        } catch let error as ChunkFault {
            reader.damage.note(error, in: row)
            tally.damage.append(
                ChunkDamage(first: SequenceNumber(row.first), last: SequenceNumber(row.last), reason: error.reason)
            )
            return
        }
        for (offset, event) in keys.events.enumerated() {
            let sequence = row.first + Int64(offset)
            guard range.contains(sequence), isInside(offset, event) else { continue }
            try tally.add(event, at: sequence, of: keys)
        }
    }

    /// Tells which of a chunk's events are in the window.
    private func test(_ row: ChunkRow) throws -> (Int, EventKeys) -> Bool {
        let (tenants, tenant, window) = (names.tenantNumbers, tenant, window)
        func isOwn(_ event: EventKeys) -> Bool {
            tenant == nil || tenants[UInt32(clamping: event.origin)] == tenant
        }
        if window.clock == .occurred {
            let times = window.from.milliseconds..<window.until.milliseconds
            return { _, event in times.contains(event.timestamp) && isOwn(event) }
        }
        if try window.containsAll(of: row) { return { _, event in isOwn(event) } }
        // Only the events themselves tell when each was accepted.
        let events = try row.events(names: names).get().events
        return { offset, _ in window.contains(events[offset]) }
    }
}
