package import Events
import GRDB
package import Journal
import JournalFormat

extension SQLiteEventStore {
    // MARK: Claims

    package func claimBlock(
        for provider: ProviderName,
        limit: BlockLimit
    ) async throws(StoreError) -> DeliveryBlock? {
        while let start = walkStart(for: provider, limit: limit) {
            if !start.released.isEmpty {
                if let block = try await claimReleased(start, for: provider, limit: limit) { return block }
            } else if start.position >= start.newest {
                return nil
            } else if let block = try await claimNext(start, for: provider, limit: limit) {
                return block
            }
        }
        return nil
    }

    package func claimDue(
        for provider: ProviderName,
        at now: Timestamp,
        limit: BlockLimit
    ) async throws(StoreError) -> [ClaimedDelivery] {
        guard let number = parts.names.number(of: provider) else { return [] }
        let ledger = parts.ledger
        let held = ledger.withProgress(of: provider) { progress in
            progress.beginReadingRows()
            return progress.heldCount
        }
        guard let held else { return [] }
        let (due, next): ([DueDelivery], Timestamp?)
        do throws(StoreError) {
            (due, next) = try await read { db in
                let due = try DueDelivery.fetch(provider: number, at: now, limit: limit.events + held, in: db)
                let found = Set(due.map(\.sequence))
                let next = try DueDelivery.earliest(provider: number, in: db) { sequence in
                    found.contains(sequence) || ledger.withProgress(of: provider) { $0.isHeld(sequence) } ?? false
                }
                return (due, next)
            }
        } catch {
            ledger.withProgress(of: provider) { $0.endReadingRows() }
            throw error
        }
        let sequences = due.map(\.sequence)
        let claimed =
            ledger.withProgress(of: provider) { $0.claimRows(sequences, limit: limit.events, next: next) } ?? []
        let histories = Dictionary(due.map { ($0.sequence, $0.history) }, uniquingKeysWith: { first, _ in first })
        return try await retries(claimed, to: provider, histories, within: limit.bytes)
    }

    package func nextDue(for provider: ProviderName) -> Timestamp? {
        parts.ledger.withProgress(of: provider, \.nextDue) ?? nil
    }

    package func bringForward(_ provider: ProviderName, by step: Duration) async throws(StoreError) {
        var last: Int64? = 0
        while let after = last {
            last = try await commit { .bringForward(provider, after: after, by: step, limit: 1000, $0) }
        }
    }

    package func claimInterrupted(for provider: ProviderName) async throws(StoreError) -> [ClaimedDelivery] {
        let sequences = parts.ledger.withProgress(of: provider) { $0.takeInterrupted() } ?? []
        guard !sequences.isEmpty, let number = parts.names.number(of: provider) else { return [] }
        do throws(StoreError) {
            let histories = try await read { db in
                try DueDelivery.histories(of: sequences, provider: number, in: db)
            }
            return try await deliveries(sequences, to: provider, histories)
        } catch {
            parts.ledger.withProgress(of: provider) { $0.putBackInterrupted(sequences) }
            throw error
        }
    }

    // MARK: Outcomes

    package func intend(_ sequences: [SequenceNumber], at provider: ProviderName) async throws(StoreError) {
        guard !sequences.isEmpty else { return }
        try await commit { .intend(sequences.map(\.rawValue), provider, $0) }
    }

    package func departs(_ sequences: [SequenceNumber], to provider: ProviderName) {
        // An intent has given the provider its number.
        guard let number = parts.names.number(of: provider) else { return }
        let departures = sequences.map { Departure(provider: number, sequence: $0.rawValue) }
        parts.departures.add(departures) { departure in
            guard let name = parts.names.current.providers[departure.provider] else { return true }
            return parts.ledger.withProgress(of: name) { $0.intended.contains(departure.sequence) } ?? true
        }
    }

    package func settle(_ settlement: Settlement) async throws(StoreError) {
        guard !settlement.delivered.isEmpty || !settlement.exceptions.isEmpty else { return }
        let prepared = try await prepare(settlement)
        try await commit { .settle(prepared, $0) }
    }

