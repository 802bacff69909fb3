import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Logging

/// The one who writes: turns what has gathered into one transaction, one fsync, and then the answers.
///
/// Lives on its own thread, together with the connection. In memory nothing changes before the commit has succeeded, but for the
/// identity index, where a failed commit's insertions are taken back.
final class JournalWriter {
    private let db: Database
    private let parts: StoreParts
    private var statements: StatementSet
    private var settlements: SettlementWriter
    private var newest: Int64
    /// Whether the last commit failed: a statement that has failed once fails for ever (GRDB).
    private var hasFailed = false
    private var commitsSinceCursors = 0
    private var savedCursors: [ProviderName: Int64] = [:]
    private var clockSteps: ClockSteps
    private var diskUse: DiskUse
    /// Whether an event was refused that the log's bytes may have kept out.
    private var isLogToShrink = false

    init(_ db: Database, parts: StoreParts) throws {
        self.db = db
        self.parts = parts
        statements = try StatementSet(db)
        settlements = SettlementWriter(statements: statements, ledger: parts.ledger, names: parts.names)
        newest = parts.newest.value
        diskUse = DiskUse(folder: parts.folder)
        clockSteps = ClockSteps(
            latest: try Int64.fetchOne(db, sql: "SELECT accepted_last FROM chunks ORDER BY first DESC LIMIT 1")
        )
    }

    // MARK: One commit

    /// Does all of these, or none; then tells their callers.
    func commit(_ operations: [WriteOperation]) {
        let start = ContinuousClock.now
        let clockStepsBefore = clockSteps
        var batch = CommitBatch(newest: newest, names: parts.names.current, chunkBytes: parts.settings.chunkBytes)
        do {
            try prepareAgainIfNeeded()
            try db.inTransaction(.immediate) {
                try save(batch.names.unsaved, from: batch.names)
                for operation in operations { try apply(operation, to: &batch) }
                batch.finishChunks()
                for chunk in batch.chunks { try write(chunk) }
                try saveExtras(&batch)
                return .commit
            }
        } catch {
            parts.index.remove(batch.entries)
            hasFailed = true
            clockSteps = clockStepsBefore
            let failure = StoreError(error, retryAfter: parts.settings.retryAfterFull)
            parts.metrics.failed()
            parts.logger.error(
                "a commit failed",
                metadata: ["reason": "\(failure)", "operations": "\(operations.count)"]
            )
            for operation in operations { operation.fail(failure) }
            return
        }
        parts.metrics.committed(events: batch.newest - newest, in: .now - start)
        publish(batch)
        parts.checkpoints.committed(bytes: batch.estimatedBytes, db)
        if isLogToShrink { shrinkLog() }
    }

    /// Makes room that the log takes, now and then, since it holds up the writer.
    private func shrinkLog() {
        isLogToShrink = false
        guard diskUse.mayShrinkLog(now: .now) else { return }
        parts.checkpoints.shrink(db)
    }

    private func prepareAgainIfNeeded() throws {
        guard hasFailed else { return }
        statements = try StatementSet(db)
        settlements = SettlementWriter(statements: statements, ledger: parts.ledger, names: parts.names)
        savedCursors.removeAll()
        hasFailed = false
    }

