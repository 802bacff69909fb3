package import Events
import GRDB
package import Journal
import JournalFormat
import Logging

extension SQLiteEventStore {
    package func claimBlock(under lease: AccountLease, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock? {
        if parts.lanes.entry(of: lease.provider) != nil {
            return try await claimLaneBlock(under: lease, limit: limit)
        }
        while true {
            let newest = parts.newest.value
            guard let position = try parts.ledger.withProgress(under: lease, \.position), position < newest else {
                return nil
            }
            let stretch = try await stretch(after: position, through: newest, for: lease.provider, limit: limit)
            let claimed = try parts.ledger.withProgress(under: lease) { progress -> [Stretch.Index] in
                // Another claim was faster if the walk has gone on meanwhile.
                guard progress.position == position else { return [] }
                return progress.claim(from: stretch, limit: limit, of: lease.provider)
            }
            guard let claimed, !claimed.isEmpty else { continue }
            let deliveries = Self.deliveries(claimed, in: stretch, to: lease.provider)
            guard let last = deliveries.last else { continue }
            return DeliveryBlock(
                provider: lease.provider,
                deliveries: deliveries,
                reachesEnd: last.sequence.rawValue >= parts.newest.value
            )
        }
    }

    package func claimDue(
        under lease: AccountLease,
        at now: Timestamp,
        limit: BlockLimit
    ) async throws(StoreError) -> [ClaimedDelivery] {
        let (ledger, provider) = (parts.ledger, lease.provider)
        // A cancelled lane sends nothing any more.
        guard parts.lanes.entry(of: provider)?.state != .cancelling else {
            _ = try ledger.withProgress(under: lease) { $0.leaveRows() }
            return []
        }
        guard let number = parts.names.number(of: provider),
            let held = try ledger.withProgress(
                under: lease,
                { progress in
                    progress.beginReadingRows()
                    return progress.heldCount
                }
            )
        else { return [] }
        let due: [DueDelivery]
        let claimed: [Int64]
        do throws(StoreError) {
            let next: Timestamp?
            (due, next) = try await read { db in
                let due = try DueDelivery.fetch(provider: number, at: now, limit: limit.events + held, in: db)
                let found = Set(due.map(\.sequence))
                let next = try DueDelivery.earliest(provider: number, in: db) { sequence in
                    found.contains(sequence) || ledger.withProgress(of: provider) { $0.isHeld(sequence) } ?? false
                }
                return (due, next)
            }
            let sequences = due.map(\.sequence)
            claimed =
                try ledger.withProgress(under: lease) { $0.claimRows(sequences, limit: limit.events, next: next) } ?? []
        } catch {
            ledger.withProgress(of: provider) { $0.endReadingRows() }
            throw error
        }
        let histories = Dictionary(
            due.compactMap { due in due.history.map { (due.sequence, $0) } },
            uniquingKeysWith: { first, _ in first }
        )
        let readable = claimed.filter { histories[$0] != nil }
        if let damaged = claimed.first(where: { histories[$0] == nil }) {
            // A backfill that could not end would begin again without a pause.
            guard parts.lanes.entry(of: provider) == nil else {
                _ = try ledger.withProgress(under: lease) { $0.unclaimRows(claimed) }
                throw .failed(reason: "the database is damaged: the row of the delivery of event \(damaged)")
            }
            // They stay claimed, so that they hold up no other retry as long as the lease lasts.
            parts.logger.error(
                "the rows of retries are damaged; these are not sent",
                metadata: [
                    "provider": "\(provider)", "deliveries": "\(claimed.count - readable.count)",
                    "first": "\(damaged)",
                ]
            )
        }
        return try await retries(readable, under: lease, histories, within: limit.bytes)
    }

    package func claimInterrupted(under lease: AccountLease) async throws(StoreError) -> [ClaimedDelivery] {
        let provider = lease.provider
        let sequences = try parts.ledger.withProgress(under: lease) { $0.takeInterrupted() } ?? []
        guard !sequences.isEmpty, let number = parts.names.number(of: provider) else { return [] }
        do throws(StoreError) {
            let histories = try await read { db in
                try DueDelivery.histories(of: sequences, provider: number, in: db)
            }
            return try await deliveries(sequences, to: provider, histories)
        } catch {
            _ = try parts.ledger.withProgress(under: lease) { $0.putBackInterrupted(sequences) }
            throw error
        }
    }
}

// MARK: - How claims are made

extension SQLiteEventStore {
    private func stretch(
        after position: Int64,
        through newest: Int64,
        for provider: ProviderName,
        limit: BlockLimit
    ) async throws(StoreError) -> Stretch {
        let reader = parts.reader
        if let stretch = reader.cachedStretch(after: position, through: newest, limit: limit) {
            return stretch
        }
        guard let number = parts.names.number(of: provider) else { return Stretch(end: newest) }
        return try await read { db in
            try reader.stretch(after: position, through: newest, for: number, limit: limit, in: db)
        }
    }

