import Events
import GRDB
import Journal
import JournalFormat

/// What is written about a lane.
enum LaneStep: Sendable {
    case start(NewLane)
    case change(LaneNumber, LaneChange, by: ClientName, at: Timestamp)
    case end(LaneNumber, at: Timestamp)

    /// What a step has led to.
    enum Result: Sendable {
        case started(LaneNumber)
        case overlaps(LaneNumber)
        case changed(LaneNumber)
        case refused(LaneNumber)
        case unfinished(LaneNumber)
        case unknown
    }
}

extension JournalWriter {
    /// Does one step as a part of the commit.
    func carryOut(_ step: LaneStep, under lease: AccountLease?, in batch: inout CommitBatch) throws -> LaneStep.Result {
        switch step {
        case .start(let lane): return try start(lane, in: &batch)
        case .change(let number, let change, let client, let now):
            guard let record = try LaneTable.record(number, in: db) else { return .unknown }
            guard let changed = record.changed(by: change, client, at: now, newest: batch.newest) else {
                return .refused(number)
            }
            try write(changed, in: &batch)
            return .changed(number)
        case .end(let number, let now):
            guard let record = try LaneTable.record(number, in: db) else { return .unknown }
            guard record.entry.state.isActive, record.entry.state != .paused else { return .refused(number) }
            guard isFinished(record) else { return .unfinished(number) }
            try write(record.ended(at: now), in: &batch)
            if let lease { batch.effects.append { ledger in ledger.end(lease) } }
            return .changed(number)
        }
    }

    private func start(_ lane: NewLane, in batch: inout CommitBatch) throws -> LaneStep.Result {
        let records = try LaneTable.all(in: db)
        let overlapping = records.first { record in
            record.entry.state.isActive && record.entry.account.provider == lane.provider
                && record.entry.filter.mayOverlap(lane.filter)
        }
        if let overlapping { return .overlaps(overlapping.entry.account.lane) }
        let number = LaneNumber((records.first?.entry.account.lane.rawValue ?? 0) + 1)
        let provider = parts.names.register(lane.provider)
        try db.execute(
            sql: "INSERT OR IGNORE INTO providers(number, name, cursor) VALUES(?, ?, ?)",
            arguments: [provider, lane.provider.rawValue, newest]
        )
        let oldest = try Int64.fetchOne(db, sql: "SELECT min(first) FROM chunks")
        let account = LaneAccount(
            lane: number,
            number: parts.names.register(Lane.account(of: number, at: lane.provider)),
            provider: lane.provider,
            adapter: lane.adapter
        )
        let entry = LaneBook.Entry(
            account: account,
            filter: lane.filter,
            first: oldest.map { $0 - 1 } ?? newest,
            state: .running
        )
        try LaneTable.insert(lane, entry, of: provider, in: db)
        let parts = parts
        batch.effects.append { ledger in
            parts.names.saved(UnsavedNames(providers: [provider, account.number]))
            parts.names.add(account)
            parts.lanes.add(entry)
            ledger.add(account.name, beginningBehind: entry.first)
        }
        return .started(number)
    }

    private func write(_ record: LaneTable.Record, in batch: inout CommitBatch) throws {
        try LaneTable.update(record, in: db)
        let (entry, lanes) = (record.entry, parts.lanes)
        batch.effects.append { _ in lanes.change(entry.account.name, to: entry.state, through: entry.through) }
    }

    /// Whether nothing of the lane is claimed, and nothing is left to be claimed unless it is cancelled.
    private func isFinished(_ record: LaneTable.Record) -> Bool {
        let isCancelled = record.entry.state == .cancelling
        let through = record.entry.through
        return parts.ledger.withProgress(of: record.entry.account.name) { progress in
            guard progress.holdsNothing, !isCancelled || progress.retrying == 0 else { return false }
            return isCancelled || through.map { progress.cursor >= $0 } ?? false
        } ?? false
    }
}

extension LaneTable.Record {
    /// The lane after a change; nil if it cannot be changed so.
    fileprivate func changed(by change: LaneChange, _ client: ClientName, at now: Timestamp, newest: Int64) -> Self? {
        var (entry, rate) = (entry, rate)
        switch (change, entry.state) {
        case (.pause, .running): entry.state = .paused
        case (.resume, .paused): entry.state = .running
        case (.rate(let percent), .running), (.rate(let percent), .paused): rate = percent
        case (.fixEnd, .running), (.fixEnd, .paused): entry.through = entry.through ?? newest
        case (.cancel, .running), (.cancel, .paused): entry.state = .cancelling
        case (.pause, _), (.resume, _), (.rate, _), (.fixEnd, _), (.cancel, _): return nil
        }
        // The end is not a person's decision.
        let isByPerson = change != .fixEnd
        return LaneTable.Record(
            entry: entry,
            routes: routes,
            rate: rate,
            startedBy: startedBy,
            startedAt: startedAt,
            changedBy: isByPerson ? client : changedBy,
            changedAt: isByPerson ? now : changedAt,
            endedAt: endedAt
        )
    }

    fileprivate func ended(at now: Timestamp) -> Self {
        var entry = entry
        entry.state = entry.state == .cancelling ? .cancelled : .done
        return LaneTable.Record(
            entry: entry,
            routes: routes,
            rate: rate,
            startedBy: startedBy,
            startedAt: startedAt,
            changedBy: changedBy,
            changedAt: changedAt,
            endedAt: now
        )
    }
}
