package import Events

// Deliveries with a row, and those that a crash interrupted.
extension ProviderProgress {
    /// When the next retry is due: never later than the earliest that nobody has claimed.
    package var nextDue: Timestamp? { retries.next }

    /// How many deliveries are claimed by their row, were interrupted, or are about to be changed by a person.
    package var heldCount: Int { held.count + revising.count }

    /// Whether this delivery is claimed by its row.
    package func holdsRow(_ sequence: Int64) -> Bool { held[sequence] == .row }

    /// Whether this delivery is claimed by its row, was interrupted, or is about to be changed by a person.
    package func isHeld(_ sequence: Int64) -> Bool { held[sequence] != nil || revising.contains(sequence) }

    /// Begins a read of rows that are due; ``claimRows(_:limit:next:)`` or ``endReadingRows()`` ends it.
    package mutating func beginReadingRows() {
        retries.beginRead()
    }

    /// Claims those of the rows read that nobody has claimed or settled since the read began.
    /// - Parameter next: when the earliest row is due, by the same read, apart from these rows and from those that were held.
    package mutating func claimRows(_ sequences: [Int64], limit: Int, next: Timestamp?) -> [Int64] {
        let free = sequences.filter { !isHeld($0) && !retries.hasChanged($0) }
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

    /// Gives claimed rows back.
    package mutating func unclaimRows(_ sequences: [Int64]) {
        for sequence in sequences where held[sequence] == .row { held[sequence] = nil }
        if !sequences.isEmpty { retries.lower(to: RetryTimes.overdue) }
    }

    /// Notes that the times of rows have changed.
    package mutating func rescheduled() {
        retries.lower(to: RetryTimes.overdue)
    }

    /// Notes that no row is to be claimed, whatever is due.
    package mutating func leaveRows() {
        retries.leave()
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
