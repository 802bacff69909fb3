package import Events
package import Journal
import JournalFormat
import Synchronization

extension PostgresEventStore: LaneKeeping {
    package func start(_ lane: NewLane) async throws(StoreError) -> LaneStart {
        let provider = try await parts.names.number(of: lane.provider)
        while true {
            let known = try await records(.readLanes, [])
            let overlapping = known.first { other in
                other.state.isActive && other.provider == lane.provider && other.filter.mayOverlap(lane.filter)
            }
            if let overlapping { return .overlaps(try await self.lane(overlapping)) }
            let number = LaneNumber((known.first?.number.rawValue ?? 0) + 1)
            let account = try await parts.names.number(of: Lane.account(of: number, at: lane.provider))
            if try await insert(lane, number, provider: provider, account: account) {
                return .started(try await self.known(number))
            }
            // Another one was started meanwhile, which may overlap.
        }
    }

    package func lanes() async throws(StoreError) -> [Lane] {
        var lanes: [Lane] = []
        let newest = try await newestPosition()
        for record in try await records(.readLanes, []) { lanes.append(try await lane(record, newest)) }
        return lanes
    }

    package func laneMarks() async throws(StoreError) -> [LaneMark] {
        let rows = try await readPoint { (session) throws(PostgresFailure) in try session.run(.readLaneMarks, []) }
        var marks: [LaneMark] = []
        for row in rows {
            let mark = LaneMark(
                number: LaneNumber(row.integer(0)),
                state: try row.word(1),
                rate: row.float(2),
                hasEnd: row.bool(3),
                hasRetries: row.bool(4)
            )
            marks.append(mark)
        }
        return marks
    }

    package func lane(_ number: LaneNumber) async throws(StoreError) -> Lane? {
        guard let record = try await record(number) else { return nil }
        return try await lane(record)
    }

    package func change(
        _ number: LaneNumber,
        _ change: LaneChange,
        by client: ClientName,
        at now: Timestamp
    ) async throws(StoreError) -> LaneAnswer {
        var (rate, through): (Double?, String?) = (nil, nil)
        switch change {
        case .rate(let percent): rate = percent
        case .fixEnd: through = try await newestPosition().text
        case .pause, .resume, .cancel: break
        }
        // The end is not a person's decision.
        let isByPerson = change != .fixEnd
        let parameters: [Parameter] = [
            .int8(number.rawValue), .texts(change.states.map(\.rawValue)), .text(change.state?.rawValue), .float8(rate),
            .text(through), .text(isByPerson ? client.rawValue : nil), .int8(isByPerson ? now.milliseconds : nil),
        ]
        // Sent once: a second try would find the lane changed already, and refuse.
        let isChanged = try await !runOnce(.changeLane, parameters).isEmpty
        guard let record = try await record(number) else { return .unknown }
        return isChanged ? .changed(try await lane(record)) : .refused(try await lane(record))
    }

    package func lease(
        _ number: LaneNumber,
        taking membership: any LaneMembership
    ) async throws(StoreError) -> AccountLease {
        guard let record = try await record(number) else { throw .failed(reason: "there is no lane \(number)") }
        let lease = try await lease(record.account, of: record.name, lane: number)
        ledger.lanes.begin(record.account, taking: membership)
        return lease
    }

    package func end(_ number: LaneNumber, under lease: AccountLease, at now: Timestamp) async throws(StoreError)
        -> LaneAnswer
    {
        let work = try ledger.desk.work(under: lease)
        guard work.lane == number, let record = try await record(number) else { throw .leaseLost }
        guard record.state.isActive, record.state != .paused else { return .refused(try await lane(record)) }
        let progress = work.progress.withLock { $0 }
        let isCancelled = record.state == .cancelling
        let hasCome = record.through.map { $0.isCovered(by: progress.cursor) } ?? false
        guard progress.holdsNothing, isCancelled || hasCome else { return .unfinished(try await lane(record)) }
        if isCancelled {
            // A part at a time, so that no statement takes long.
            while try await work.discardRetries(of: number, limit: Self.retriesPerStep) > 0 {}
        }
        guard try await work.endLane(number, in: record.state, at: now) else { return .refused(try await lane(record)) }
        ledger.desk.end(work, wasGivenBack: true)
        ledger.lanes.leave(record.account)
        return .changed(try await known(number))
    }

