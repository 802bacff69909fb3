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
        case .append(let events, let answer): try append(events, answer, to: &batch)
        case .lease(let lease, let onlyIfFree, let answer): grant(lease, onlyIfFree: onlyIfFree, answer, in: &batch)
        case .giveBack(let lease, let unsent, let answer):
            batch.answer(answer, with: try giveBack(lease, unsent, in: &batch))
        case .settle(let settlement, _, let answer):
            batch.answer(answer, with: try settlements.settle(settlement, in: &batch))
        case .intend(let sequences, let lease, let answer):
            batch.answer(answer, with: try settlements.intend(sequences, at: lease.provider, in: &batch))
        case .revise(let step, let answer): batch.answer(answer, with: try revise(by: step, in: &batch))
        case .lookup(let step, let answer): batch.answer(answer, with: try step.run(in: db))
        case .bringForward(let lease, let after, let step, let limit, let answer):
            batch.answer(answer, with: try bringForward(lease.provider, after, by: step, limit, in: &batch))
        case .lane(let step, let lease, let answer):
            batch.answer(answer, with: try carryOut(step, under: lease, in: &batch))
        case .discardRetries(let lease, let limit, let answer):
            batch.answer(answer, with: try discardRetries(of: lease.provider, limit, in: &batch))
        case .note(let time, let answer):
            batch.answer(answer, with: try MetaTable.setNotedTime(time.milliseconds, in: db))
        case .pins(let step, let answer): batch.answer(answer, with: try step.run(in: db))
        case .forgetShadowCounts(let provider, let answer):
            if let number = parts.names.number(of: provider) { try ShadowTable.forget(number, in: db) }
            batch.answer(answer, with: ())
        case .hold(let hold, let lease, let answer):
            batch.answer(answer, with: try HoldTable.set(hold, of: lease.provider, in: db))
        case .audit(let entry, let answer): batch.answer(answer, with: try note(entry))
        case .appendAct(let act, let entry, let answer):
            let isNext = try MigrationLogTable.append(act, in: db)
            if isNext { try note(entry) }
            batch.answer(answer, with: isNext)
        case .removeAudit(let timestamp, let answer):
            batch.answer(answer, with: try AuditTable.remove(before: timestamp, in: db))
        case .holdByOperator(let provider, let hold, let answer):
            batch.answer(answer, with: try OperatorHoldTable.set(hold, of: provider, in: db))
        case .makeRetriesDue(let provider, let beyond, let now, let limit, let answer):
            batch.answer(answer, with: try makeRetriesDue(of: provider, beyond, at: now, limit, in: &batch))
        case .removeSettled(let step, let answer): batch.answer(answer, with: try removeSettled(by: step, in: &batch))
        }
    }

    private func append(
        _ events: PreparedAppend,
        _ answer: WriteOperation.Answer<[AppendResult]>,
        to batch: inout CommitBatch
    ) throws {
        let result: Result<[AppendResult], StoreError>
        do {
            result = try accept(events, to: &batch)
        } catch let old as RequestWithOldIdentity {
            let duplicates = parts.duplicates
            batch.answers.append { duplicates.look(events, besides: old.new, old.runs, answer) }
            return
        }
        batch.answers.append { answer.resume(returning: result) }
    }

    private func grant(
        _ lease: AccountLease,
        onlyIfFree: Bool,
        _ answer: WriteOperation.Answer<AccountLease>,
        in batch: inout CommitBatch
    ) {
        let isTaken =
            parts.ledger.isHeld(lease.provider) || batch.newLeases.contains { $0.provider == lease.provider }
        guard !onlyIfFree || !isTaken else {
            batch.answers.append { answer.resume(returning: .failure(.leaseLost)) }
            return
        }
        batch.effects.append { ledger in ledger.grant(lease) }
        batch.newLeases.append(lease)
        batch.answer(answer, with: lease)
    }

    private func giveBack(_ lease: AccountLease, _ unsent: [Int64], in batch: inout CommitBatch) throws {
        try settlements.withdrawIntents(unsent, of: lease.provider, in: batch)
        batch.effects.append { ledger in
            ledger.withProgress(of: lease.provider) { $0.withdraw(unsent) }
            ledger.end(lease)
        }
    }

    private func revise(by step: RevisionStep, in batch: inout CommitBatch) throws -> RevisionStep.Result {
        let result = try step.run(in: db)
        let provider = step.provider
        batch.effects.append { ledger in
            ledger.withProgress(of: provider) { $0.revised(retrying: result.retryingChange) }
        }
        return result
    }

    private func bringForward(
        _ provider: ProviderName,
        _ after: Int64,
        by step: Duration,
        _ limit: Int,
        in batch: inout CommitBatch
    ) throws -> Int64? {
        let number = parts.names.register(provider)
        let last = try DueDelivery.bringForward(provider: number, after: after, by: step, limit: limit, in: db)
        batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.rescheduled() } }
        return last
    }

    private func discardRetries(of provider: ProviderName, _ limit: Int, in batch: inout CommitBatch) throws -> Int {
        let account = parts.lanes.entry(of: provider)?.account
        let count = try account.map { try LaneTable.discardRetries(of: $0, limit: limit, in: db) } ?? 0
        batch.effects.append { ledger in
            ledger.withProgress(of: provider) { progress in
                progress.revised(retrying: -count)
                progress.rescheduled()
            }
        }
        return count
    }

    private func makeRetriesDue(
        of provider: ProviderName,
        _ beyond: Timestamp,
        at now: Timestamp,
        _ limit: Int,
        in batch: inout CommitBatch
    ) throws -> Int {
        let count =
            try parts.names.number(of: provider).map {
                try DueDelivery.makeDue(provider: $0, waitingBeyond: beyond, at: now, limit: limit, in: db)
            } ?? 0
        batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.rescheduled() } }
        return count
    }

    private func note(_ entry: AuditEntry) throws {
        try AuditTable.insert(entry, keeping: parts.settings.auditEntriesPerCategory, in: db)
    }

    private func removeSettled(by step: RetentionStep, in batch: inout CommitBatch) throws -> RetentionStep.Progress {
        let progress = try step.run(
            in: db,
            ledger: parts.ledger,
            lanes: parts.lanes,
            names: batch.names,
            newest: newest
        )
        batch.removed.append(contentsOf: progress.removed)
        return progress
    }
}

extension CommitBatch {
    /// Tells the caller of an operation, after the commit, that it was done.
    fileprivate mutating func answer<Value: Sendable>(
        _ answer: WriteOperation.Answer<Value>,
        with value: Value
    ) {
        answers.append { answer.resume(returning: .success(value)) }
    }
}