    package func release(_ sequences: [SequenceNumber], for provider: ProviderName) async throws(StoreError) {
        let numbers = sequences.map(\.rawValue)
        let hasIntents =
            parts.ledger.withProgress(of: provider) { progress in
                numbers.contains { progress.intended.contains($0) }
            } ?? false
        if hasIntents {
            try await commit { .release(numbers, provider, $0) }
        } else if parts.commits.isClosing {
            throw .closed
        } else {
            parts.ledger.withProgress(of: provider) { $0.release(numbers) }
        }
    }

    // MARK: The newest event

    package func waitForEvents(after sequence: SequenceNumber) async {
        await parts.newest.wait(after: sequence.rawValue)
    }

    package var newestSequence: SequenceNumber { SequenceNumber(parts.newest.value) }
}

// MARK: - How claims are made

extension SQLiteEventStore {
    /// Where a walk stands before it reads; if the version has changed after the read, another claim was faster.
    private struct WalkStart {
        let position: Int64
        let released: [Int64]
        let version: Int
        let newest: Int64
    }

    private func walkStart(for provider: ProviderName, limit: BlockLimit) -> WalkStart? {
        let newest = parts.newest.value
        return parts.ledger.withProgress(of: provider) { progress in
            WalkStart(
                position: progress.position,
                released: progress.releasedEvents(limit: limit.events),
                version: progress.version,
                newest: newest
            )
        }
    }

    /// - Returns: nil if the stretch had nothing to claim, or another claim was faster: the caller tries again.
    private func claimNext(
        _ start: WalkStart,
        for provider: ProviderName,
        limit: BlockLimit
    ) async throws(StoreError) -> DeliveryBlock? {
        let stretch = try await stretch(start, for: provider, limit: limit)
        let places =
            parts.ledger.withProgress(of: provider) { progress -> [Stretch.Place] in
                guard progress.version == start.version else { return [] }
                return progress.claim(from: stretch, limit: limit, of: provider)
            } ?? []
        // Neighbours mostly have the same submission.
        var last: (submission: Submission, destination: Destination?)?
        let deliveries = places.compactMap { place -> ClaimedDelivery? in
            let event = stretch.chunks[place.chunk].events[place.event]
            if last?.submission !== event.submission {
                last = (event.submission, event.plan.destination(at: provider))
            }
            return last?.destination.map { destination in
                ClaimedDelivery(
                    sequence: stretch.sequence(at: place),
                    event: event,
                    destination: destination,
                    attempts: 0
                )
            }
        }
        return deliveries.isEmpty ? nil : DeliveryBlock(provider: provider, deliveries: deliveries)
    }

    private func stretch(
        _ start: WalkStart,
        for provider: ProviderName,
        limit: BlockLimit
    ) async throws(StoreError) -> Stretch {
        let reader = parts.reader
        if let stretch = reader.cachedStretch(after: start.position, through: start.newest, limit: limit) {
            return stretch
        }
        guard let number = parts.names.number(of: provider) else { return Stretch(end: start.newest) }
        return try await read { db in
            try reader.stretch(after: start.position, through: start.newest, for: number, limit: limit, in: db)
        }
    }

    private func claimReleased(
        _ start: WalkStart,
        for provider: ProviderName,
        limit: BlockLimit
    ) async throws(StoreError) -> DeliveryBlock? {
        let events = try await events(at: start.released)
        var (count, bytes) = (0, 0)
        for sequence in start.released {
            let size = events[sequence]?.size ?? 0
            guard count == 0 || bytes + size <= limit.bytes else { break }
            (count, bytes) = (count + 1, bytes + size)
        }
        let isClaimed =
            parts.ledger.withProgress(of: provider) { progress in
                guard progress.version == start.version else { return false }
                progress.claimReleased(count)
                return true
            } ?? false
        guard isClaimed else { return nil }
        let deliveries = start.released.prefix(count).compactMap { sequence in
            events[sequence].flatMap { Self.delivery(sequence, $0.event, to: provider) }
        }
        return deliveries.isEmpty ? nil : DeliveryBlock(provider: provider, deliveries: deliveries)
    }

