import GRDB

/// Where in the journal the time of acceptance goes back, because the clock was set back.
///
/// Between two steps, chunks are in the order of acceptance, give or take the tolerance. So retention stops at the first chunk that is
/// too young, and continues after the next step: an event that was accepted with the clock ahead ends it for nothing but itself.
struct ClockSteps: Sendable {
    /// By how many milliseconds neighbours may be out of order: requests are stamped before they wait for their commit.
    static let tolerance: Int64 = 60_000
    /// No chunk after one that is younger by this much, up to the next step, is older.
    static let margin = tolerance * 10

    /// The latest time of acceptance since the last step, in milliseconds.
    private var latest: Int64?

    /// - Parameter latest: the newest chunk's latest time of acceptance; nil in an empty journal.
    init(latest: Int64?) {
        self.latest = latest
    }

    /// Takes note of the next chunk.
    /// - Returns: whether the clock was set back before it.
    mutating func isStep(_ accepted: ClosedRange<Int64>) -> Bool {
        guard let latest, accepted.upperBound < latest.subtractingClamped(Self.tolerance) else {
            self.latest = max(latest ?? .min, accepted.upperBound)
            return false
        }
        self.latest = accepted.upperBound
        return true
    }

    static func insert(_ first: Int64, in db: Database) throws {
        try db.execute(sql: "INSERT OR IGNORE INTO clock_steps(first) VALUES(?)", arguments: [first])
    }

    /// The first step after a sequence number.
    static func next(after sequence: Int64, in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT min(first) FROM clock_steps WHERE first > ?"),
            arguments: [sequence]
        )
    }

    /// Forgets steps before the oldest chunk, but for the last of them.
    static func forgetOld(in db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM clock_steps WHERE first < (SELECT max(first) FROM clock_steps WHERE first <=
                    (SELECT min(first) FROM chunks))
                """
        )
    }

    /// Finds the steps of a journal that was written before they were noted.
    static func findAll(in db: Database) throws {
        var steps = ClockSteps(latest: nil)
        var found: [Int64] = []
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT first, accepted_first, accepted_last FROM chunks ORDER BY first"
        )
        while let row = try rows.next() {
            let (start, end) = try (row.value(1) as Int64, row.value(2) as Int64)
            if steps.isStep(min(start, end)...max(start, end)) { found.append(try row.value(0)) }
        }
        for first in found { try insert(first, in: db) }
    }
}

extension Int64 {
    /// The difference, or the nearest number that there is.
    func subtractingClamped(_ other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }

    /// The sum, or the nearest number that there is.
    func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }
}
