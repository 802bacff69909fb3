import Events
import Journal
import JournalFormat
import Logging

/// Reads events: from the cache if they are there, from the database if not.
struct JournalReader: Sendable {
    let names: JournalNames
    let cache: ChunkCache
    let logger: Logger

    /// The events with these numbers that are here and readable. Their chunks are remembered.
    func events(at sequences: [Int64], _ session: PostgresSession) throws(PostgresFailure) -> [Int64: StoredEvent] {
        var found: [Int64: StoredEvent] = [:]
        var missing: [Int64] = []
        for sequence in sequences {
            if let chunk = cache.chunk(holding: sequence) {
                found[sequence] = StoredEvent(sequence, in: chunk)
            } else {
                missing.append(sequence)
            }
        }
        var rest = Set(missing)
        for row in try rows(holding: missing, session) {
            guard let chunk = try events(of: row, session) else { continue }
            for sequence in rest where row.holds(sequence) {
                found[sequence] = StoredEvent(sequence, in: chunk)
                rest.remove(sequence)
            }
        }
        return found
    }

    /// The same, but of chunks that are not in the cache only these events are made, and nothing is remembered.
    func chosenEvents(at sequences: [Int64], _ session: PostgresSession) throws(PostgresFailure)
        -> [Int64: AcceptedEvent]
    {
        let (cached, missing) = cachedEvents(at: sequences)
        var found = cached
        _ = try read(missing, &found, session)
        return found
    }

    /// The same, of events that may be too large: chunks are read some at a time, so that no more of them are in memory.
    /// - Returns: nil if the events are larger than the limit together; one alone never is.
    func chosenEvents(at sequences: [Int64], limitBytes: Int, _ session: PostgresSession) throws(PostgresFailure)
        -> [Int64: AcceptedEvent]?
    {
        let (cached, missing) = cachedEvents(at: sequences)
        var found = cached
        func isTooMuch() -> Bool {
            found.count > 1 && found.values.reduce(0) { $0 + $1.approximateBytes } > limitBytes
        }
        var (rest, count) = (missing[...], Self.firstRead)
        while !rest.isEmpty, !isTooMuch() {
            let bytes = try read(Array(rest.prefix(count)), &found, session)
            rest = rest.dropFirst(count)
            count = bytes < Self.bytesPerRead ? count * 4 : max(1, count / 4)
        }
        return isTooMuch() ? nil : found
    }

    /// Events whose chunks are read first, while it is unknown how large they are.
    private static let firstRead = 8
    /// Bytes of chunks after which fewer are read at once.
    private static let bytesPerRead = 8 << 20

    /// - Returns: the events that are in the cache, and the numbers of the others, each once: two parts can name the same event.
    private func cachedEvents(at sequences: [Int64]) -> (found: [Int64: AcceptedEvent], missing: [Int64]) {
        var found: [Int64: AcceptedEvent] = [:]
        var missing: [Int64] = []
        for sequence in Set(sequences).sorted() {
            if let chunk = cache.chunk(holding: sequence) {
                found[sequence] = StoredEvent(sequence, in: chunk)?.event
            } else {
                missing.append(sequence)
            }
        }
        return (found, missing)
    }

    /// Adds events out of their chunks.
    /// - Returns: how many bytes the chunks have.
    private func read(
        _ sequences: [Int64],
        _ found: inout [Int64: AcceptedEvent],
        _ session: PostgresSession
    ) throws(PostgresFailure) -> Int {
        var bytes = 0
        for row in try rows(holding: sequences, session) {
            bytes += row.content.count
            let chosen = sequences.filter { row.holds($0) }
            let offsets = chosen.map { Int($0 - row.first) }
            let events = try read(row, session) { (names) throws(ChunkFault) in
                try row.events(at: offsets, names: names)
            }
            for (sequence, event) in zip(chosen, events ?? []) { found[sequence] = event }
        }
        return bytes
    }

    /// All events of a chunk, which is remembered; nil if it is damaged.
    func events(of row: ChunkRow, _ session: PostgresSession) throws(PostgresFailure) -> ChunkEvents? {
        if let chunk = cache.chunk(holding: row.first), chunk.first.rawValue == row.first { return chunk }
        let chunk = try read(row, session) { (names) throws(ChunkFault) in try row.events(names: names) }
        if let chunk { cache.insert(chunk) }
        return chunk
    }

    /// The chunks of a slot that have events after a number, in their order.
    func rows(after number: Int64, in slot: Int16, limit: Int, _ session: PostgresSession) throws(PostgresFailure)
        -> [ChunkRow]
    {
        let lowest = SlotNumbers.lowestFirst(of: number)
        let parameters: [Parameter] = [.int2(slot), .int8(number), .int8(lowest), .int8(Int64(limit))]
        return try session.run(.readChunksAfter, parameters).map(ChunkRow.init)
    }

    /// Reads a chunk with the names that it needs, which another gateway may have added just now.
    /// - Returns: nil if it is damaged, which is noted: it is skipped from then on.
    /// - Throws: a refusal if it is whole, and a newer program may be able to read it.
    func read<Value>(
        _ row: ChunkRow,
        _ session: PostgresSession,
        _ body: (NameTable) throws(ChunkFault) -> Value
    ) throws(PostgresFailure) -> Value? {
        var fault: ChunkFault
        do throws(ChunkFault) {
            return try body(names.current)
        } catch {
            fault = error
        }
        if fault.isUnknownName {
            try names.refresh(session)
            do throws(ChunkFault) {
                return try body(names.current)
            } catch {
                fault = error
            }
        }
        guard !fault.isOfNewerProgram else {
            throw .refused(
                .featureNotSupported,
                message: "events from \(row.first) to \(row.last) cannot be read by this version: \(fault.reason)"
            )
        }
        try note(fault, in: row, session)
        return nil
    }

    private func rows(holding sequences: [Int64], _ session: PostgresSession) throws(PostgresFailure) -> [ChunkRow] {
        guard !sequences.isEmpty else { return [] }
        let parameters: [Parameter] = [
            .int2s(sequences.map { SlotNumbers.slot(of: $0) }), .int8s(sequences),
            .int8s(sequences.map { SlotNumbers.lowestFirst(of: $0) }),
        ]
        return try session.run(.readChunksHolding, parameters).map(ChunkRow.init)
    }

    private func note(_ fault: ChunkFault, in row: ChunkRow, _ session: PostgresSession) throws(PostgresFailure) {
        let parameters: [Parameter] = [.int2(row.slot), .int8(row.first), .int8(row.last), .text(fault.reason)]
        guard try session.run(.noteDamage, parameters).affected > 0 else { return }
        logger.error(
            "a chunk of the journal is damaged and was skipped",
            metadata: ["first": "\(row.first)", "last": "\(row.last)", "reason": "\(fault.reason)"]
        )
    }
}
