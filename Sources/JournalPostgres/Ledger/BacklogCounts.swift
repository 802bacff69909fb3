import Synchronization

/// How many events of accounts wait for their first attempt.
///
/// Each statement counts a limited number of chunks. A backlog with more is counted in stretches, of which those that are full are
/// remembered: from then on only both of its ends are counted, and what has an outcome already.
///
/// When retention has run, and while it runs, all is counted again: with a chunk it removes the outcomes of its events, also where the account
/// has not come by. Nobody delivers to a provider that was removed, and what is discarded there can go.
final class BacklogCounts: Sendable {
    private struct State {
        var known: [Walk: Known] = [:]
        /// Rises when what was counted is forgotten.
        var generation = 0
    }

    /// An account's way through a slot.
    private struct Walk: Hashable {
        let account: Int32
        let slot: Int16
    }

    /// Chunks of a slot that follow each other, with how many events of the account they have.
    private struct Stretch {
        /// The first number of the chunk before them.
        let after: Int64
        /// The first number of their last one.
        let through: Int64
        let events: Int64
    }

    /// What is remembered of a walk.
    private struct Known {
        let stretches: [Stretch]
        /// The epoch of retention that it was counted in.
        let retention: Int64
    }

    private let state = Mutex(State())

    /// How many chunks one statement counts.
    private let chunksPerStatement: Int64
    /// How many stretches are remembered of one walk.
    private let mostStretches: Int

    init(chunksPerStatement: Int64 = 10_000, mostStretches: Int = 1024) {
        precondition(chunksPerStatement > 0 && mostStretches > 1, "nothing would be counted, or remembered")
        self.chunksPerStatement = chunksPerStatement
        self.mostStretches = mostStretches
    }

    /// How many stretches are remembered.
    var stretchCount: Int { state.withLock { $0.known.values.reduce(0) { $0 + $1.stretches.count } } }

    /// Forgets all that was counted, since the database may have lost some of it.
    func forget() {
        state.withLock { state in
            state.known = [:]
            state.generation += 1
        }
    }

    /// The events of an account that have no outcome.
    func untried(of account: Int32, _ session: PostgresSession) throws(PostgresFailure) -> Int64 {
        var untried: Int64 = 0
        for row in try session.run(.readBacklog, [.int4(account), .int8(chunksPerStatement)]) {
            // A settlement may come between two of its parts.
            untried += max(0, row.integer(1) - row.integer(2) - row.integer(3))
            let walk = Walk(account: account, slot: Int16(clamping: row.integer(0)))
            if row.integer(4) >= chunksPerStatement {
                untried += try rest(of: walk, after: row.integer(5), ending: row.integer(6), session)
            } else {
                state.withLock { $0.known[walk] = nil }
            }
        }
        return untried
    }

    /// What waits behind the chunks that were counted at once.
    /// - Parameters:
    ///   - first: the first number of the last of these.
    ///   - last: its last number.
    private func rest(
        of walk: Walk,
        after first: Int64,
        ending last: Int64,
        _ session: PostgresSession
    ) throws(PostgresFailure) -> Int64 {
        let retention = try Self.retention(session)
        let (known, generation) = state.withLock { ($0.known[walk], $0.generation) }
        let usable = known.map { $0.retention == retention ? $0.stretches : [] } ?? []
        // The account has come further since: what is before the next stretch is counted again.
        var stretches = usable.filter { $0.after >= first }
        var events = stretches.reduce(0) { $0 + $1.events }
        if let next = stretches.first {
            events += try count(walk, after: first, through: next.after, session).reduce(0) { $0 + $1.events }
        }
        let new = try count(walk, after: stretches.last?.through ?? first, through: .max, session)
        events += new.reduce(0) { $0 + $1.events }
        // The last one is not full.
        stretches += new.dropLast()
        while stretches.count > mostStretches { stretches = Self.joined(stretches) }
        state.withLock { state in
            guard state.generation == generation else { return }
            state.known[walk] = retention.map { Known(stretches: stretches, retention: $0) }
        }
        let settled: [Parameter] = [.int4(walk.account), .int2(walk.slot), .int8(last)]
        guard let row = try session.run(.readSettledBehind, settled).first else { return 0 }
        return max(0, events - row.integer(0) - row.integer(1))
    }

    /// The epoch of retention; nil while it runs.
    private static func retention(_ session: PostgresSession) throws(PostgresFailure) -> Int64? {
        let duty = Parameter.text(DutyLease.Name.retention.rawValue)
        guard let row = try session.run(.readDutyEpoch, [duty]).first else { return 0 }
        return row.bool(1) ? nil : row.integer(0)
    }

    /// Counts chunks; all stretches but the last are full.
    private func count(
        _ walk: Walk,
        after first: Int64,
        through end: Int64,
        _ session: PostgresSession
    ) throws(PostgresFailure) -> [Stretch] {
        var (stretches, position): ([Stretch], Int64) = ([], first)
        while true {
            let parameters: [Parameter] = [
                .int4(walk.account), .int2(walk.slot), .int8(position), .int8(end), .int8(chunksPerStatement),
            ]
            guard let row = try session.run(.countBacklog, parameters).first else { return stretches }
            let through = row.optionalInteger(1) ?? position
            stretches.append(Stretch(after: position, through: through, events: row.integer(2)))
            guard row.integer(0) >= chunksPerStatement else { return stretches }
            position = through
        }
    }

    /// Every two of them as one; the last stays.
    private static func joined(_ stretches: [Stretch]) -> [Stretch] {
        stride(from: 0, to: stretches.count, by: 2).map { index in
            guard index + 1 < stretches.count else { return stretches[index] }
            let (first, second) = (stretches[index], stretches[index + 1])
            return Stretch(after: first.after, through: second.through, events: first.events + second.events)
        }
    }
}
