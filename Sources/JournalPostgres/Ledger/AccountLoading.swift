import Events
import Journal
import JournalFormat

/// Works out how far the deliveries to an account have come, for a new owner.
struct AccountLoading: Sendable {
    let account: Int32
    let epoch: Int64
    let isLane: Bool

    /// What the owner before may have sent without an outcome.
    struct Interrupted: Sendable {
        var sequences: [Int64] = []
        var rows: [Int64: AccountProgress.ClaimedRow] = [:]

        init() {}

        /// - Parameter found: the rows of ``Statement/takeInterrupted``.
        init(_ found: Rows) throws(StoreError) {
            for row in found {
                guard let sequence = row.optionalInteger(0) else { continue }
                sequences.append(sequence)
                guard !row.isNull(1) else { continue }
                rows[sequence] = AccountProgress.ClaimedRow(
                    attempts: Int(clamping: row.integer(1)),
                    status: try row.word(3),
                    reachedAt: row.optionalInteger(2).map { Timestamp(milliseconds: $0) },
                    amended: try row.destination(4)
                )
            }
        }
    }

    /// Reads everything in the order in which it was written; nobody else writes meanwhile.
    func progress(_ interrupted: Interrupted, _ session: PostgresSession) throws(PostgresFailure) -> AccountProgress {
        let number = Parameter.int4(account)
        let cursors = try Self.numbers(.readCursors, [number], session)
        var ahead = try settled(behind: cursors, session)
        let held = Dictionary(grouping: interrupted.sequences, by: SlotNumbers.slot)
        var slots: [Int16: ProviderProgress] = [:]
        for slot in Set(cursors.keys).union(ahead.keys).union(held.keys) {
            slots[slot] = ProviderProgress(
                position: cursors[slot] ?? 0,
                isLane: isLane,
                ahead: ahead.removeValue(forKey: slot) ?? SequenceRanges(),
                interrupted: (held[slot] ?? []).map { ($0, interrupted.rows[$0] == nil ? .interrupted : .row) }
            )
        }
        let due = try session.run(.readNextDue, [number, .int8(epoch)]).first?.optionalInteger(0)
        return AccountProgress(
            isLane: isLane,
            slots: slots,
            rows: interrupted.rows,
            nextDue: due.map { Timestamp(milliseconds: $0) }
        )
    }

    /// After which number there may be rows behind a cursor, whatever their slot. Numbers rise with time in all slots, so that few rows are
    /// read needlessly; but for a slot that has come to its end, nothing has to be read, however long ago that was.
    ///
    /// A slot of which nothing was ever claimed has no cursor; its rows begin with its oldest chunk.
    static func start(cursors: [Int16: Int64], ends: [Int16: Int64], beginnings: [Int16: Int64]) -> Int64 {
        ends.compactMap { slot, end in
            let cursor = cursors[slot] ?? beginnings[slot].map { $0 - 1 } ?? end
            return end > cursor ? cursor : nil
        }.min() ?? Int64.max
    }

    /// A number of each slot, of rows that begin with both.
    private static func numbers(_ statement: Statement, _ parameters: [Parameter], _ session: PostgresSession)
        throws(PostgresFailure) -> [Int16: Int64]
    {
        var numbers: [Int16: Int64] = [:]
        for row in try session.run(statement, parameters) { numbers[Int16(clamping: row.integer(0))] = row.integer(1) }
        return numbers
    }

    /// What is settled after the cursors: outcomes that came out of order, or after cursors were last written down.
    private func settled(behind cursors: [Int16: Int64], _ session: PostgresSession) throws(PostgresFailure)
        -> [Int16: SequenceRanges]
    {
        var ahead: [Int16: SequenceRanges] = [:]
        for row in try session.run(.readRunsBehindCursors, [.int4(account)]) {
            let (slot, first) = (Int16(clamping: row.integer(0)), row.integer(1))
            if let members = try row.members(3, first: first) {
                ahead[slot, default: SequenceRanges()].insert(members.ranges)
            } else {
                let last = row.integer(2)
                // Whatever lies within a longer run would count as delivered, and was perhaps never sent.
                guard first >= 0, last >= first, last <= first | (RunMembers.span - 1) else {
                    throw .refused(.dataException, message: DamagedMembers().description)
                }
                ahead[slot, default: SequenceRanges()].insert(first...last)
            }
        }
        let lowest = Self.start(
            cursors: cursors,
            ends: try Self.numbers(.readEnds, [], session),
            beginnings: try Self.numbers(.readBeginnings, [], session)
        )
        for row in try session.run(.readRowsBehind, [.int4(account), .int8(lowest)]) {
            let sequence = row.integer(0)
            let slot = SlotNumbers.slot(of: sequence)
            guard sequence > cursors[slot] ?? 0 else { continue }
            ahead[slot, default: SequenceRanges()].insert(sequence...sequence)
        }
        return ahead
    }
}

extension Row {
    /// A destination that is kept as a plan of one; nil for `NULL`.
    func destination(_ column: Int) throws(StoreError) -> Destination? {
        guard let bytes = optionalBytes(column) else { return nil }
        guard let destination = PlanCoding.decode(bytes)?.destinations.first else {
            // It must not be sent with others.
            throw .failed(reason: "the settings of a retried delivery are damaged in the database")
        }
        return destination
    }
}
