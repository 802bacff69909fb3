import Events
import Foundation
import GRDB
import Journal
import JournalFormat

/// A part of retention that is small enough not to hold up the commits beside it.
struct RetentionStep: Sendable {
    /// What one step did, and where the next begins.
    struct Progress: Sendable {
        var events = 0
        /// Ranges of the journal that were removed.
        var removed: [ClosedRange<Int64>] = []
        /// When the newest event in them was accepted, in milliseconds since 1970.
        var acceptedLast: Int64?
        /// nil: there is nothing more to look at.
        var next: Int64?
    }

    /// Only what was accepted before goes.
    let before: Timestamp
    /// The first sequence number to look at.
    let from: Int64

    private static let chunksPerStep = 64

    func run(
        in db: Database,
        ledger: ProviderLedger,
        lanes: LaneBook,
        names: NameTable,
        newest: Int64
    ) throws -> Progress {
        let before = min(before, try PinTable.earliest(in: db) ?? before)
        // A lane that is not over has not examined what lies after its cursor.
        let floor = lanes.active.map { lane in ledger.withProgress(of: lane.account.name, \.cursor) ?? lane.first }
            .min()
        var progress = Progress()
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT first, count, accepted_first, accepted_last, providers FROM chunks WHERE first >= ?
                    ORDER BY first LIMIT \(Self.chunksPerStep)
                    """
            ),
            arguments: [from]
        )
        for row in rows {
            let range = try row.range(0, count: 1)
            guard try (row.value(2) as Int64) < before.milliseconds.addingClamped(ClockSteps.margin) else {
                // What follows is not older, up to where the clock was set back.
                return try jump(&progress, behind: range.upperBound, newest: newest, db)
            }
            progress.next = range.upperBound + 1
            let providers = try row.withUnsafeData(atIndex: 4) { ProviderCounts(decoding: $0.map(Array.init) ?? []) }
            guard try (row.value(3) as Int64) < before.milliseconds, range.upperBound <= floor ?? .max,
                ledger.isSettled(range, by: providers.counts.compactMap { names.providers[$0.provider] }),
                try !Self.hasOpenRows(range, db), try !Self.isDamaged(range, db)
            else { continue }
            try progress.add(range, acceptedLast: row.value(3))
        }
        if rows.count < Self.chunksPerStep { return try end(&progress, newest: newest, db) }
        try remove(progress, newest: newest, db)
        return progress
    }

    /// Continues after the next step of the clock.
    private func jump(_ progress: inout Progress, behind last: Int64, newest: Int64, _ db: Database) throws -> Progress
    {
        guard let step = try ClockSteps.next(after: last, in: db) else {
            return try end(&progress, newest: newest, db)
        }
        progress.next = step
        try remove(progress, newest: newest, db)
        return progress
    }

    private func end(_ progress: inout Progress, newest: Int64, _ db: Database) throws -> Progress {
        progress.next = nil
        try remove(progress, newest: newest, db)
        try ClockSteps.forgetOld(in: db)
        return progress
    }

    private func remove(_ progress: Progress, newest: Int64, _ db: Database) throws {
        guard let last = progress.removed.last else { return }
        for range in progress.removed {
            try Self.remove(range, db)
            try RemovedTable.insert(range, in: db)
        }
        // No number is given twice, also when the newest chunk was removed.
        if last.upperBound == newest { try MetaTable.setNewestRemoved(newest, in: db) }
        if let time = progress.acceptedLast, try MetaTable.removedThrough(in: db).map({ $0 < time }) ?? true {
            try MetaTable.setRemovedThrough(time, in: db)
        }
    }

    private static func remove(_ range: ClosedRange<Int64>, _ db: Database) throws {
        let bounds: StatementArguments = [range.lowerBound, range.upperBound]
        for table in ["deliveries", "attempts", "amendments"] {
            try db.execute(sql: "DELETE FROM \(table) WHERE sequence BETWEEN ? AND ?", arguments: bounds)
        }
        try db.execute(sql: "DELETE FROM chunks WHERE first BETWEEN ? AND ?", arguments: bounds)
        try moveRuns(reachingBehind: range, db)
        try db.execute(sql: "DELETE FROM delivered WHERE first BETWEEN ? AND ?", arguments: bounds)
    }

    /// A run that reaches into the next chunk keeps what it says of that. Of two, one of which lies within the other, the inner one comes
    /// first, so that the outer one goes on behind it.
    private static func moveRuns(reachingBehind range: ClosedRange<Int64>, _ db: Database) throws {
        let runs = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT first, provider, last, members FROM delivered WHERE first BETWEEN ? AND ? AND last > ?
                    ORDER BY first DESC
                    """
            ),
            arguments: [range.lowerBound, range.upperBound, range.upperBound]
        )
        let inner = try db.cachedStatement(sql: "SELECT last FROM delivered WHERE first = ? AND provider = ?")
        let move = try db.cachedStatement(sql: "UPDATE delivered SET first = ? WHERE first = ? AND provider = ?")
        for run in runs {
            let (first, provider, last): (Int64, Int64, Int64) = try (run.value(0), run.value(1), run.value(2))
            var next: Int64? = range.upperBound + 1
            if let members = try run.members(3, first: first) {
                next = members.first(from: range.upperBound + 1)
            } else {
                // One that lies within it, from its beginning on: none of those events is its own.
                while let start = next, let end = try Int64.fetchOne(inner, arguments: [start, provider]) {
                    next = end < last ? end + 1 : nil
                }
            }
            if let next { try move.execute(arguments: [next, first, provider]) }
        }
    }

    private static func hasOpenRows(_ range: ClosedRange<Int64>, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT EXISTS(SELECT 1 FROM deliveries WHERE sequence BETWEEN ? AND ?
                        AND status NOT IN ('delivered', 'discarded', 'skipped'))
                    """
            ),
            arguments: [range.lowerBound, range.upperBound]
        ) ?? false
    }

    private static func isDamaged(_ range: ClosedRange<Int64>, _ db: Database) throws -> Bool {
        try Bool.fetchOne(
            db.cachedStatement(sql: "SELECT EXISTS(SELECT 1 FROM damage WHERE first = ?)"),
            arguments: [range.lowerBound]
        ) ?? false
    }
}

extension RetentionStep.Progress {
    /// Adds a chunk; neighbours become one range.
    fileprivate mutating func add(_ range: ClosedRange<Int64>, acceptedLast time: Int64) {
        events += range.count
        acceptedLast = max(acceptedLast ?? time, time)
        if let last = removed.last, last.upperBound + 1 == range.lowerBound {
            removed[removed.count - 1] = last.lowerBound...range.upperBound
        } else {
            removed.append(range)
        }
    }
}
