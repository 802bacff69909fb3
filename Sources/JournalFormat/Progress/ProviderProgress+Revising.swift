// What people change keeps pipelines off while it lasts.
extension ProviderProgress {
    /// Keeps pipelines from rows that a person is about to change.
    /// - Returns: those that no pipeline holds.
    package mutating func holdForRevision(_ sequences: [Int64]) -> [Int64] {
        let free = sequences.filter { held[$0] == nil }
        for sequence in free { held[sequence] = .row }
        return free
    }

    /// Ends ``holdForRevision(_:)``.
    package mutating func endRevision(_ sequences: [Int64]) {
        for sequence in sequences { held[sequence] = nil }
        retries.noteChange(of: sequences)
        // Whether it was changed or not: while it was held, nobody saw it.
        if !sequences.isEmpty { retries.lower(to: RetryTimes.overdue) }
    }

    /// Notes that a person has changed so many rows to, or from, `retrying`.
    package mutating func revised(retrying change: Int) {
        retrying += change
    }

    /// Whether an event has no outcome, and neither a pipeline nor a person holds it.
    package func isUntried(_ sequence: Int64) -> Bool {
        guard held[sequence] == nil else { return false }
        return sequence > position ? !ahead.contains(sequence) : isReleased(sequence)
    }

    /// Keeps pipelines from events that a person is about to give up.
    /// - Returns: those that no pipeline holds.
    package mutating func holdUntried(_ sequences: [Int64]) -> [Int64] {
        let free = sequences.filter { isUntried($0) }
        for sequence in free { held[sequence] = .interrupted }
        let taken = Set(free)
        released.removeAll { taken.contains($0) }
        version += 1
        return free
    }

    /// Ends ``holdUntried(_:)``: what was not settled is given back.
    package mutating func endHoldingUntried(_ sequences: [Int64]) {
        release(sequences.filter { held[$0] == .interrupted })
    }

    private func isReleased(_ sequence: Int64) -> Bool {
        var (low, high) = (0, released.count)
        while low < high {
            let middle = (low + high) / 2
            if released[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low < released.count && released[low] == sequence
    }
}