    /// Reads retries that are claimed, a few at a time; what does not fit is given back.
    private func retries(
        _ claimed: [Int64],
        to provider: ProviderName,
        _ histories: [Int64: DueDelivery.History],
        within limitBytes: Int
    ) async throws(StoreError) -> [ClaimedDelivery] {
        var (found, rest, bytes): ([ClaimedDelivery], ArraySlice<Int64>, Int) = ([], claimed[...], 0)
        while !rest.isEmpty, bytes < limitBytes {
            let slice = Array(rest.prefix(Self.retriesPerRead))
            let events: [Int64: StoredEvent]
            do throws(StoreError) {
                events = try await self.events(at: slice)
            } catch {
                parts.ledger.withProgress(of: provider) { $0.release(claimed) }
                throw error
            }
            for sequence in slice where bytes < limitBytes {
                rest = rest.dropFirst()
                guard let event = events[sequence] else { continue }
                bytes += event.size
                guard let retry = Self.delivery(sequence, event.event, to: provider, histories[sequence]) else {
                    continue
                }
                found.append(retry)
            }
        }
        if !rest.isEmpty { parts.ledger.withProgress(of: provider) { $0.release(Array(rest)) } }
        return found
    }

    private static let retriesPerRead = 256

    private func deliveries(
        _ sequences: [Int64],
        to provider: ProviderName,
        _ histories: [Int64: DueDelivery.History]
    ) async throws(StoreError) -> [ClaimedDelivery] {
        let events = try await events(at: sequences)
        return sequences.compactMap { sequence in
            events[sequence].flatMap { Self.delivery(sequence, $0.event, to: provider, histories[sequence]) }
        }
    }

    private static func delivery(
        _ sequence: Int64,
        _ event: AcceptedEvent,
        to provider: ProviderName,
        _ history: DueDelivery.History? = nil
    ) -> ClaimedDelivery? {
        event.plan.destination(at: provider).map { destination in
            ClaimedDelivery(
                sequence: SequenceNumber(sequence),
                event: event,
                destination: destination,
                attempts: history?.attempts ?? 0,
                reachedAt: history?.reachedAt
            )
        }
    }

    private func events(at sequences: [Int64]) async throws(StoreError) -> [Int64: StoredEvent] {
        guard !sequences.isEmpty else { return [:] }
        let reader = parts.reader
        if let cached = reader.cachedEvents(at: sequences) { return cached }
        return try await read { db in try reader.events(at: sequences, in: db) }
    }

    /// Finds out whose events the exceptions are, and brings the runs into a form in which first and last say all.
    private func prepare(_ settlement: Settlement) async throws(StoreError) -> PreparedSettlement {
        let (runs, exceptions) =
            parts.ledger.withProgress(of: settlement.provider) { Self.separate(settlement, by: $0) }
            ?? (settlement.delivered, settlement.exceptions)
        let events = try await events(at: exceptions.map(\.sequence.rawValue))
        let numbers = parts.names.numbers(for: exceptions.compactMap { events[$0.sequence.rawValue]?.event }).origins
        var next = numbers.makeIterator()
        let origins = exceptions.map { events[$0.sequence.rawValue] == nil ? 0 : next.next() ?? 0 }
        return PreparedSettlement(provider: settlement.provider, runs: runs, exceptions: exceptions, origins: origins)
    }

    /// Turns what was claimed by its row, but is settled as part of a run, into an exception, since its row must not stay behind
    /// as `retrying`; and cuts runs that would stand for events that are still open.
    private static func separate(
        _ settlement: Settlement,
        by progress: ProviderProgress
    ) -> ([DeliveredRun], [SettledDelivery]) {
        var (runs, exceptions) = ([DeliveredRun](), settlement.exceptions)
        let rows = Set(exceptions.map(\.sequence.rawValue))
        for run in settlement.delivered {
            var rest: [Int64] = []
            for sequence in run.sequences {
                if progress.holdsRow(sequence.rawValue) {
                    exceptions.append(
                        SettledDelivery(sequence: sequence, status: .delivered, newAttempts: [run.attempt])
                    )
                } else {
                    rest.append(sequence.rawValue)
                }
            }
            guard !rest.isEmpty else { continue }
            for piece in progress.unbroken(rest, besides: rows) {
                runs.append(DeliveredRun(sequences: piece.map { SequenceNumber($0) }, attempt: run.attempt))
            }
        }
        return (runs, exceptions)
    }
}
