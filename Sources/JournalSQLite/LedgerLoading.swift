import Events
import Foundation
import GRDB
import Journal
import JournalFormat

/// Works out after a start how far the deliveries to each provider have come.
struct LedgerLoading {
    let db: Database
    let reader: JournalReader
    let newest: Int64
    let lanes: [LaneBook.Entry]

    func load() throws -> [ProviderName: ProviderProgress] {
        let rows = try Row.fetchAll(db, sql: "SELECT number, name, cursor FROM providers")
        let lanes = Dictionary(lanes.map { ($0.account.number, $0) }, uniquingKeysWith: { first, _ in first })
        // Lanes do not know how many events they have left.
        let cursors = try Dictionary(
            rows.filter { try lanes[$0.value(0)] == nil }.map { try ($0.value(0) as Int64, $0.number(2)) },
            uniquingKeysWith: { first, _ in first }
        )
        let waiting = try eventsBehind(cursors)
        var providers: [ProviderName: ProviderProgress] = [:]
        for row in rows {
            let number: Int64 = try row.value(0)
            let name = try ProviderName(row.value(1) as String)
            let cursor = try row.number(2)
            if let lane = lanes[number] {
                providers[name] = try progress(of: lane, behind: cursor)
                continue
            }
            let ahead = try settled(behind: cursor, by: number)
            let walk = try walk(over: ahead, behind: cursor, for: name, number: number)
            providers[name] = ProviderProgress(
                position: walk.position,
                pending: max(0, waiting[number, default: 0] - walk.settled),
                retrying: try retrying(number),
                nextDue: try DueDelivery.earliest(provider: number, in: db) { _ in false },
                ahead: ahead,
                interrupted: try interrupted(number)
            )
        }
        return providers
    }

    private func progress(of lane: LaneBook.Entry, behind cursor: Int64) throws -> ProviderProgress {
        let number = lane.account.number
        return ProviderProgress(
            position: cursor,
            isLane: true,
            retrying: try retrying(number),
            nextDue: try DueDelivery.earliest(provider: number, in: db) { _ in false },
            ahead: lane.state.isActive ? try settled(behind: cursor, by: number) : SequenceRanges(),
            interrupted: try interrupted(number)
        )
    }

    /// How many events each provider has after its cursor, by the counts of the chunks.
    private func eventsBehind(_ cursors: [Int64: Int64]) throws -> [Int64: Int] {
        guard let oldest = cursors.values.min() else { return [:] }
        let names = reader.names.current
        var waiting: [Int64: Int] = [:]
        let rows = try JournalReader.rows(from: oldest + 1, in: db)
        while let row = try rows.next().map(ChunkRow.init) {
            for (provider, events) in row.providers.counts {
                guard let cursor = cursors[provider], row.last > cursor else { continue }
                if row.first > cursor {
                    waiting[provider, default: 0] += events
                } else if let name = names.providers[provider], let chunk = try reader.events(of: row) {
                    let rest = chunk.events.dropFirst(Int(cursor - row.first + 1))
                    waiting[provider, default: 0] += rest.count { $0.plan.destination(at: name) != nil }
                }
            }
        }
        return waiting
    }

    /// What is settled after the cursor: outcomes that came out of order, or after cursors were last written down.
    private func settled(behind cursor: Int64, by provider: Int64) throws -> SequenceRanges {
        var ranges = SequenceRanges()
        // A cursor may stand inside a run: where a walk ended that skipped what had been settled before.
        let runs = try Row.fetchCursor(
            db,
            sql: """
                SELECT first, last, members FROM delivered WHERE first >= ? AND last > ? AND provider = ? ORDER BY first
                """,
            arguments: [cursor - cursor % Schema.runSpan, cursor, provider]
        )
        while let run = try runs.next() {
            let range = try run.range(0, through: 1)
            if let members = try run.members(2, first: range.lowerBound) {
                ranges.insert(members.ranges)
            } else {
                ranges.insert(range)
            }
        }
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT sequence FROM deliveries WHERE sequence > ? AND provider = ? ORDER BY sequence",
            arguments: [cursor, provider]
        )
        while let row = try rows.next() { ranges.insert(try row.range(0, through: 0)) }
        return ranges
    }

    /// Walks over what is settled after the cursor.
    /// - Returns: how many events of the provider are settled there, and up to where all are.
    private func walk(
        over ranges: SequenceRanges,
        behind cursor: Int64,
        for provider: ProviderName,
        number: Int64
    ) throws -> (settled: Int, position: Int64) {
        guard let last = ranges.last else { return (0, cursor) }
        var (settled, position, isBehindAll) = (0, cursor, true)
        let rows = try JournalReader.rows(from: cursor + 1, in: db)
        while let row = try rows.next().map(ChunkRow.init), row.first <= last {
            if row.providers.events(for: number) > 0 {
                guard let chunk = try reader.events(of: row) else {
                    isBehindAll = false
                    continue
                }
                for (offset, event) in chunk.events.enumerated() where event.plan.destination(at: provider) != nil {
                    let sequence = row.first + Int64(offset)
                    guard sequence > cursor else { continue }
                    if ranges.contains(sequence) { settled += 1 } else { isBehindAll = false }
                    if isBehindAll { position = sequence }
                }
            }
            if isBehindAll { position = max(position, row.last) }
        }
        return (settled, position)
    }

    private func retrying(_ provider: Int64) throws -> Int {
        try Int.fetchOne(
            db,
            sql: "SELECT count(*) FROM deliveries WHERE provider = ? AND next_attempt_at IS NOT NULL",
            arguments: [provider]
        ) ?? 0
    }

    /// Intents that no settlement has ended.
    private func interrupted(_ provider: Int64) throws -> [(sequence: Int64, hold: ProviderProgress.Hold)] {
        let sql = """
            SELECT sequence, EXISTS(SELECT 1 FROM deliveries d WHERE d.sequence = i.sequence AND d.provider = i.provider)
            FROM intents i WHERE provider = ?
            """
        return try Row.fetchAll(db, sql: sql, arguments: [provider]).map { row in
            try (row.value(0) as Int64, row.value(1) as Bool ? .row : .interrupted)
        }
    }
}
