import Events
import Journal
import JournalFormat

/// What goes with ``Statement/settle`` and ``Statement/settleAndCount``.
struct SettleParameters: Sendable {
    let batch: SettleBatch
    /// What is known of the deliveries that get a row.
    let before: [Int64: SettleBatch.Before]
    /// The origins of their events; 0 for those that cannot be read.
    let origins: [Int64: Int32]
    let cursors: [(slot: Int16, place: Int64)]
    /// The number of the row of `flights`, if one is written.
    let flight: Int64
    /// The lane whose account it is.
    let lane: LaneNumber?
    /// What shadow deliveries showed, one tally a class and field.
    let shadow: [ShadowTally]

    var statement: Statement { counts ? .settleAndCount : .settle }

    private var counts: Bool { lane != nil || !shadow.isEmpty }

    /// - Parameters:
    ///   - account: the account's number.
    ///   - epoch: of the lease.
    ///   - node: that has the lease.
    func parameters(account: Int32, epoch: Int64, node: Int64) -> [Parameter] {
        let fence: [Parameter] = [.int4(account), .int8(epoch), .int8(node)]
        let flight: [Parameter] = [.int8(self.flight), .int8s(batch.flying?.map { $0 })]
        let moved: [Parameter] = [.int2s(cursors.map(\.slot)), .int8s(cursors.map(\.place))]
        let outcomes = fence + runs + rows + attempts + flight + moved
        return counts ? outcomes + additions : outcomes
    }

    private var runs: [Parameter] {
        let (runs, isLane) = (batch.runs, lane != nil)
        return [
            .int2s(runs.map { SlotNumbers.slot(of: $0.sequences[0]) }),
            .int8s(runs.map { $0.sequences[0] }),
            .int8s(runs.map { $0.sequences[$0.sequences.count - 1] }),
            .int4s(runs.map { Int32(clamping: $0.sequences.count) }),
            .int8s(runs.map(\.at.milliseconds)),
            .int8s(runs.map { $0.attempt?.latency.wholeMicroseconds ?? 0 }),
            .int2s(runs.map { $0.attempt?.httpStatus.map { Int16(clamping: $0) } }),
            .bools(runs.map { $0.attempt?.deduplicated ?? false }),
            .bools(runs.map { $0.attempt == nil }),
            .byteas(runs.map { isLane ? RunMembers($0.sequences.map { SequenceNumber($0) }[...])?.encoded : nil }),
        ]
    }

    private var rows: [Parameter] {
        let rows = batch.exceptions
        // A million retries say the same twice otherwise: once in the attempt, once in the delivery.
        let repeats = rows.map { $0.fault != nil && $0.fault == $0.newAttempts.last?.fault }
        let faults = zip(rows, repeats).map { row, repeats in repeats ? nil : row.fault }
        return [
            .int8s(rows.map(\.sequence.rawValue)),
            .int4s(rows.map { origins[$0.sequence.rawValue] ?? 0 }),
            .texts(rows.map(\.status.rawValue)),
            .int4s(rows.map { Int32(clamping: attemptCount(before: $0) + $0.newAttempts.count) }),
            .int8s(rows.map(\.nextAttemptAt?.milliseconds)),
            .int8s(rows.map(\.reachedAt?.milliseconds)),
            .bools(repeats),
            .texts(faults.map { $0?.code.rawValue }),
            .texts(faults.map { $0?.message.storable }),
            .texts(faults.map { $0?.vendor?.storable }),
        ]
    }

    private func attemptCount(before row: SettledDelivery) -> Int { before[row.sequence.rawValue]?.attempts ?? 0 }

    private var attempts: [Parameter] {
        let attempts = batch.exceptions.flatMap { row in
            row.newAttempts.enumerated().map { index, attempt in
                (sequence: row.sequence.rawValue, ordinal: attemptCount(before: row) + index + 1, attempt: attempt)
            }
        }
        return [
            .int8s(attempts.map(\.sequence)),
            .int4s(attempts.map { Int32(clamping: $0.ordinal) }),
            .int8s(attempts.map(\.attempt.at.milliseconds)),
            .int8s(attempts.map(\.attempt.latency.wholeMicroseconds)),
            .int2s(attempts.map { $0.attempt.httpStatus.map { Int16(clamping: $0) } }),
            .texts(attempts.map(\.attempt.status.rawValue)),
            .bools(attempts.map(\.attempt.deduplicated)),
            .texts(attempts.map(\.attempt.fault?.code.rawValue)),
            .texts(attempts.map { $0.attempt.fault?.message.storable }),
            .texts(attempts.map { $0.attempt.fault?.vendor?.storable }),
        ]
    }

    private var additions: [Parameter] {
        let changes = lane == nil ? [] : batch.countChanges(before).sorted { $0.key < $1.key }
        return [
            .int8(lane?.rawValue ?? 0),
            .texts(changes.map(\.key)),
            .int8s(changes.map { Int64($0.value) }),
            .texts(shadow.map(\.shadowClass.rawValue)),
            .texts(shadow.map(\.field.storable)),
            .int8s(shadow.map { Int64($0.events) }),
            .int8s(shadow.map(\.at.milliseconds)),
            .int8s(shadow.map(\.at.milliseconds)),
            .texts(shadow.map { "{" + $0.samples.map { "\($0.rawValue)" }.joined(separator: ",") + "}" }),
        ]
    }
}

extension String {
    /// PostgreSQL's texts cannot have the character 0, which a vendor's message may.
    var storable: String { utf8.contains(0) ? replacing("\0", with: "\u{FFFD}") : self }
}
