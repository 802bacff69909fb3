import Events
import Foundation
import GRDB
import Journal
import JournalFormat

/// Writes outcomes: delivered runs, rows for all else, their attempts, and the ends of intents.
struct SettlementWriter {
    let db: Database
    let statements: StatementSet
    let ledger: ProviderLedger
    let names: JournalNames

    func settle(_ settlement: PreparedSettlement, in batch: inout CommitBatch) throws {
        let provider = settlement.provider
        let number = names.register(provider)
        var changes = SettlementChanges()
        let lane = names.lane(number)
        var counts: [String: Int] = [:]
        for run in settlement.runs {
            try write(run, provider: number, withMembers: lane != nil)
            changes.delivered += run.sequences.map(\.rawValue)
            counts[run.status.rawValue, default: 0] += run.sequences.count
            if run.attempt?.deduplicated == true { counts[LaneTable.deduplicated, default: 0] += run.sequences.count }
        }
        for (index, exception) in settlement.exceptions.enumerated() {
            let before = try write(exception, origin: settlement.origins[index], provider: number)
            let wasRetrying = before == DeliveryStatus.retrying.rawValue
            if let before { counts[before, default: 0] -= 1 }
            counts[exception.status.rawValue, default: 0] += 1
            if exception.status == .delivered, exception.newAttempts.last?.deduplicated == true {
                counts[LaneTable.deduplicated, default: 0] += 1
            }
            changes.rows.append(
                SettlementChanges.Row(
                    sequence: exception.sequence.rawValue,
                    wasRetrying: wasRetrying,
                    due: exception.nextAttemptAt
                )
            )
        }
        if let lane { try LaneTable.add(counts, to: lane.lane, in: db) }
        for tally in settlement.shadow { try ShadowTable.add(tally, of: number, in: db) }
        try withdrawIntents(changes.delivered + changes.rows.map(\.sequence), of: provider, in: batch)
        batch.hasSettled = true
        batch.effects.append { ledger in ledger.withProgress(of: provider) { changes.apply(to: &$0) } }
    }

    /// - Parameter withMembers: whether events between the first and the last may belong to somebody else.
    private func write(_ run: SettledRun, provider: Int64, withMembers: Bool) throws {
        var rest = run.sequences[...]
        while let first = rest.first?.rawValue {
            let border = (first / Schema.runSpan + 1) * Schema.runSpan
            let piece = rest.prefix { $0.rawValue < border }
            rest = rest.dropFirst(piece.count)
            try statements.insertRun.execute(
                arguments: [
                    first, provider, piece[piece.endIndex - 1].rawValue, run.at.milliseconds,
                    run.attempt?.latency.wholeMicroseconds ?? 0, run.attempt?.httpStatus,
                    run.attempt?.deduplicated ?? false, run.attempt == nil,
                    withMembers ? RunMembers(piece).map { Data($0.encoded) } : nil,
                ]
            )
        }
    }

    /// - Returns: the state that the delivery's row had before; nil if it had none.
    private func write(_ settled: SettledDelivery, origin: UInt32, provider: Int64) throws -> String? {
        let sequence = settled.sequence.rawValue
        let known = try Row.fetchOne(statements.selectDelivery, arguments: [sequence, provider])
        let attempts = try known?.attempts(1) ?? 0
        for (index, attempt) in settled.newAttempts.enumerated() {
            try statements.insertAttempt.execute(
                arguments: [
                    sequence, provider, attempts + index + 1, attempt.at.milliseconds,
                    attempt.latency.wholeMicroseconds,
                    attempt.httpStatus, attempt.status.rawValue, attempt.deduplicated,
                    attempt.fault?.code.rawValue, attempt.fault?.message, attempt.fault?.vendor,
                ]
            )
        }
        // A million retries say the same twice otherwise: once in the attempt, once in the delivery.
        let repeatsAttempt = settled.fault != nil && settled.fault == settled.newAttempts.last?.fault
        let fault = repeatsAttempt ? nil : settled.fault
        try statements.upsertDelivery.execute(
            arguments: [
                sequence, provider, origin, settled.status.rawValue, attempts + settled.newAttempts.count,
                settled.nextAttemptAt?.milliseconds, settled.reachedAt?.milliseconds, repeatsAttempt,
                fault?.code.rawValue, fault?.message, fault?.vendor,
            ]
        )
        return try known?.value(0)
    }

    /// Writes down that these events are about to be sent.
    func intend(_ sequences: [Int64], at provider: ProviderName, in batch: inout CommitBatch) throws {
        let number = names.register(provider)
        for sequence in sequences { try statements.insertIntent.execute(arguments: [number, sequence]) }
        batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.intend(sequences) } }
        batch.intended[provider, default: []].formUnion(sequences)
    }

    func withdrawIntents(_ sequences: [Int64], of provider: ProviderName, in batch: CommitBatch) throws {
        var intended = ledger.withProgress(of: provider, \.intended) ?? []
        intended.formUnion(batch.intended[provider] ?? [])
        guard !intended.isEmpty, let number = names.number(of: provider) else { return }
        for sequence in sequences where intended.contains(sequence) {
            try statements.deleteIntent.execute(arguments: [number, sequence])
        }
    }
}

/// What a settlement changes in memory once it is on disk.
private struct SettlementChanges: Sendable {
    struct Row: Sendable {
        let sequence: Int64
        let wasRetrying: Bool
        let due: Timestamp?
    }

    var delivered: [Int64] = []
    var rows: [Row] = []

    func apply(to progress: inout ProviderProgress) {
        for sequence in delivered { progress.settleFirst(sequence) }
        for row in rows {
            progress.settleRow(row.sequence, wasRetrying: row.wasRetrying, due: row.due)
        }
    }
}
