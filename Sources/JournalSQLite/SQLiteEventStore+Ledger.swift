package import Events
package import Journal
import JournalFormat

/// Retries, intents and outcomes; how first attempts are claimed is in `SQLiteEventStore+Claims`.
extension SQLiteEventStore {
    package func nextDue(for provider: ProviderName) -> Timestamp? {
        parts.ledger.withProgress(of: provider, \.nextDue) ?? nil
    }

    package func bringForward(under lease: AccountLease, by step: Duration) async throws(StoreError) {
        var last: Int64? = 0
        while let after = last {
            last = try await commit { .bringForward(lease, after: after, by: step, limit: 1000, $0) }
        }
    }

    nonisolated(nonsending) package func intend(_ sequences: [SequenceNumber], under lease: AccountLease)
        async throws(StoreError)
    {
        guard !sequences.isEmpty else { return }
        try await commit { .intend(sequences.map(\.rawValue), lease, $0) }
    }

    package func departs(_ sequences: [SequenceNumber], under lease: AccountLease) {
        // An intent has given the provider its number.
        guard let number = parts.names.number(of: lease.provider) else { return }
        let departures = sequences.map { Departure(provider: number, sequence: $0.rawValue) }
        parts.departures.add(departures) { departure in
            guard let name = parts.names.current.providers[departure.provider] else { return true }
            return parts.ledger.withProgress(of: name) { $0.intended.contains(departure.sequence) } ?? true
        }
    }

    nonisolated(nonsending) package func settle(_ settlement: Settlement, under lease: AccountLease)
        async throws(StoreError)
    {
        precondition(settlement.provider == lease.provider, "outcomes are settled under their own account's lease")
        guard !settlement.isEmpty else { return }
        let prepared = try await prepare(settlement, under: lease)
        try await commit { .settle(prepared, lease, $0) }
    }

    package func hold(_ hold: ProviderHold?, under lease: AccountLease) async throws(StoreError) {
        try await commit { .hold(hold, lease, $0) }
    }

    package func hold(of provider: ProviderName) async throws(StoreError) -> ProviderHold? {
        try await read { db in try HoldTable.hold(of: provider, in: db) }
    }

    package func operatorHold(of provider: ProviderName) async throws(StoreError) -> OperatorHold? {
        try await read { db in try OperatorHoldTable.hold(of: provider, in: db) }
    }

    // MARK: The end of the journal

    package func newestPosition() async throws(StoreError) -> JournalPosition {
        if parts.commits.isClosing { throw .closed }
        return JournalPosition(SequenceNumber(parts.newest.value))
    }

    package func waitForEvents(after position: JournalPosition) async {
        await parts.newest.wait(after: position.number().rawValue)
    }
}

// MARK: - Leases

extension SQLiteEventStore {
    package func lease(_ provider: ProviderName) async throws(StoreError) -> AccountLease {
        try await commit { .lease(parts.ledger.newLease(of: provider), onlyIfFree: false, $0) }
    }

    package func waitForEnd(of lease: AccountLease) async -> LeaseEnd {
        await parts.leases.waitForEnd(of: lease)
        return parts.ledger.holds(lease) ? .unwatched : .lost
    }

    package func isSafe(_ lease: AccountLease, at now: ContinuousClock.Instant) -> Bool {
        // No other process can get it while this one has the folder.
        parts.ledger.holds(lease)
    }

    package func giveBack(_ lease: AccountLease, unsent: [SequenceNumber]) async throws(StoreError) {
        try await commit { .giveBack(lease, unsent: unsent.map(\.rawValue), $0) }
    }
}

// MARK: - Outcomes before they are written

extension SQLiteEventStore {
    /// Finds out whose events the exceptions are, and brings the runs into a form in which first and last say all.
    nonisolated(nonsending) private func prepare(
        _ settlement: Settlement,
        under lease: AccountLease
    ) async throws(StoreError) -> PreparedSettlement {
        let isLane = parts.lanes.entry(of: lease.provider) != nil
        let damage = parts.damage.all
        let (runs, exceptions) =
            try parts.ledger.withProgress(under: lease) {
                Self.separate(settlement, by: isLane ? nil : $0, rows: $0, damage: damage)
            }
            ?? (settlement.runs, settlement.exceptions)
        let events = try await events(at: exceptions.map(\.sequence.rawValue))
        let numbers = parts.names.numbers(for: exceptions.compactMap { events[$0.sequence.rawValue]?.event }).origins
        var next = numbers.makeIterator()
        let origins = exceptions.map { events[$0.sequence.rawValue] == nil ? 0 : next.next() ?? 0 }
        return PreparedSettlement(
            provider: settlement.provider,
            runs: runs,
            exceptions: exceptions,
            shadow: settlement.shadow,
            origins: origins
        )
    }

    /// Turns what was claimed by its row, but is settled as part of a run, into an exception, since its row must not stay behind
    /// as `retrying`; and cuts runs that would stand for events that are still open.
    /// - Parameters:
    ///   - progress: tells where to cut; nil if runs say themselves which events are theirs.
    ///   - rows: tells what was claimed by its row.
    ///   - damage: chunks that nothing was claimed from.
    private static func separate(
        _ settlement: Settlement,
        by progress: ProviderProgress?,
        rows held: ProviderProgress,
        damage: [ChunkDamage]
    ) -> ([SettledRun], [SettledDelivery]) {
        var (runs, exceptions) = ([SettledRun](), settlement.exceptions)
        let rows = Set(exceptions.map(\.sequence.rawValue))
        for run in settlement.runs {
            var rest: [Int64] = []
            for sequence in run.sequences {
                if held.holdsRow(sequence.rawValue) {
                    exceptions.append(
                        SettledDelivery(
                            sequence: sequence,
                            status: run.attempt == nil ? .skipped : .delivered,
                            newAttempts: run.attempt.map { [$0] } ?? []
                        )
                    )
                } else {
                    rest.append(sequence.rawValue)
                }
            }
            guard !rest.isEmpty else { continue }
            let pieces = progress?.unbroken(rest, besides: rows).flatMap { $0.cut(around: damage) } ?? [rest[...]]
            for piece in pieces {
                runs.append(
                    SettledRun(sequences: piece.map { SequenceNumber($0) }, at: run.at, attempt: run.attempt)
                )
            }
        }
        return (runs, exceptions)
    }
}

extension Settlement {
    /// What is kept by its first and last event.
    fileprivate var runs: [SettledRun] {
        delivered.map { SettledRun(sequences: $0.sequences, at: $0.attempt.at, attempt: $0.attempt) }
            + skipped.map { SettledRun(sequences: $0.sequences, at: $0.at, attempt: nil) }
    }
}

extension ArraySlice<Int64> {
    /// Cuts a run where a damaged chunk lies between two of its events: a backup may have the chunk, and its events are not delivered.
    fileprivate func cut(around damage: [ChunkDamage]) -> [ArraySlice<Int64>] {
        guard !damage.isEmpty else { return [self] }
        var (pieces, start): ([ArraySlice<Int64>], Int) = ([], startIndex)
        for index in indices.dropFirst() {
            let (left, right) = (self[index - 1], self[index])
            guard damage.contains(where: { left < $0.first.rawValue && $0.last.rawValue < right }) else { continue }
            pieces.append(self[start..<index])
            start = index
        }
        return pieces + [self[start...]]
    }
}
