import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Logging
import Telemetry

/// The one who writes: turns what has accumulated into one transaction, one fsync, and then the answers.
///
/// Lives on its own thread, together with the connection. In memory nothing changes before the commit has succeeded, but for the
/// identity index, where a failed commit's insertions are taken back.
final class JournalWriter {
    let db: Database
    let parts: StoreParts
    private(set) var statements: StatementSet
    private(set) var settlements: SettlementWriter
    private(set) var newest: Int64
    /// Whether the last commit failed: a statement that has failed once fails forever (GRDB).
    private var hasFailed = false
    private var commitsSinceCursors = 0
    private var savedCursors: [ProviderName: Int64] = [:]
    private var clockSteps: ClockSteps
    var diskUse: DiskUse
    /// Whether an event was refused that the log's bytes may have kept out.
    var isLogToShrink = false

    init(_ db: Database, parts: StoreParts) throws {
        self.db = db
        self.parts = parts
        statements = try StatementSet(db)
        settlements = SettlementWriter(db: db, statements: statements, ledger: parts.ledger, names: parts.names)
        newest = parts.newest.value
        diskUse = DiskUse(folder: parts.folder)
        clockSteps = ClockSteps(
            latest: try Int64.fetchOne(db, sql: "SELECT accepted_last FROM chunks ORDER BY first DESC LIMIT 1")
        )
    }

    // MARK: One commit

    /// Does all of these, or none; then tells their callers. Where a row is damaged, they are done in several commits instead, so that what
    /// needs the row fails, and nothing else.
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
            // What the database itself refuses, such as a write to a full disk, would fail for each of them.
            if operations.count > 1, !(error is DatabaseError) {
                let middle = operations.count / 2
                commit(Array(operations[..<middle]))
                commit(Array(operations[middle...]))
                return
            }
            let failure = StoreError(error, retryAfter: parts.settings.retryAfterFull)
            parts.metrics.failed()
            if case .full = failure { parts.disk.note() }
            parts.logger.error(
                "a commit failed",
                metadata: ["reason": "\(failure)", "operations": "\(operations.count)"]
            )
            for operation in operations { operation.fail(failure) }
            return
        }
        parts.metrics.committed(events: batch.newest - newest, in: .now - start)
        if batch.newest > newest { parts.disk.clear() }
        publish(batch)
        parts.checkpoints.committed(bytes: batch.estimatedBytes, db)
        if isLogToShrink { shrinkLog() }
    }

    /// Makes room that the log takes, periodically, since it holds up the writer.
    private func shrinkLog() {
        isLogToShrink = false
        guard diskUse.mayShrinkLog(now: .now) else { return }
        parts.checkpoints.shrink(db)
    }

    private func prepareAgainIfNeeded() throws {
        guard hasFailed else { return }
        statements = try StatementSet(db)
        settlements = SettlementWriter(db: db, statements: statements, ledger: parts.ledger, names: parts.names)
        savedCursors.removeAll()
        hasFailed = false
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
            parts.accepted.add(counts)
        }
        for effect in batch.effects { effect(parts.ledger) }
        for lease in batch.newLeases { parts.leases.rise(lease.provider, to: lease.epoch) }
        for range in batch.removed {
            parts.cache.remove(firstIn: range)
            parts.columns.remove(range)
            parts.index.forget(range)
        }
        parts.newest.advance(to: newest)
        for answer in batch.answers { answer() }
        parts.index.flushIfFull(newest: newest)
    }

    // MARK: Chunks, names, cursors, damage

    private func write(_ chunk: WrittenChunk) throws {
        if clockSteps.isStep(chunk.accepted) { try ClockSteps.insert(chunk.range.lowerBound, in: db) }
        try statements.insertChunk.execute(
            arguments: [
                chunk.range.lowerBound, chunk.range.count, chunk.accepted.lowerBound, chunk.accepted.upperBound,
                chunk.providers.encoded, Data(chunk.content),
            ]
        )
    }

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

    /// Cursors periodically, and damage when there is some.
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
            parts.logger.warning("the cursors could not be written at shutdown", metadata: ["reason": "\(error)"])
        }
    }
}
