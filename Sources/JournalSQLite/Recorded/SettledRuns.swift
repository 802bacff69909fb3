import Events
import Foundation
import GRDB
import Journal
import JournalFormat

/// The runs of a stretch of the journal, by account: deliveries that have no row, and that succeeded at once or were translated only.
struct SettledRuns: Sendable {
    /// What a run says of its events.
    struct Outcome: Sendable {
        /// The attempt that delivered them; nil if they were translated only.
        let attempt: Attempt?
    }

    fileprivate struct Run: Sendable {
        let first: Int64
        let last: Int64
        /// Nil: all of the account's events from the first to the last.
        let members: RunMembers?
        let outcome: Outcome

        func holds(_ sequence: Int64) -> Bool {
            sequence >= first && sequence <= last && members?.contains(sequence) ?? true
        }
    }

    fileprivate static let columns = "first, last, at, latency, http_status, deduplicated, skipped, members, provider"

    /// The runs of each account by their first event, each with the largest number that it or one before it reaches to.
    private var runs: [Int64: [(run: Run, reach: Int64)]] = [:]

    /// - Parameter accounts: the only ones that are examined; all if nil.
    init(of range: ClosedRange<Int64>, at accounts: Set<Int64>? = nil, in db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.columns) FROM delivered WHERE first BETWEEN ? AND ? AND last >= ? ORDER BY first
                    """
            ),
            arguments: [range.lowerBound - range.lowerBound % Schema.runSpan, range.upperBound, range.lowerBound]
        )
        while let row = try rows.next() {
            let account: Int64 = try row.value(8)
            guard accounts?.contains(account) ?? true else { continue }
            let run = try Run(row)
            runs[account, default: []].append((run, max(run.last, runs[account]?.last?.reach ?? 0)))
        }
    }

    /// The accounts that have a run.
    var accounts: some Collection<Int64> { runs.keys }

    /// The outcome of the run that holds an event of the account: the last that begins before it, where one lies within another.
    func outcome(at sequence: Int64, _ account: Int64) -> Outcome? {
        guard let runs = runs[account] else { return nil }
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].run.first <= sequence { low = middle + 1 } else { high = middle }
        }
        while low > 0, runs[low - 1].reach >= sequence {
            low -= 1
            if runs[low].run.holds(sequence) { return runs[low].run.outcome }
        }
        return nil
    }

    /// What the run makes of an event; nil if none holds it.
    func status(at sequence: Int64, _ account: Int64) -> DeliveryStatus? {
        outcome(at: sequence, account).map { $0.attempt == nil ? .skipped : .delivered }
    }

    /// Goes through the events of a range that runs hold; where a run does not say which events are its own, through all between.
    func forEachSequence(
        in range: ClosedRange<Int64>,
        where isMeant: (Outcome) -> Bool = { _ in true },
        _ body: (Int64) -> Void
    ) {
        for (run, _) in runs.values.joined()
        where run.first <= range.upperBound && run.last >= range.lowerBound && isMeant(run.outcome) {
            for sequence in max(run.first, range.lowerBound)...min(run.last, range.upperBound)
            where run.holds(sequence) { body(sequence) }
        }
    }

    /// The outcome of the run that holds one event.
    static func outcome(at sequence: Int64, _ account: Int64, in db: Database) throws -> Outcome? {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT \(columns) FROM delivered
                    WHERE first BETWEEN ? AND ? AND provider = ? AND last >= ? ORDER BY first DESC
                    """
            ),
            arguments: [sequence - sequence % Schema.runSpan, sequence, account, sequence]
        )
        while let row = try rows.next() {
            let run = try Run(row)
            if run.holds(sequence) { return run.outcome }
        }
        return nil
    }
}

extension SettledRuns.Run {
    /// - Parameter row: has the ``SettledRuns/columns``.
    fileprivate init(_ row: Row) throws {
        let range = try row.range(0, through: 1)
        (first, last) = (range.lowerBound, range.upperBound)
        members = try row.members(7, first: first)
        outcome = try SettledRuns.Outcome(
            attempt: row.value(6) as Bool
                ? nil
                : Attempt(
                    at: Timestamp(milliseconds: row.value(2)),
                    latency: .microseconds(row.value(3) as Int64),
                    httpStatus: row.value(4),
                    status: .delivered,
                    deduplicated: row.value(5)
                )
        )
    }
}
