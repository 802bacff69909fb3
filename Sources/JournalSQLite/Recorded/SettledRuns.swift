import Events
import GRDB

/// The delivered runs of a stretch of the journal, by provider.
struct SettledRuns: Sendable {
    private struct Run: Sendable {
        let first: Int64
        let last: Int64
        /// The largest number that this run or one before it reaches to.
        let reach: Int64
        let attempt: Attempt
    }

    private var runs: [Int64: [Run]] = [:]

    init(of range: ClosedRange<Int64>, in db: Database) throws {
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT first, provider, last, at, latency, http_status, deduplicated FROM delivered
                    WHERE first BETWEEN ? AND ? AND last >= ? ORDER BY first
                    """
            ),
            arguments: [range.lowerBound - range.lowerBound % Schema.runSpan, range.upperBound, range.lowerBound]
        )
        while let row = try rows.next() {
            let (provider, last) = (row[1] as Int64, row[2] as Int64)
            let run = Run(
                first: row[0],
                last: last,
                reach: max(last, runs[provider]?.last?.reach ?? 0),
                attempt: Attempt(
                    at: Timestamp(milliseconds: row[3]),
                    latency: .microseconds(row[4] as Int64),
                    httpStatus: row[5],
                    status: .delivered,
                    deduplicated: row[6]
                )
            )
            runs[provider, default: []].append(run)
        }
    }

    /// The attempt of the run that holds an event of the provider: the last that begins before it, where one lies within another.
    func attempt(at sequence: Int64, _ provider: Int64) -> Attempt? {
        guard let runs = runs[provider] else { return nil }
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].first <= sequence { low = middle + 1 } else { high = middle }
        }
        while low > 0, runs[low - 1].reach >= sequence {
            low -= 1
            if runs[low].last >= sequence { return runs[low].attempt }
        }
        return nil
    }
}
