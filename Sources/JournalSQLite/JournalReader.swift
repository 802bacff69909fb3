import Events
import GRDB
import Journal
import JournalFormat

/// Reads chunks: from the cache if they are there, from the database if not, and remembers them then.
struct JournalReader: Sendable {
    let names: JournalNames
    let cache: ChunkCache
    let damage: DamageLog

    /// Chunks that one read looks at, at most, while it skips those of other providers.
    private static let rowsLookedAt = 20_000

    // MARK: Single events

    /// The events with these numbers that are here and readable.
    func events(at sequences: [Int64], in db: Database) throws -> [Int64: StoredEvent] {
        var found: [Int64: StoredEvent] = [:]
        var chunk: ChunkEvents?
        for sequence in sequences {
            if chunk.map({ $0.first.rawValue > sequence || $0.last.rawValue < sequence }) ?? true {
                chunk = try self.chunk(holding: sequence, in: db)
            }
            if let chunk { found[sequence] = StoredEvent(sequence, in: chunk) }
        }
        return found
    }

    /// The same, but for each chunk that is not in the cache only the events that are asked for are made, and none is remembered.
    /// - Parameters:
    ///   - sequences: ascending.
    ///   - limitBytes: how many bytes of events may be read.
    /// - Returns: nil if several events are more than that.
    func chosenEvents(
        at sequences: [Int64],
        limitBytes: Int,
        in db: Database
    ) throws -> [Int64: AcceptedEvent]? {
        var found: [Int64: AcceptedEvent] = [:]
        var bytes = 0
        var rest = sequences[...]
        while let next = rest.first {
            if bytes > limitBytes, found.count > 1 { return nil }
            if let chunk = cache.chunk(holding: next) {
                while let sequence = rest.first, sequence <= chunk.last.rawValue {
                    let event = StoredEvent(sequence, in: chunk)
                    found[sequence] = event?.event
                    bytes += event?.size ?? 0
                    rest.removeFirst()
                }
                continue
            }
            rest.removeFirst()
            try Self.withRow(holding: next, in: db) { row in
                var chosen = [next]
                while let sequence = rest.first, sequence <= row.last { chosen.append(rest.removeFirst()) }
                switch try row.events(at: chosen.map { Int($0 - row.first) }, names: names.current) {
                case .success(let events):
                    for (sequence, event) in zip(chosen, events) {
                        found[sequence] = event
                        bytes += event.approximateBytes
                    }
                case .failure(let fault): damage.note(fault, in: row)
                }
            }
        }
        return bytes > limitBytes && found.count > 1 ? nil : found
    }

    /// The same from the cache alone; nil if one of them is not in it.
    func cachedEvents(at sequences: [Int64]) -> [Int64: StoredEvent]? {
        var found: [Int64: StoredEvent] = [:]
        for sequence in sequences {
            guard let chunk = cache.chunk(holding: sequence) else { return nil }
            found[sequence] = StoredEvent(sequence, in: chunk)
        }
        return found
    }

    /// - Returns: nil if there is no such event, or no longer, or its chunk is damaged.
    func chunk(holding sequence: Int64, in db: Database) throws -> ChunkEvents? {
        if let chunk = cache.chunk(holding: sequence) { return chunk }
        return try Self.withRow(holding: sequence, in: db) { try events(of: $0) } ?? nil
    }

