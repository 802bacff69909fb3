package import Events
package import Journal
import JournalFormat
import Synchronization

extension PostgresEventStore {
    package func claimBlock(under lease: AccountLease, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock? {
        let work = try ledger.desk.work(under: lease)
        if let lane = work.lane { return try await claimLaneBlock(under: work, lane, limit: limit) }
        while true {
            let newest = parts.newest.position
            guard let walk = work.progress.withLock({ $0.nextWalk(through: newest) }) else { return nil }
            let stretch = try await stretch(of: walk, for: work.account, limit: limit)
            let claimed = work.progress.withLock { progress in
                progress.inSlot(walk.slot) { slot -> [Stretch.Index] in
                    // Another claim was faster if the walk has gone on meanwhile.
                    guard slot.position == walk.position else { return [] }
                    return slot.claim(from: stretch, limit: limit, of: lease.provider)
                }
            }
            if work.signal.isLost { throw .leaseLost }
            let deliveries = Self.deliveries(claimed, in: stretch, to: lease.provider)
            guard !deliveries.isEmpty else { continue }
            return DeliveryBlock(
                provider: lease.provider,
                deliveries: deliveries,
                reachesEnd: work.progress.withLock { $0.nextWalk(through: parts.newest.position) } == nil
            )
        }
    }

    package func claimDue(
        under lease: AccountLease,
        at now: Timestamp,
        limit: BlockLimit
    ) async throws(StoreError) -> [ClaimedDelivery] {
        let work = try ledger.desk.work(under: lease)
        // A cancelled lane sends nothing any more.
        if let lane = work.lane, try await record(lane)?.state == .cancelling {
            work.progress.withLock { $0.retries.leave() }
            return []
        }
        let claimed = try await work.claimDue(at: now, limit: limit.events)
        return try await retries(claimed, under: work, within: limit.bytes)
    }

    package func claimInterrupted(under lease: AccountLease) async throws(StoreError) -> [ClaimedDelivery] {
        let work = try ledger.desk.work(under: lease)
        let (sequences, rows) = work.progress.withLock { ($0.takeInterrupted(), $0.rows) }
        guard !sequences.isEmpty else { return [] }
        do throws(StoreError) {
            let (destinations, events) = (try destinations(of: work), try await events(at: sequences))
            return sequences.compactMap { sequence in
                events[sequence].flatMap { Self.delivery(sequence, $0.event, destinations, rows[sequence]) }
            }
        } catch {
            work.progress.withLock { $0.putBackInterrupted(sequences) }
            throw error
        }
    }

    // MARK: - How claims are made

    private func stretch(of walk: SlotWalk, for account: Int32, limit: BlockLimit) async throws(StoreError) -> Stretch {
        let reader = parts.reader
        return try await read(on: parts.claims) { (session) throws(PostgresFailure) in
            try reader.stretch(of: walk, for: account, limit: limit, session)
        }
    }

    private static func deliveries(_ places: [Stretch.Index], in stretch: Stretch, to provider: ProviderName)
        -> [ClaimedDelivery]
    {
        // Neighbours mostly have the same submission.
        var last: (submission: Submission, destination: Destination?)?
        return places.compactMap { place -> ClaimedDelivery? in
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
    }

    /// Reads retries that are claimed, a few at a time; what does not fit is given back.
    private func retries(
        _ claimed: [(sequence: Int64, row: AccountProgress.ClaimedRow)],
        under work: AccountWork,
        within limitBytes: Int
    ) async throws(StoreError) -> [ClaimedDelivery] {
        var (found, rest, bytes): ([ClaimedDelivery], ArraySlice, Int) = ([], claimed[...], 0)
        do throws(StoreError) {
            let destinations = try destinations(of: work)
            while !rest.isEmpty, bytes < limitBytes {
                let slice = rest.prefix(Self.retriesPerRead)
                let events = try await events(at: slice.map(\.sequence))
                for (sequence, row) in slice where bytes < limitBytes {
                    rest = rest.dropFirst()
                    guard let event = events[sequence] else { continue }
                    bytes += event.size
                    if let retry = Self.delivery(sequence, event.event, destinations, row) {
                        found.append(retry)
                    }
                }
            }
        } catch {
            try await work.unclaim(claimed.map(\.sequence))
            throw error
        }
        try await work.unclaim(rest.map(\.sequence))
        return found
    }

    private static let retriesPerRead = 256

    private static func delivery(
        _ sequence: Int64,
        _ event: AcceptedEvent,
        _ destinations: AccountDestinations,
        _ row: AccountProgress.ClaimedRow?
    ) -> ClaimedDelivery? {
        (row?.amended ?? destinations.destination(for: event)).map { destination in
            ClaimedDelivery(
                sequence: SequenceNumber(sequence),
                event: event,
                destination: destination,
                attempts: row?.attempts ?? 0,
                reachedAt: row?.reachedAt
            )
        }
    }

    func events(at sequences: [Int64]) async throws(StoreError) -> [Int64: StoredEvent] {
        guard !sequences.isEmpty else { return [:] }
        let reader = parts.reader
        return try await read(on: parts.claims) { (session) throws(PostgresFailure) in
            try reader.events(at: sequences, session)
        }
    }
}

/// Where an account's walk continues.
struct SlotWalk: Sendable, Equatable {
    let slot: Int16
    /// It has come up to here.
    let position: Int64
    /// The slot's newest event.
    let end: Int64
}

extension AccountProgress {
    /// The slot in which the walk is furthest after; nil if it has come to the end everywhere.
    func nextWalk(through newest: JournalPosition) -> SlotWalk? {
        let walks = newest.streams.compactMap { stream -> SlotWalk? in
            let slot = Int16(clamping: stream)
            let (position, end) = (slots[slot]?.position ?? 0, newest.number(inStream: stream).rawValue)
            return position < end ? SlotWalk(slot: slot, position: position, end: end) : nil
        }
        // Numbers rise with time, whatever the slot.
        return walks.min { ($0.position, $0.slot) < ($1.position, $1.slot) }
    }
}

extension AccountWork {
    /// Claims rows that are due.
    func claimDue(at now: Timestamp, limit: Int) async throws(StoreError)
        -> [(sequence: Int64, row: AccountProgress.ClaimedRow)]
    {
        try await inTurn { () throws(StoreError) in
            let known: [Int64?]? = progress.withLock { progress in
                progress.retries.beginRead()
                return progress.doubtsClaims ? progress.rows.keys.map { $0 } : nil
            }
            do throws(StoreError) {
                let parameters: [Parameter] = [.int8(now.milliseconds), .int8(Int64(limit)), .int8s(known)]
                let found = try await fenced(.claimDue, fence + parameters)
                let claimed = try found.claimedRows
                let next = found.first?.optionalInteger(0).map { Timestamp(milliseconds: $0) }
                progress.withLock { progress in
                    progress.claim(Dictionary(claimed.map { ($0.sequence, $0.row) }, uniquingKeysWith: { $1 }))
                    progress.retries.found(next: next, leavesSome: false)
                    progress.retries.endRead()
                    if known != nil { progress.foundLostClaims(at: .now) }
                }
                return claimed
            } catch {
                progress.withLock { $0.retries.endRead() }
                throw error
            }
        }
    }

    /// Brings the times of so many retries after an event forward.
    /// - Returns: the last of them; nil if there are no more.
    func bringForward(after sequence: Int64, by step: Duration, limit: Int64) async throws(StoreError) -> Int64? {
        try await inTurn { () throws(StoreError) in
            let (flight, flying) = progress.withLock { ($0.takeFlight(), $0.intended.sorted()) }
            let parameters: [Parameter] = [
                .int8(sequence), .int8(step.wholeMilliseconds), .int8(limit), .int8(flight), .int8s(flying),
            ]
            let last = try await fenced(.bringForward, fence + parameters).first?.optionalInteger(0)
            progress.withLock { progress in
                progress.confirmFlight(flight)
                progress.retries.lower(to: RetryTimes.overdue)
            }
            return last
        }
    }

    /// Gives claimed rows back.
    func unclaim(_ sequences: [Int64]) async throws(StoreError) {
        guard !sequences.isEmpty else { return }
        try await inTurn { () throws(StoreError) in
            let (flight, flying) = progress.withLock { ($0.takeFlight(), $0.intended.sorted()) }
            try await fenced(.unclaim, fence + [.int8s(sequences), .int8(flight), .int8s(flying)])
            progress.withLock { progress in
                progress.confirmFlight(flight)
                progress.unclaim(sequences)
            }
        }
    }
}

extension Rows {
    /// What ``Statement/claimDue`` has claimed.
    fileprivate var claimedRows: [(sequence: Int64, row: AccountProgress.ClaimedRow)] {
        get throws(StoreError) {
            var claimed: [(sequence: Int64, row: AccountProgress.ClaimedRow)] = []
            for row in self {
                guard let sequence = row.optionalInteger(1) else { continue }
                let known = AccountProgress.ClaimedRow(
                    attempts: Int(clamping: row.integer(2)),
                    status: try row.word(4),
                    reachedAt: row.optionalInteger(3).map { Timestamp(milliseconds: $0) },
                    amended: try row.destination(5)
                )
                claimed.append((sequence, known))
            }
            return claimed
        }
    }
}