    private static let retriesPerStep: Int64 = 500

    // MARK: - Rows

    func records(_ statement: Statement, _ parameters: [Parameter]) async throws(StoreError) -> [LaneRecord] {
        let rows = try await read(on: parts.claims) { (session) throws(PostgresFailure) in
            try session.run(statement, parameters)
        }
        var records: [LaneRecord] = []
        for row in rows { records.append(try LaneRecord(row)) }
        return records
    }

    func record(_ number: LaneNumber) async throws(StoreError) -> LaneRecord? {
        try await records(.readLane, [.int8(number.rawValue)]).first
    }

    private func known(_ number: LaneNumber) async throws(StoreError) -> Lane {
        guard let lane = try await lane(number) else { throw .failed(reason: "lane \(number) is missing") }
        return lane
    }

    /// - Returns: false if another lane has the number.
    private func insert(_ lane: NewLane, _ number: LaneNumber, provider: Int32, account: Int32) async throws(StoreError)
        -> Bool
    {
        let filter: [UInt8]
        do {
            filter = try LaneFilterText.encode(lane.filter)
        } catch {
            throw .failed(reason: "the filter of a lane cannot be written: \(error)")
        }
        let parameters: [Parameter] = [
            .int8(number.rawValue), .int4(provider), .int4(account), .text(lane.adapter.rawValue), .bytea(filter),
            .bytea(lane.routes), .text(JournalPosition.start.text), .text(LaneState.running.rawValue),
            .float8(lane.rate), .text(lane.by.rawValue), .int8(lane.at.milliseconds),
        ]
        if try await !run(.startLane, parameters).isEmpty { return true }
        // The first of two tries may have been carried out.
        return try await record(number)?.isStart(lane) ?? false
    }

    /// The lane as callers see it.
    private func lane(_ record: LaneRecord) async throws(StoreError) -> Lane {
        try await lane(record, newestPosition())
    }

    private func lane(_ record: LaneRecord, _ newest: JournalPosition) async throws(StoreError) -> Lane {
        let own = ledger.desk.work(for: record.account)?.progress.withLock { $0.cursor }
        let end = record.through ?? newest
        let (counter, isOver, hasEnd) = (parts.eventCounts, record.endedAt != nil, record.through != nil)
        let (progress, words) = try await read(on: parts.counts) { (session) throws(PostgresFailure) in
            var cursor = JournalPosition.start
            if let own { cursor = own } else { cursor = try Self.cursor(of: record.account, session) }
            // The end first: from it, the way back to the cursor is known.
            let all = try counter.events(through: end, isFinal: isOver && hasEnd, session)
            let walked = try counter.events(through: cursor.limited(to: end), isFinal: isOver, session)
            let words = try session.run(.readLaneCounts, [.int8(record.number.rawValue)])
            return (LaneProgress(walked: walked, ahead: max(0, all - walked), hasEnd: hasEnd), words)
        }
        var counts = LaneCounts()
        for row in words where row.integer(1) != 0 {
            if row.text(0) == SettleBatch.deduplicated {
                counts.deduplicated = Int(clamping: row.integer(1))
            } else {
                counts.statuses[try row.word(0)] = Int(clamping: row.integer(1))
            }
        }
        return record.lane(progress, counts)
    }

    private static func cursor(of account: Int32, _ session: PostgresSession) throws(PostgresFailure) -> JournalPosition
    {
        try session.run(.readCursors, [.int4(account)]).reduce(JournalPosition.start) { position, row in
            position.advanced(to: SequenceNumber(row.integer(1)), inStream: UInt16(clamping: row.integer(0)))
        }
    }
}

// MARK: - Claims

