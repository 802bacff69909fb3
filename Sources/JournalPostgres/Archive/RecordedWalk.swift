import Events
import Journal
import JournalFormat

/// Reads a piece of a window's events, slot by slot.
struct RecordedWalk {
    private let parts: StoreParts
    private let window: RecordedWindow
    /// Maximum number of events examined.
    private let limit: Int
    private var through: JournalPosition
    private var found: [(sequence: Int64, event: AcceptedEvent)] = []
    private var damage: [ChunkDamage] = []
    private var (looked, bytes, chunks) = (0, 0, 0)

    /// Chunks that a piece looks at, at most, while it skips those outside the window.
    private static let mostChunks = 2000
    private static let chunksPerRead = 16

    init(_ parts: StoreParts, _ window: RecordedWindow, after position: JournalPosition, limit: Int) {
        self.parts = parts
        self.window = window
        self.limit = max(1, limit)
        through = position
    }

    mutating func piece(_ session: PostgresSession) throws(PostgresFailure) -> RecordedPiece {
        var isLast = true
        for end in try session.run(.readEnds, []) {
            let (slot, last) = (Int16(clamping: end.integer(0)), end.integer(1))
            if window.until <= window.from { advance(slot, to: last) }
            while hasRoom, place(in: slot) < last { try read(slot, through: last, session) }
            if place(in: slot) < last { isLast = false }
        }
        let names = parts.names.current
        return RecordedPiece(
            events: window.withDeliveries
                ? try DeliveryAssembly(names: names, session: session).archived(found)
                : found.map { ArchivedEvent(sequence: SequenceNumber($0.sequence), event: $0.event, deliveries: []) },
            through: through,
            isLast: isLast,
            damage: damage
        )
    }

    private var hasRoom: Bool {
        looked < limit && bytes < parts.settings.pageBytes && chunks < Self.mostChunks
    }

    private func place(in slot: Int16) -> Int64 { through.number(inStream: UInt16(slot)).rawValue }

    private mutating func advance(_ slot: Int16, to number: Int64) {
        through = through.advanced(to: SequenceNumber(number), inStream: UInt16(slot))
    }

    private mutating func read(_ slot: Int16, through last: Int64, _ session: PostgresSession) throws(PostgresFailure) {
        let rows = try parts.reader.rows(after: place(in: slot), in: slot, limit: Self.chunksPerRead, session)
        for row in rows where hasRoom {
            chunks += 1
            if window.mayContain(row.accepted) { try look(at: row, session) } else { advance(slot, to: row.last) }
        }
        // What is missing in between was removed, and never comes again.
        if rows.isEmpty { advance(slot, to: last) }
    }

    private mutating func look(at row: ChunkRow, _ session: PostgresSession) throws(PostgresFailure) {
        let start = max(row.first, place(in: row.slot) + 1)
        guard start <= row.last else { return }
        let taken = Array((start...row.last).prefix(limit - looked))
        let offsets = taken.map { Int($0 - row.first) }
        let events = try parts.reader.read(row, session) { (names) throws(ChunkFault) in
            try row.events(at: offsets, names: names)
        }
        guard let events else {
            let known = try session.run(.readDamage, []).first { $0.integer(0) == row.first }
            damage.append(
                ChunkDamage(
                    first: SequenceNumber(row.first),
                    last: SequenceNumber(row.last),
                    reason: known?.text(2) ?? ""
                )
            )
            return advance(row.slot, to: row.last)
        }
        looked += taken.count
        advance(row.slot, to: taken.last ?? row.last)
        for (sequence, event) in zip(taken, events) where window.contains(event) {
            found.append((sequence, event))
            bytes += event.approximateBytes + event.plan.destinations.count * 256
        }
    }
}

extension RecordedWindow {
    /// Whether an event of a chunk can be in it, whose events were accepted in this time.
    func mayContain(_ accepted: ClosedRange<Int64>) -> Bool {
        clock == .occurred || (accepted.upperBound >= from.milliseconds && accepted.lowerBound < until.milliseconds)
    }
}
