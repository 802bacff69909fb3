package import Events
import GRDB
package import Journal
import JournalFormat

extension SQLiteEventStore {
    package func start(_ lane: NewLane) async throws(StoreError) -> LaneStart {
        switch try await commit({ .lane(.start(lane), nil, $0) }) {
        case .started(let number): .started(try await known(number))
        case .overlaps(let number): .overlaps(try await known(number))
        case .changed, .refused, .unfinished, .unknown: throw .failed(reason: "a lane was not started")
        }
    }

    package func lanes() async throws(StoreError) -> [Lane] {
        let parts = parts
        return try await readPoint { db in
            try LaneTable.all(parts.lanes, in: db).map { try $0.lane(parts, in: db) }
        }
    }

    package func laneMarks() async throws(StoreError) -> [LaneMark] {
        try await lanes().map { LaneMark(of: $0) }
    }

    package func lane(_ number: LaneNumber) async throws(StoreError) -> Lane? {
        let parts = parts
        return try await readPoint { db in try LaneTable.record(number, in: db)?.lane(parts, in: db) }
    }

    package func change(
        _ number: LaneNumber,
        _ change: LaneChange,
        by client: ClientName,
        at now: Timestamp
    ) async throws(StoreError) -> LaneAnswer {
        try await answer(to: commit { .lane(.change(number, change, by: client, at: now), nil, $0) })
    }

    package func lease(
        _ number: LaneNumber,
        taking membership: any LaneMembership
    ) async throws(StoreError) -> AccountLease {
        guard let account = parts.names.current.lanes.values.first(where: { $0.lane == number })?.name else {
            throw .failed(reason: "no lane has the number \(number)")
        }
        let lease = try await lease(account)
        parts.lanes.begin(account, taking: membership)
        return lease
    }

    package func end(_ number: LaneNumber, under lease: AccountLease, at now: Timestamp) async throws(StoreError)
        -> LaneAnswer
    {
        let entry = parts.lanes.entry(of: lease.provider)
        guard let entry, entry.account.lane == number else { throw .leaseLost }
        if entry.state == .cancelling {
            // Those that are due again go first, a part at a time, so that no commit is held up.
            guard parts.ledger.withProgress(of: lease.provider, \.holdsNothing) ?? false else {
                return .unfinished(try await known(number))
            }
            while try await commit({ .discardRetries(lease, limit: Self.retriesPerStep, $0) }) > 0 {}
        }
        return try await answer(to: commit { .lane(.end(number, at: now), lease, $0) })
    }

    private static let retriesPerStep = 500

    private func answer(to result: LaneStep.Result) async throws(StoreError) -> LaneAnswer {
        switch result {
        case .started(let number), .changed(let number): .changed(try await known(number))
        case .overlaps(let number), .refused(let number): .refused(try await known(number))
        case .unfinished(let number): .unfinished(try await known(number))
        case .unknown: .unknown
        }
    }

    private func known(_ number: LaneNumber) async throws(StoreError) -> Lane {
        guard let lane = try await lane(number) else { throw .failed(reason: "lane \(number) is missing") }
        return lane
    }
}

// MARK: - Claims

extension SQLiteEventStore {
    /// The next events of a lane.
    func claimLaneBlock(under lease: AccountLease, limit: BlockLimit) async throws(StoreError) -> DeliveryBlock? {
        while let lane = parts.lanes.entry(of: lease.provider), lane.state == .running {
            let newest = min(lane.through ?? .max, parts.newest.value)
            guard let position = try parts.ledger.withProgress(under: lease, \.position), position < newest else {
                return nil
            }
            let piece = try await piece(of: lane, after: position, through: newest)
            let claimed = try parts.ledger.withProgress(under: lease) { progress -> [Stretch.Index] in
                guard progress.position == position else { return [] }
                return progress.claim(from: piece.stretch, limit: limit, at: piece.destinations)
            }
            guard let claimed, !claimed.isEmpty else { continue }
            let deliveries = piece.deliveries(at: claimed)
            guard let last = deliveries.last else { continue }
            return DeliveryBlock(
                provider: lease.provider,
                deliveries: deliveries,
                reachesEnd: last.sequence.rawValue >= newest
            )
        }
        // The lease may be over as well.
        _ = try parts.ledger.withProgress(under: lease, \.position)
        return nil
    }

    /// What lies after a position: read before, or now. The piece that follows is read while this one is delivered.
    private func piece(of lane: LaneBook.Entry, after position: Int64, through newest: Int64) async throws(StoreError)
        -> LaneStretch
    {
        if let prepared = lane.prepared, prepared.start <= position, position < prepared.stretch.end { return prepared }
        guard let membership = lane.membership else {
            throw .failed(reason: "the account of lane \(lane.account.lane) was leased without its membership")
        }
        let read = LaneRead(lane, taking: membership, parts)
        var piece: LaneStretch?
        if let next = lane.next, next.start == position { piece = await next.read.value }
        let found: LaneStretch
        if let piece { found = piece } else { found = try await self.piece(by: read, after: position, through: newest) }
        parts.lanes.keep(
            found,
            followedBy: next(by: read, after: found.stretch.end, through: newest),
            of: lane.account.name
        )
        return found
    }

    private func piece(by read: LaneRead, after position: Int64, through newest: Int64) async throws(StoreError)
        -> LaneStretch
    {
        try await self.read(on: readers.walks) { db in
            var read = read
            return try read.stretch(after: position, through: newest, in: db)
        }
    }

    private func next(by read: LaneRead, after position: Int64, through newest: Int64) -> LaneBook.Next? {
        guard position < newest else { return nil }
        // Safe: it reads one piece, and the connections wait for it when they close. Whoever needs the piece reads it again if it failed.
        let task = Task { try? await piece(by: read, after: position, through: newest) }
        return LaneBook.Next(start: position, read: task)
    }
}

extension StoreParts {
    /// Tells where the events of an account go.
    func destinations(at account: ProviderName) throws(StoreError) -> AccountDestinations {
        guard let lane = lanes.entry(of: account) else { return .plans(account) }
        guard let membership = lane.membership else {
            throw .failed(reason: "the account of lane \(lane.account.lane) was leased without its membership")
        }
        return .lane(membership)
    }
}

extension LaneTable.Record {
    /// The lane as callers see it.
    fileprivate func lane(_ parts: StoreParts, in db: Database) throws -> Lane {
        let end = entry.through ?? parts.newest.value
        let cursor = parts.ledger.withProgress(of: entry.account.name, \.cursor) ?? entry.first
        let removed = parts.columns.removed
        func events(from first: Int64, through last: Int64) -> Int {
            guard last > first else { return 0 }
            return Int(last - first - removed.count(in: (first + 1)...last))
        }
        return Lane(
            number: entry.account.lane,
            of: NewLane(
                provider: entry.account.provider,
                adapter: entry.account.adapter,
                filter: entry.filter,
                routes: routes,
                rate: rate,
                by: startedBy,
                at: startedAt
            ),
            state: entry.state,
            changedBy: changedBy,
            changedAt: changedAt,
            endedAt: endedAt,
            progress: LaneProgress(
                walked: events(from: entry.first, through: min(cursor, end)),
                ahead: events(from: max(cursor, entry.first), through: end),
                hasEnd: entry.through != nil
            ),
            counts: try LaneTable.counts(of: entry.account.lane, in: db)
        )
    }
}
