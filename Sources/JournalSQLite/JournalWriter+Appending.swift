import Events
import GRDB
import Journal
import JournalFormat

extension JournalWriter {
    /// Takes a request's events into the commit, or finds out why not.
    func accept(
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
        if acceptance.isWithheld {
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
            let (inserted, candidates) = parts.index.insert(identities[acceptance.index...], from: acceptance.next)
            acceptance.accept(inserted)
            guard let candidates else { return }
            if let (stored, sequence) = try event(of: candidates, acceptance, batch) {
                acceptance.compare(with: stored, at: sequence)
            } else {
                parts.index.insert(identities[acceptance.index], acceptance.next)
                acceptance.accept(1)
            }
        }
    }

    /// The event that has the next event's identity, if one of those with its hash does.
    private func event(
        of candidates: IdentityIndex.Candidates,
        _ acceptance: Acceptance,
        _ batch: CommitBatch
    ) throws -> (AcceptedEvent, Int64)? {
        let event = acceptance.append.encoded.events[acceptance.index]
        let hash = acceptance.append.identities[acceptance.index].hash
        let known = acceptance.append.lookup
        for sequence in try candidates.sequences + sequences(of: hash, in: candidates.runs, known) {
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
}

/// A request that must be compared with events that are not in memory, or with a damaged part of the index.
struct RequestWithOldIdentity: Error {
    /// The places of its events that are new.
    let new: Set<Int>
    /// All runs at that moment.
    let runs: [IdentityRun]
}
