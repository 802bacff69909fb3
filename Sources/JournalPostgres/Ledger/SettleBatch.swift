import Events
import Journal
import JournalFormat

/// Something that the owner of an account wants to have written down.
enum AccountWrite: Sendable {
    case settle(Settlement)
    case intend([Int64])

    /// The events that it is about.
    var sequences: [Int64] {
        switch self {
        case .settle(let settlement):
            (settlement.delivered.flatMap(\.sequences) + settlement.skipped.flatMap(\.sequences)
                + settlement.exceptions.map(\.sequence)).map(\.rawValue)
        case .intend(let sequences): sequences
        }
    }
}

/// What one statement writes for an account: the outcomes and intents of several calls.
struct SettleBatch: Sendable {
    /// First tries with one outcome, neighbours in one chunk.
    struct Run: Sendable, Equatable {
        let sequences: [Int64]
        let at: Timestamp
        /// Nil: they were translated only.
        let attempt: Attempt?
    }

    /// What is known of a delivery that gets a row.
    struct Before: Sendable, Equatable {
        var attempts = 0
        /// Nil: it has no row.
        var status: DeliveryStatus?
    }

    private(set) var runs: [Run] = []
    private(set) var exceptions: [SettledDelivery] = []
    private(set) var shadow: [ShadowTally] = []
    /// All that may be in flight afterwards; nil if that stays as it is, and nothing has to be done only once.
    var flying: [Int64]?
    private(set) var intended: [Int64] = []

    /// - Parameters:
    ///   - writes: in the order of the calls; no event has an outcome in two of them.
    ///   - progress: before them.
    init(_ writes: [AccountWrite], progress: AccountProgress) {
        var flying = progress.intended
        let before = flying
        var counts = false
        for write in writes {
            switch write {
            case .intend(let sequences):
                intended += sequences
                flying.formUnion(sequences)
            case .settle(let settlement):
                add(settlement, progress)
                shadow += settlement.shadow
                counts = counts || progress.isLane || !settlement.shadow.isEmpty
                flying.subtract(write.sequences)
            }
        }
        if flying != before || counts || !exceptions.isEmpty { self.flying = flying.sorted() }
    }

    /// How many of the writes can be done together: none has an event of one before.
    static func prefix(of writes: [AccountWrite], limit: Int) -> Int {
        var settled: Set<Int64> = []
        for (index, write) in writes.prefix(limit).enumerated() {
            let sequences = write.sequences
            if sequences.contains(where: settled.contains) { return index }
            settled.formUnion(sequences)
        }
        return min(limit, writes.count)
    }

    // MARK: - Runs

    /// Turns what was claimed by its row, but is settled as part of a run, into an exception, since its row must not stay behind as
    /// `retrying`; and cuts runs so that first and last say all.
    private mutating func add(_ settlement: Settlement, _ progress: AccountProgress) {
        exceptions += settlement.exceptions
        let rows = Set(settlement.exceptions.map(\.sequence.rawValue))
        let all =
            settlement.delivered.map {
                Run(sequences: $0.sequences.map(\.rawValue), at: $0.attempt.at, attempt: $0.attempt)
            }
            + settlement.skipped.map { Run(sequences: $0.sequences.map(\.rawValue), at: $0.at, attempt: nil) }
        for run in all {
            for sequence in run.sequences where progress.rows[sequence] != nil {
                exceptions.append(
                    SettledDelivery(
                        sequence: SequenceNumber(sequence),
                        status: run.attempt == nil ? .skipped : .delivered,
                        newAttempts: run.attempt.map { [$0] } ?? []
                    )
                )
            }
            let rest = run.sequences.filter { progress.rows[$0] == nil }
            for chunk in rest.chunkwise {
                for piece in progress.unbroken(chunk, besides: rows) {
                    runs.append(Run(sequences: Array(piece), at: run.at, attempt: run.attempt))
                }
            }
        }
    }

    // MARK: - What changes in memory

    /// Notes in memory what is on disk now.
    func apply(to progress: inout AccountProgress) {
        progress.intend(intended)
        for run in runs {
            for sequence in run.sequences { progress.settleFirst(sequence) }
        }
        for exception in exceptions { progress.settleRow(exception.sequence.rawValue, due: exception.nextAttemptAt) }
    }

    /// By how much the numbers of deliveries by state change, and of those among them that the vendor had already.
    func countChanges(_ before: [Int64: Before]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for run in runs {
            let status = run.attempt == nil ? DeliveryStatus.skipped : .delivered
            counts[status.rawValue, default: 0] += run.sequences.count
            if run.attempt?.deduplicated == true { counts[Self.deduplicated, default: 0] += run.sequences.count }
        }
        for exception in exceptions {
            if let status = before[exception.sequence.rawValue]?.status { counts[status.rawValue, default: 0] -= 1 }
            counts[exception.status.rawValue, default: 0] += 1
            if exception.status == .delivered, exception.newAttempts.last?.deduplicated == true {
                counts[Self.deduplicated, default: 0] += 1
            }
        }
        return counts.filter { $0.value != 0 }
    }

    /// The word under which a lane counts deliveries that the vendor had already.
    static let deduplicated = "deduplicated"
}

extension AccountProgress {
    /// Cuts a run of one chunk where an event between two neighbours is still open. The runs of a lane say themselves which events are
    /// theirs.
    fileprivate func unbroken(_ run: [Int64], besides rows: Set<Int64>) -> [ArraySlice<Int64>] {
        guard !isLane, let first = run.first, let progress = slots[SlotNumbers.slot(of: first)] else {
            return [run[...]]
        }
        return progress.unbroken(run, besides: rows)
    }
}

extension [Int64] {
    /// Pieces that each lie in one slot and within one span of a run.
    fileprivate var chunkwise: [[Int64]] {
        var pieces: [[Int64]] = []
        for sequence in self {
            if let last = pieces.last?.last, last / RunMembers.span == sequence / RunMembers.span {
                pieces[pieces.count - 1].append(sequence)
            } else {
                pieces.append([sequence])
            }
        }
        return pieces
    }
}
