import Events
import Journal
import JournalFormat

/// A row of the table `chunks`.
struct ChunkRow: Sendable {
    let slot: Int16
    let first: Int64
    let count: Int64
    /// The earliest and the latest time of acceptance, in milliseconds.
    let accepted: ClosedRange<Int64>
    let content: [UInt8]

    /// - Parameter row: `slot, first, count, accepted_first, accepted_last, content`.
    init(_ row: Row) {
        slot = Int16(clamping: row.integer(0))
        first = row.integer(1)
        count = row.integer(2)
        let (start, end) = (row.integer(3), row.integer(4))
        accepted = min(start, end)...max(start, end)
        content = row.bytes(5)
    }

    /// Before ``first`` if the row says that there is no event.
    var last: Int64 { Self.last(from: first, count: count) }

    /// The number of the last of some events, whatever numbers a row has.
    static func last(from first: Int64, count: Int64) -> Int64 {
        let (last, overflows) = first.addingReportingOverflow(count - 1)
        return overflows ? Int64.max : last
    }

    /// Whether an event's number is one of the chunk's.
    func holds(_ sequence: Int64) -> Bool { sequence >= first && sequence <= last }

    /// Reads and checks the events.
    func events(names: NameTable) throws(ChunkFault) -> ChunkEvents {
        try frames().events(names: names)
    }

    /// Reads and checks some of the events.
    /// - Parameter offsets: their indices in the chunk, ascending.
    func events(at offsets: [Int], names: NameTable) throws(ChunkFault) -> [AcceptedEvent] {
        try frames().events(at: offsets, names: names)
    }

    /// What the content has, which must be the events that the row names.
    private func frames() throws(ChunkFault) -> ChunkFrames {
        let frames = try ChunkFrames(stored: content)
        guard frames.first.rawValue == first, frames.count == count else {
            throw .misplaced(first: frames.first.rawValue, count: frames.count)
        }
        return frames
    }
}

/// An event out of its chunk.
struct StoredEvent: Sendable {
    let sequence: Int64
    let event: AcceptedEvent
    /// Bytes in the journal.
    let size: Int

    /// - Returns: nil if the chunk does not hold it.
    init?(_ sequence: Int64, in chunk: ChunkEvents) {
        let (index, overflow) = sequence.subtractingReportingOverflow(chunk.first.rawValue)
        guard !overflow, let index = Int(exactly: index), chunk.events.indices.contains(index) else { return nil }
        self.sequence = sequence
        event = chunk.events[index]
        size = chunk.sizes[index]
    }
}
