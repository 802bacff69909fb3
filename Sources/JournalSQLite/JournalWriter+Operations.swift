import Events
import GRDB
import Journal
import JournalFormat

extension JournalWriter {
    /// Does one operation as a part of the commit; what it changes in memory, and its answer, wait for the end of that.
    func apply(_ operation: WriteOperation, to batch: inout CommitBatch) throws {
        if let lease = operation.lease, !parts.ledger.holds(lease) {
            batch.answers.append { operation.fail(.leaseLost) }
            return
        }
        switch operation {
        case .append(let append, let answer):
            let result: Result<[AppendResult], StoreError>
            do {
                result = try accept(append, to: &batch)
            } catch let old as RequestWithOldIdentity {
                let duplicates = parts.duplicates
                batch.answers.append { duplicates.look(append, besides: old.new, old.runs, answer) }
                return
            }
            batch.answers.append { answer.resume(returning: result) }
        case .lease(let lease, let onlyIfFree, let answer):
            let isTaken =
                parts.ledger.isHeld(lease.provider) || batch.newLeases.contains { $0.provider == lease.provider }
            guard !onlyIfFree || !isTaken else {
                batch.answers.append { answer.resume(returning: .failure(.leaseLost)) }
                return
            }
            batch.effects.append { ledger in ledger.grant(lease) }
            batch.newLeases.append(lease)
            batch.answers.append { answer.resume(returning: .success(lease)) }
        case .giveBack(let lease, let unsent, let answer):
            try settlements.withdrawIntents(unsent, of: lease.provider, in: batch)
            batch.effects.append { ledger in
                ledger.withProgress(of: lease.provider) { $0.withdraw(unsent) }
                ledger.end(lease)
            }
            batch.answers.append { answer.resume(returning: .success(())) }
        case .settle(let settlement, _, let answer):
            try settlements.settle(settlement, in: &batch)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .intend(let sequences, let lease, let answer):
            try settlements.intend(sequences, at: lease.provider, in: &batch)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .revise(let step, let answer):
            let result = try step.run(in: db)
            let provider = step.provider
            batch.effects.append { ledger in
                ledger.withProgress(of: provider) { $0.revised(retrying: result.retryingChange) }
            }
            batch.answers.append { answer.resume(returning: .success(result)) }
        case .lookup(let step, let answer):
            let isAdded = try step.run(in: db)
            batch.answers.append { answer.resume(returning: .success(isAdded)) }
        case .bringForward(let lease, let after, let step, let limit, let answer):
            let number = parts.names.register(lease.provider)
            let last = try DueDelivery.bringForward(provider: number, after: after, by: step, limit: limit, in: db)
            batch.effects.append { ledger in ledger.withProgress(of: lease.provider) { $0.rescheduled() } }
            batch.answers.append { answer.resume(returning: .success(last)) }
        case .lane(let step, let lease, let answer):
            let result = try carryOut(step, under: lease, in: &batch)
            batch.answers.append { answer.resume(returning: .success(result)) }
        case .discardRetries(let lease, let limit, let answer):
            let account = parts.lanes.entry(of: lease.provider)?.account
            let count = try account.map { try LaneTable.discardRetries(of: $0, limit: limit, in: db) } ?? 0
            batch.effects.append { ledger in
                ledger.withProgress(of: lease.provider) { progress in
                    progress.revised(retrying: -count)
                    progress.rescheduled()
                }
            }
            batch.answers.append { answer.resume(returning: .success(count)) }
        case .note(let time, let answer):
            try MetaTable.setNotedTime(time.milliseconds, in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .pins(let step, let answer):
            try step.run(in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .forgetShadowCounts(let provider, let answer):
            if let number = parts.names.number(of: provider) { try ShadowTable.forget(number, in: db) }
            batch.answers.append { answer.resume(returning: .success(())) }
        case .hold(let hold, let lease, let answer):
            try HoldTable.set(hold, of: lease.provider, in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .audit(let entry, let answer):
            try AuditTable.insert(entry, keeping: parts.settings.auditEntriesPerCategory, in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .appendAct(let act, let entry, let answer):
            let isNext = try MigrationLogTable.append(act, in: db)
            if isNext { try AuditTable.insert(entry, keeping: parts.settings.auditEntriesPerCategory, in: db) }
            batch.answers.append { answer.resume(returning: .success(isNext)) }
        case .removeAudit(let timestamp, let answer):
            let count = try AuditTable.remove(before: timestamp, in: db)
            batch.answers.append { answer.resume(returning: .success(count)) }
        case .holdByOperator(let provider, let hold, let answer):
            try OperatorHoldTable.set(hold, of: provider, in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .makeRetriesDue(let provider, let beyond, let now, let limit, let answer):
            let number = parts.names.number(of: provider)
            let count =
                try number.map {
                    try DueDelivery.makeDue(provider: $0, waitingBeyond: beyond, at: now, limit: limit, in: db)
                } ?? 0
            batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.rescheduled() } }
            batch.answers.append { answer.resume(returning: .success(count)) }
        case .removeSettled(let step, let answer):
            let progress = try step.run(
                in: db,
                ledger: parts.ledger,
                lanes: parts.lanes,
                names: batch.names,
                newest: newest
            )
            batch.removed.append(contentsOf: progress.removed)
            batch.answers.append { answer.resume(returning: .success(progress)) }
        }
    }
}
