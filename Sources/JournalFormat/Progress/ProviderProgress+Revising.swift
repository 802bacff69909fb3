// What people change keeps pipelines off while it lasts.
extension ProviderProgress {
    /// Keeps pipelines from rows that a person is about to change.
    /// - Returns: those that no pipeline holds.
    package mutating func holdForRevision(_ sequences: [Int64]) -> [Int64] {
        let free = sequences.filter { !isHeld($0) }
        revising.formUnion(free)
        return free
    }

    /// Ends ``holdForRevision(_:)``.
    package mutating func endRevision(_ sequences: [Int64]) {
        revising.subtract(sequences)
        retries.noteChange(of: sequences)
        // Whether it was changed or not: while it was held, nobody saw it.
        if !sequences.isEmpty { retries.lower(to: RetryTimes.overdue) }
    }

    /// Notes that a person has changed so many rows to, or from, `retrying`.
    package mutating func revised(retrying change: Int) {
        retrying += change
    }

    /// Whether an event has no outcome, and no pipeline has claimed it.
    package func isUntried(_ sequence: Int64) -> Bool {
        sequence > position && held[sequence] == nil && !ahead.contains(sequence)
    }
}
