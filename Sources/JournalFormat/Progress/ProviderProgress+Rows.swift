package import Events

// Deliveries with a row, and those that a crash interrupted.
extension ProviderProgress {
    /// When the next retry is due: never later than the earliest that nobody has claimed.
    package var nextDue: Timestamp? { retries.next }

    /// How many deliveries are claimed by their row or were interrupted.
    package var heldCount: Int { held.count }

    /// Whether this delivery is claimed by its row.
    package func holdsRow(_ sequence: Int64) -> Bool { held[sequence] == .row }

    /// Whether this delivery is claimed by its row or was interrupted.
    package func isHeld(_ sequence: Int64) -> Bool { held[sequence] != nil }

    /// Begins a read of rows that are due; ``claimRows(_:limit:next:)`` or ``endReadingRows()`` ends it.
    package mutating func beginReadingRows() {
        retries.beginRead()
    }

    /// Claims those of the rows read that nobody has claimed or settled since the read began.
    /// - Parameter next: when the earliest row is due, by the same read, apart from these rows and from those that were held.
    package mutating func claimRows(_ sequences: [Int64], limit: Int, next: Timestamp?) -> [Int64] {
        let free = sequences.filter { held[$0] == nil && !retries.hasChanged($0) }
        let claimed = Array(free.prefix(limit))
        for sequence in claimed { held[sequence] = .row }
        retries.found(next: next, leavesSome: free.count > claimed.count)
        retries.endRead()
        return claimed
    }

    /// Ends a read that claims nothing.
    package mutating func endReadingRows() {
        retries.endRead()
    }

    /// Notes that the times of rows have changed.
    package mutating func rescheduled() {
        retries.lower(to: RetryTimes.overdue)
    }

    /// The deliveries that a crash interrupted; they are held already, and named only once.
    package mutating func takeInterrupted() -> [Int64] {
        defer { interrupted = [] }
        return interrupted
    }

    /// Undoes ``takeInterrupted()``.
    package mutating func putBackInterrupted(_ sequences: [Int64]) {
        interrupted = sequences
    }
}