    private func apply(_ operation: WriteOperation, to batch: inout CommitBatch) throws {
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
        case .settle(let settlement, let answer):
            try settlements.settle(settlement, in: &batch)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .intend(let sequences, let provider, let answer):
            let number = parts.names.register(provider)
            for sequence in sequences { try statements.insertIntent.execute(arguments: [number, sequence]) }
            batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.intend(sequences) } }
            batch.intended[provider, default: []].formUnion(sequences)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .release(let sequences, let provider, let answer):
            try settlements.withdrawIntents(sequences, of: provider, in: batch)
            batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.release(sequences) } }
            batch.answers.append { answer.resume(returning: .success(())) }
        case .revise(let step, let answer):
            let result = try step.run(in: db)
            let provider = step.provider
            batch.effects.append { ledger in
                ledger.withProgress(of: provider) { $0.revised(retrying: result.retryingChange) }
            }
            batch.answers.append { answer.resume(returning: .success(result)) }
        case .bringForward(let provider, let after, let step, let limit, let answer):
            let number = parts.names.register(provider)
            let last = try DueDelivery.bringForward(provider: number, after: after, by: step, limit: limit, in: db)
            batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.rescheduled() } }
            batch.answers.append { answer.resume(returning: .success(last)) }
        case .hold(let provider, let hold, let answer):
            try HoldTable.set(hold, of: provider, in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .audit(let entry, let answer):
            try AuditTable.insert(entry, keeping: parts.settings.auditEntriesPerCategory, in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .holdByOperator(let provider, let hold, let answer):
            try OperatorHoldTable.set(hold, of: provider, in: db)
            batch.answers.append { answer.resume(returning: .success(())) }
        case .makeRetriesDue(let provider, let now, let limit, let answer):
            let number = parts.names.number(of: provider)
            let count = try number.map { try DueDelivery.makeDue(provider: $0, at: now, limit: limit, in: db) } ?? 0
            batch.effects.append { ledger in ledger.withProgress(of: provider) { $0.rescheduled() } }
            batch.answers.append { answer.resume(returning: .success(count)) }
        case .removeSettled(let step, let answer):
            let progress = try step.run(in: db, ledger: parts.ledger, names: batch.names, newest: newest)
            batch.removed.append(contentsOf: progress.removed)
            batch.answers.append { answer.resume(returning: .success(progress)) }
        }
    }

    /// What is on disk now becomes visible, in this order: events, deliveries, the newest number, the answers.
    private func publish(_ batch: CommitBatch) {
        newest = batch.newest
        parts.names.saved(batch.names.unsaved)
        parts.damage.saved(batch.damage)
        for chunk in batch.chunks {
            parts.cache.insert(chunk.events)
            parts.columns.append(chunk.frames)
            let counts = chunk.providers.counts.compactMap { count in
                batch.names.providers[count.provider].map { (provider: $0, events: count.events) }
            }
            parts.ledger.appended(chunk.range, events: counts)
        }
        for effect in batch.effects { effect(parts.ledger) }
        for range in batch.removed {
            parts.cache.remove(firstIn: range)
            parts.columns.remove(range)
            parts.index.forget(range)
        }
        parts.newest.advance(to: newest)
        for answer in batch.answers { answer() }
        parts.index.flushIfFull(newest: newest)
    }

    // MARK: Appending

    private func accept(
        _ append: PreparedAppend,
        to batch: inout CommitBatch
    ) throws -> Result<[AppendResult], StoreError> {
        guard try hasRoom() else { return .failure(.full(retryAfter: parts.settings.retryAfterFull)) }
        var acceptance = Acceptance(append, next: batch.newest + 1)
        do {
            try find(&acceptance, batch)
        } catch {
            parts.index.remove(acceptance.entries)
            guard error is OldIdentity else { throw error }
            throw RequestWithOldIdentity(new: Set(acceptance.indices), runs: parts.index.currentRuns)
        }
        if append.policy == .allOrNothing, acceptance.hasConflict {
            parts.index.remove(acceptance.entries)
            return .success(acceptance.resultsIfWithheld)
        }
        batch.add(acceptance)
        return .success(acceptance.results)
    }

    /// Puts the new events' identities into the index, and compares the others with the events that have theirs.
    private func find(_ acceptance: inout Acceptance, _ batch: CommitBatch) throws {
        let identities = acceptance.append.identities
        while acceptance.index < identities.count {
            let (inserted, finding) = parts.index.insert(identities[acceptance.index...], from: acceptance.next)
            acceptance.accept(inserted)
            guard let finding else { return }
            if let (stored, sequence) = try event(of: finding, acceptance, batch) {
                acceptance.compare(with: stored, at: sequence)
            } else {
                parts.index.insert(identities[acceptance.index], acceptance.next)
                acceptance.accept(1)
            }
        }
    }

    /// The event that has the next event's identity, if one of those with its hash does.
    private func event(
        of finding: IdentityIndex.Finding,
        _ acceptance: Acceptance,
        _ batch: CommitBatch
    ) throws -> (AcceptedEvent, Int64)? {
        let event = acceptance.append.encoded.events[acceptance.index]
        let hash = acceptance.append.identities[acceptance.index].hash
        let known = acceptance.append.lookup
        for sequence in try finding.sequences + sequences(of: hash, in: finding.runs, known) {
            if let stored = try self.event(at: sequence, acceptance, batch), event.hasIdentity(of: stored) {
                return (stored, sequence)
            }
        }
        return nil
    }

    /// An event of this request, of this commit, or of the journal.
    /// - Returns: nil if retention has removed the event, or a damaged chunk has lost it.
    /// - Throws: ``OldIdentity`` if it would have to be read, at the first time.
    private func event(
        at sequence: Int64,
        _ acceptance: Acceptance,
        _ batch: CommitBatch
    ) throws -> AcceptedEvent? {
        if let event = acceptance.event(at: sequence) ?? batch.event(at: sequence) { return event }
        if let chunk = parts.cache.chunk(holding: sequence) { return StoredEvent(sequence, in: chunk)?.event }
        guard let lookup = acceptance.append.lookup else { throw OldIdentity() }
        if let event = lookup.events[sequence] {
            // Retention may have removed it since.
            return try JournalReader.hasEvent(sequence, in: db) ? event : nil
        }
        return try parts.reader.chosenEvents(at: [sequence], limitBytes: .max, in: db)?[sequence]
    }

    /// Looks into runs, but for those that were looked into before.
    private func sequences(of hash: UInt64, in runs: [IdentityRun], _ known: IdentityLookup?) throws -> [Int64] {
        var found: [Int64] = []
        for run in runs {
            if let sequences = known?.sequences(of: hash, in: run) {
                found += sequences
                continue
            }
            do throws(IdentityRunFault) {
                found += try run.sequences(of: hash)
            } catch {
                // It is made again beside the writer.
                throw OldIdentity()
            }
        }
        return found
    }

    private func hasRoom() throws -> Bool {
        if let limit = parts.settings.backlogLimitEvents, parts.ledger.largestBacklog >= limit { return false }
        if parts.index.isBehind { return false }
        if let limit = parts.settings.diskLimitBytes, try diskUse.bytes(in: db) >= limit {
            isLogToShrink = true
            return false
        }
        return true
    }

    private func write(_ chunk: WrittenChunk) throws {
        if clockSteps.isStep(chunk.accepted) { try ClockSteps.insert(chunk.range.lowerBound, in: db) }
        try statements.insertChunk.execute(
            arguments: [
                chunk.range.lowerBound, chunk.range.count, chunk.accepted.lowerBound, chunk.accepted.upperBound,
                chunk.providers.encoded, Data(chunk.content),
            ]
        )
    }

    // MARK: Names, cursors, damage

    private func save(_ unsaved: UnsavedNames, from names: NameTable) throws {
        for number in unsaved.origins {
            guard let origin = names.origins[number] else { continue }
            try statements.insertOrigin.execute(
                arguments: [number, origin.tenant.rawValue, origin.client.rawValue]
            )
        }
        for number in unsaved.plans {
            guard let plan = names.plans[number] else { continue }
            try statements.insertPlan.execute(arguments: [number, Data(plan.plan.encoded)])
        }
        for number in unsaved.providers {
            guard let provider = names.providers[number] else { continue }
            // Nothing in the journal names it yet: its walk begins with what comes now.
            try statements.insertProvider.execute(arguments: [number, provider.rawValue, newest])
        }
    }

    /// Cursors now and then, and damage when there is some.
    private func saveExtras(_ batch: inout CommitBatch) throws {
        batch.damage = parts.damage.unsaved
        for damage in batch.damage {
            try statements.insertDamage.execute(
                arguments: [damage.first.rawValue, damage.last.rawValue, damage.reason]
            )
        }
        guard batch.hasSettled else { return }
        commitsSinceCursors += 1
        if commitsSinceCursors >= parts.settings.commitsBetweenCursors { try saveCursors() }
    }

    /// The cursors of what is committed by now; this commit's settlements count the next time.
    private func saveCursors() throws {
        commitsSinceCursors = 0
        for (provider, cursor) in parts.ledger.cursors where savedCursors[provider] != cursor {
            guard let number = parts.names.number(of: provider) else { continue }
            try statements.updateCursor.execute(arguments: [cursor, number])
            savedCursors[provider] = cursor
        }
    }

    /// The last commit of a store that closes. Should it fail, the next start looks at a little more.
    func commitCursors() {
        do {
            try prepareAgainIfNeeded()
            var batch = CommitBatch(newest: newest, names: parts.names.current, chunkBytes: parts.settings.chunkBytes)
            try db.inTransaction(.immediate) {
                try saveCursors()
                try saveExtras(&batch)
                return .commit
            }
            parts.damage.saved(batch.damage)
        } catch {
            parts.logger.warning("the cursors could not be written at the end", metadata: ["reason": "\(error)"])
        }
    }
}

/// A request that must be compared with events that are not in memory, or with a damaged part of the index.
private struct RequestWithOldIdentity: Error {
    /// The places of its events that are new.
    let new: Set<Int>
    /// All runs at that moment.
    let runs: [IdentityRun]
}
