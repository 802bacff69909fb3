import Events
import GRDB
import Journal
import JournalFormat

/// Counts what waits for a provider by its age, newest first, from the chunks' rows: their events are read only where some of a chunk's
/// are settled and others are not.
struct BacklogAgesRead: Sendable {
    let provider: ProviderName
    /// Of the provider.
    let number: Int64
    let waiting: ProviderProgress.Waiting
    /// The newest event that belongs to what waits.
    let newest: Int64
    let reader: JournalReader

    /// What one read looks at: rows of chunks, chunks whose events are read, and rows of retries.
    struct Limits: Sendable {
        var rows = 20_000
        var chunks = 200
        var retries = 50_000
    }

    func ages(at now: Timestamp, _ limits: Limits, in db: Database) throws -> BacklogAges {
        // From the number on, all were accepted after the class begins.
        let starts = try BacklogAges.starts(at: now).map { try firstSequence(acceptedFrom: $0, in: db) }
        var ages = BacklogAges()
        for sequence in waiting.open { ages.add(1, ofClass: Self.ageClass(of: sequence, starts)) }
        var first = waiting.open.count
        first += try addUnclaimed(to: &ages, starts, limits, in: db)
        ages.addUncounted(waiting.events - waiting.retrying - first)
        let retries = try addRetries(to: &ages, starts, limits.retries, in: db)
        // Retries may have ended since they were counted; without reaching the limit, all were seen.
        if retries >= limits.retries { ages.addUncounted(waiting.retrying - retries) }
        return ages
    }

    /// - Parameter starts: descending.
    private static func ageClass(of sequence: Int64, _ starts: [Int64]) -> Int {
        starts.firstIndex { sequence >= $0 } ?? starts.count
    }

    // MARK: - First attempts

    /// - Returns: how many events were counted.
    private func addUnclaimed(
        to ages: inout BacklogAges,
        _ starts: [Int64],
        _ limits: Limits,
        in db: Database
    ) throws -> Int {
        guard waiting.position < newest else { return 0 }
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT first, count, providers FROM chunks
                    WHERE first >= coalesce((SELECT max(first) FROM chunks WHERE first <= ?), 0) AND first <= ?
                    ORDER BY first DESC LIMIT ?
                    """
            ),
            arguments: [waiting.position + 1, newest, limits.rows]
        )
        var (counted, read) = (0, 0)
        while let row = try rows.next() {
            let chunk = try row.range(0, count: 1)
            let first = chunk.lowerBound
            let counts = try row.withUnsafeData(atIndex: 2) { ProviderCounts(decoding: $0.map(Array.init) ?? []) }
            let own = counts.events(for: number)
            let (start, end) = (max(first, waiting.position + 1), min(chunk.upperBound, newest))
            // The walk may stand at the end of a chunk behind which retention has removed another.
            guard own > 0, start <= end else { continue }
            let part = start...end
            let events: Int
            if part.lowerBound == first, !waiting.ahead.overlaps(part) {
                events = own
            } else if own == chunk.count {
                events = part.count - Int(waiting.ahead.count(in: part))
            } else {
                guard read < limits.chunks else { return counted }
                read += 1
                events = try unsettled(in: part, of: first, in: db)
            }
            ages.add(events, ofClass: Self.ageClass(of: first, starts))
            counted += events
        }
        return counted
    }

    /// How many of the provider's events in a part of a chunk are not settled; none if the chunk is damaged.
    private func unsettled(in part: ClosedRange<Int64>, of first: Int64, in db: Database) throws -> Int {
        guard let chunk = try reader.chunk(holding: first, in: db) else { return 0 }
        return chunk.events.enumerated().count { offset, event in
            let sequence = first + Int64(offset)
            return part.contains(sequence) && event.plan.destination(at: provider) != nil
                && !waiting.ahead.contains(sequence)
        }
    }

    // MARK: - Retries

    /// - Returns: how many were counted.
    private func addRetries(to ages: inout BacklogAges, _ starts: [Int64], _ limit: Int, in db: Database) throws -> Int
    {
        let rows = try Int64.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT sequence FROM deliveries INDEXED BY deliveries_by_age
                    WHERE provider = ? AND next_attempt_at IS NOT NULL ORDER BY sequence DESC LIMIT ?
                    """
            ),
            arguments: [number, limit]
        )
        var counted = 0
        while let sequence = try rows.next() {
            ages.add(1, ofClass: Self.ageClass(of: sequence, starts))
            counted += 1
        }
        return counted
    }

    // MARK: - Times

    /// The first event of the first chunk that was accepted at a time or after it, by halving: chunks are in the order of acceptance, but
    /// where the clock was set back.
    private func firstSequence(acceptedFrom time: Timestamp, in db: Database) throws -> Int64 {
        let statement = try db.cachedStatement(
            sql: "SELECT first, accepted_first FROM chunks WHERE first <= ? ORDER BY first DESC LIMIT 1"
        )
        var (low, high) = (Int64(1), newest + 1)
        while low < high {
            let middle = low + (high - low) / 2
            guard let row = try Row.fetchOne(statement, arguments: [middle]) else {
                low = middle + 1
                continue
            }
            let (first, accepted): (Int64, Int64) = try (row.value(0), row.value(1))
            if accepted >= time.milliseconds { high = min(middle, max(low, first)) } else { low = middle + 1 }
        }
        return low
    }
}