    private static func deliveries(_ places: [Stretch.Index], in stretch: Stretch, to provider: ProviderName)
        -> [ClaimedDelivery]
    {
        // Neighbours mostly have the same submission.
        var (submission, destination): (Submission?, Destination?) = (nil, nil)
        var deliveries: [ClaimedDelivery] = []
        deliveries.reserveCapacity(places.count)
        for place in places {
            let event = stretch.chunks[place.chunk].events[place.event]
            if submission !== event.submission {
                (submission, destination) = (event.submission, event.plan.destination(at: provider))
            }
            guard let destination else { continue }
            deliveries.append(
                ClaimedDelivery(
                    sequence: stretch.sequence(at: place),
                    event: event,
                    destination: destination,
                    attempts: 0
                )
            )
        }
        return deliveries
    }

    /// Reads retries that are claimed, a few at a time; what does not fit is given back.
    private func retries(
        _ claimed: [Int64],
        under lease: AccountLease,
        _ histories: [Int64: DueDelivery.History],
        within limitBytes: Int
    ) async throws(StoreError) -> [ClaimedDelivery] {
        var (found, rest, bytes): ([ClaimedDelivery], ArraySlice<Int64>, Int) = ([], claimed[...], 0)
        let destinations: AccountDestinations
        do throws(StoreError) {
            destinations = try parts.destinations(at: lease.provider)
        } catch {
            _ = try parts.ledger.withProgress(under: lease) { $0.unclaimRows(claimed) }
            throw error
        }
        while !rest.isEmpty, bytes < limitBytes {
            let slice = Array(rest.prefix(Self.retriesPerRead))
            let events: [Int64: StoredEvent]
            do throws(StoreError) {
                events = try await self.events(at: slice)
            } catch {
                _ = try parts.ledger.withProgress(under: lease) { $0.unclaimRows(claimed) }
                throw error
            }
            for sequence in slice where bytes < limitBytes {
                rest = rest.dropFirst()
                guard let event = events[sequence] else { continue }
                bytes += event.size
                guard let retry = Self.delivery(sequence, event.event, destinations, histories[sequence]) else {
                    continue
                }
                found.append(retry)
            }
        }
        if !rest.isEmpty { _ = try parts.ledger.withProgress(under: lease) { $0.unclaimRows(Array(rest)) } }
        return found
    }

    private static let retriesPerRead = 256

    private func deliveries(
        _ sequences: [Int64],
        to provider: ProviderName,
        _ histories: [Int64: DueDelivery.History]
    ) async throws(StoreError) -> [ClaimedDelivery] {
        let destinations = try parts.destinations(at: provider)
        let events = try await events(at: sequences)
        return sequences.compactMap { sequence in
            events[sequence].flatMap { Self.delivery(sequence, $0.event, destinations, histories[sequence]) }
        }
    }

    private static func delivery(
        _ sequence: Int64,
        _ event: AcceptedEvent,
        _ destinations: AccountDestinations,
        _ history: DueDelivery.History? = nil
    ) -> ClaimedDelivery? {
        (history?.amended ?? destinations.destination(for: event)).map { destination in
            ClaimedDelivery(
                sequence: SequenceNumber(sequence),
                event: event,
                destination: destination,
                attempts: history?.attempts ?? 0,
                reachedAt: history?.reachedAt
            )
        }
    }

    func events(at sequences: [Int64]) async throws(StoreError) -> [Int64: StoredEvent] {
        guard !sequences.isEmpty else { return [:] }
        let reader = parts.reader
        if let cached = reader.cachedEvents(at: sequences) { return cached }
        return try await read { db in try reader.events(at: sequences, in: db) }
    }
}
