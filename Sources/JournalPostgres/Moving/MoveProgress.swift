/// How far a move has come.
package struct MoveProgress: Sendable, Equatable {
    /// What is done now.
    package enum Phase: String, Sendable {
        case events, outcomes, deliveries, comparing
    }

    package let phase: Phase
    package let done: Int
    package let total: Int

    package init(phase: Phase, done: Int, total: Int) {
        self.phase = phase
        self.done = done
        self.total = total
    }

    /// From 0 to 1.
    package var part: Double { total > 0 ? min(1, Double(done) / Double(total)) : 1 }
}

/// What a move has moved.
package struct MoveReport: Sendable, Equatable {
    package let events: Int
    package let chunks: Int
    /// Chunks that could not be read; they were moved as they are.
    package let damagedChunks: Int
    package let runs: Int
    /// Rows of all other tables.
    package let rows: Int
    /// How many deliveries wait.
    package let backlog: Int
    /// Whether an earlier move had moved some events already.
    package let wasContinued: Bool
}