    /// Whether a chunk holds this event, readable or not.
    static func hasEvent(_ sequence: Int64, in db: Database) throws -> Bool {
        let last = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT first + count - 1 FROM chunks WHERE first <= ? ORDER BY first DESC LIMIT 1"
            ),
            arguments: [sequence]
        )
        return last.map { $0 >= sequence } ?? false
    }

    /// Calls `body` with the row of the chunk that holds this event, if there is one.
    private static func withRow<Value>(
        holding sequence: Int64,
        in db: Database,
        _ body: (ChunkRow) throws -> Value
    ) throws -> Value? {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT \(ChunkRow.columns) FROM chunks WHERE first <= ? ORDER BY first DESC LIMIT 1"
            ),
            arguments: [sequence]
        )
        // The row is good as long as the cursor lives.
        return try withExtendedLifetime(rows) {
            guard let row = try rows.next().map(ChunkRow.init), sequence <= row.last else { return nil }
            return try body(row)
        }
    }

    // MARK: Stretches

    /// The next piece of the journal after `position`, from the cache alone; nil if it does not begin there.
    func cachedStretch(after position: Int64, through newest: Int64, limit: BlockLimit) -> Stretch? {
        var stretch = Stretch(end: position)
        var events = 0
        while stretch.end < newest, events < limit.events, let chunk = cache.chunk(holding: stretch.end + 1) {
            events += Int(chunk.last.rawValue - stretch.end)
            stretch.chunks.append(chunk)
            stretch.end = chunk.last.rawValue
        }
        return stretch.chunks.isEmpty ? nil : stretch
    }

    /// The next piece of the journal after `position` that has events for the provider.
    ///
    /// It ends before a damaged chunk, or is nothing but that.
    func stretch(
        after position: Int64,
        through newest: Int64,
        for provider: Int64,
        limit: BlockLimit,
        in db: Database
    ) throws -> Stretch {
        var stretch = Stretch(end: position)
        var (events, bytes, looked) = (0, 0, 0)
        let rows = try Self.rows(from: position + 1, in: db)
        while events < limit.events, bytes < limit.bytes, looked < Self.rowsLookedAt {
            guard let row = try rows.next().map(ChunkRow.init) else {
                stretch.end = newest
                break
            }
            looked += 1
            guard row.last > position else { continue }
            guard row.first <= newest else { break }
            let own = row.providers.events(for: provider)
            if own > 0 {
                guard let chunk = try self.events(of: row) else {
                    if stretch.chunks.isEmpty { return Stretch(end: row.last, damagedEvents: own) }
                    break
                }
                stretch.chunks.append(chunk)
                events += own
                bytes += chunk.sizes.reduce(0, +)
            }
            stretch.end = row.last
        }
        return stretch
    }

    /// Chunk rows in journal order from the one that holds `sequence`, or the first after it.
    static func rows(from sequence: Int64, in db: Database) throws -> RowCursor {
        try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(ChunkRow.columns) FROM chunks
                    WHERE first >= coalesce((SELECT max(first) FROM chunks WHERE first <= ?), 0) ORDER BY first
                    """
            ),
            arguments: [sequence]
        )
    }

    /// The row's events, from the cache or from its blob; nil if it is damaged.
    func events(of row: ChunkRow) throws -> ChunkEvents? {
        if let chunk = cache.chunk(holding: row.first) { return chunk }
        switch try row.events(names: names.current) {
        case .success(let chunk):
            cache.insert(chunk)
            return chunk
        case .failure(let fault):
            damage.note(fault, in: row)
            return nil
        }
    }
}

/// An event out of its chunk.
struct StoredEvent: Sendable {
    let event: AcceptedEvent
    /// Bytes in the journal.
    let size: Int

    /// - Returns: nil if the chunk does not hold it.
    init?(_ sequence: Int64, in chunk: ChunkEvents) {
        let index = Int(sequence - chunk.first.rawValue)
        guard chunk.events.indices.contains(index) else { return nil }
        event = chunk.events[index]
        size = chunk.sizes[index]
    }
}

extension JournalReader {
    /// The provider's first event after `position` that is not settled.
    func firstEvent(
        after position: Int64,
        through newest: Int64,
        for provider: Int64,
        in db: Database,
        isSettled: (Int64) -> Bool
    ) throws -> Int64? {
        guard let name = names.current.providers[provider] else { return nil }
        let one = BlockLimit(events: 1, bytes: 1)
        var position = position
        while position < newest {
            let stretch = try stretch(after: position, through: newest, for: provider, limit: one, in: db)
            for chunk in stretch.chunks {
                for (offset, event) in chunk.events.enumerated() {
                    let sequence = chunk.first.rawValue + Int64(offset)
                    guard sequence > position, event.plan.destination(at: name) != nil else { continue }
                    if !isSettled(sequence) { return sequence }
                }
            }
            position = max(position + 1, stretch.end)
        }
        return nil
    }
}