extension PostgresEventStore {
    /// The next events of a lane.
    func claimLaneBlock(under work: AccountWork, _ number: LaneNumber, limit: BlockLimit) async throws(StoreError)
        -> DeliveryBlock?
    {
        // What was read while the lease ended is of no use.
        defer { if work.signal.isLost { ledger.lanes.leave(work.account) } }
        // Any node may have paused it.
        while let lane = try await record(number), lane.state == .running {
            let newest = lane.through.map { parts.newest.position.limited(to: $0) } ?? parts.newest.position
            if work.signal.isLost { throw .leaseLost }
            guard let walk = work.progress.withLock({ $0.nextWalk(through: newest) }) else { return nil }
            let piece = try await piece(of: walk, lane)
            let claimed = work.progress.withLock { progress in
                progress.inSlot(walk.slot) { slot -> [Stretch.Index] in
                    guard slot.position == walk.position else { return [] }
                    return slot.claim(from: piece.stretch, limit: limit, at: piece.destinations)
                }
            }
            if work.signal.isLost { throw .leaseLost }
            let deliveries = piece.deliveries(at: claimed)
            guard !deliveries.isEmpty else { continue }
            let isAtEnd = work.progress.withLock { $0.nextWalk(through: newest) } == nil
            return DeliveryBlock(provider: work.lease.provider, deliveries: deliveries, reachesEnd: isAtEnd)
        }
        if work.signal.isLost { throw .leaseLost }
        return nil
    }

    /// What lies after a position: read before, or now.
    private func piece(of walk: SlotWalk, _ lane: LaneRecord) async throws(StoreError) -> LaneStretch {
        if let prepared = ledger.lanes.prepared(walk, of: lane.account) { return prepared }
        let membership = try membership(of: lane.account, lane.number)
        let others = try await records(.readLanes, [])
            .filter { $0.provider == lane.provider && $0.number != lane.number }.map(\.account)
        let reading = LaneReader(
            reader: parts.reader,
            provider: lane.provider,
            membership: membership,
            others: others
        )
        let piece = try await read(on: parts.walks) { (session) throws(PostgresFailure) in
            try reading.piece(of: walk, session)
        }
        ledger.lanes.keep(piece, in: walk.slot, of: lane.account)
        return piece
    }

    private func membership(of account: Int32, _ lane: LaneNumber) throws(StoreError) -> any LaneMembership {
        guard let membership = ledger.lanes.membership(of: account) else {
            throw .failed(reason: "the account of lane \(lane) was taken without its membership")
        }
        return membership
    }

    /// Tells where the events of an account go.
    func destinations(of work: AccountWork) throws(StoreError) -> AccountDestinations {
        guard let lane = work.lane else { return .plans(work.lease.provider) }
        return .lane(try membership(of: work.account, lane))
    }
}

extension AccountWork {
    /// Discards so many deliveries of a cancelled lane that wait for another attempt.
    /// - Returns: how many there were.
    fileprivate func discardRetries(of lane: LaneNumber, limit: Int64) async throws(StoreError) -> Int64 {
        try await inTurn { () throws(StoreError) in
            let parameters: [Parameter] = [
                .int8(lane.rawValue), .int8(limit), .text(DeliveryErrorCode.backfillCancelled.rawValue),
                .text("backfill \(lane) was cancelled before this event was delivered"),
            ]
            return try await fenced(.discardRetries, fence + parameters).first?.integer(0) ?? 0
        }
    }

    /// - Returns: false if the lane is in another state by now.
    fileprivate func endLane(_ lane: LaneNumber, in state: LaneState, at now: Timestamp) async throws(StoreError)
        -> Bool
    {
        try await inTurn { () throws(StoreError) in
            let cursors = progress.withLock { $0.movedCursors() }
            let end: LaneState = state == .cancelling ? .cancelled : .done
            let parameters: [Parameter] = [
                .int8(lane.rawValue), .text(state.rawValue), .text(end.rawValue), .int8(now.milliseconds),
                .int2s(cursors.map(\.slot)), .int8s(cursors.map(\.place)),
            ]
            return try await !untilAnswered(.endLane, fence + parameters).isEmpty
        }
    }
}
