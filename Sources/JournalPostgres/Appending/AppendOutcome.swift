/// The outcome of one try to append a group.
enum AppendOutcome: Sendable, Equatable {
    case stored
    /// Nothing was written: these keys are taken. Pairs of the key's index among those offered and the number of its event.
    case known([Taken])
    /// Nothing was written: another node has the slot.
    case fenced
    /// Nothing was written: there are other parts by now.
    case stale
    /// Nothing was written: one of the keys is taken.
    case taken(reason: String)
    /// Nothing was written: a lock or a resource was not available.
    case again(reason: String)
    /// Nothing was written: no partition takes the number.
    case noPartition
    /// It may have been written.
    case unknown(reason: String)

    struct Taken: Sendable, Equatable {
        let index: Int
        let sequence: Int64
    }

    /// - Parameter rows: what ``Statement/append(_:into:)`` or ``Statement/appendUnlessKnown(_:into:)`` has returned.
    init(_ rows: Rows) {
        // A commit that stopped waiting for a standby returns success and a warning.
        if let warning = rows.warnings.first {
            self = .unknown(reason: warning)
            return
        }
        switch rows.first?.text(0) {
        case "stored": self = .stored
        case nil: self = .fenced
        case "stale": self = .stale
        default: self = .known(rows.map { Taken(index: Int($0.integer(1)), sequence: $0.integer(2)) })
        }
    }

    /// - Returns: nil if it is the connection that failed, or another try would fail the same way.
    init?(_ failure: PostgresFailure) {
        switch failure {
        case .unknown(let reason): self = .unknown(reason: reason)
        case .refused(.checkViolation, _): self = .noPartition
        // A part that was dropped just now.
        case .refused(.undefinedTable, _): self = .stale
        case .refused(.uniqueViolation, let message): self = .taken(reason: message)
        case .refused(let state, let message) where state.isTransient && state != .diskFull:
            self = .again(reason: message)
        case .refused, .unreachable, .closed: return nil
        }
    }
}
