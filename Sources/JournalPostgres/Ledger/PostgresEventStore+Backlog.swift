package import Events
package import Journal
import JournalFormat
import Synchronization

/// What waits for a provider: known to every node, whoever owns the account.
extension PostgresEventStore: EventArchive {
    package func backlog(of provider: ProviderName) async throws(StoreError) -> Backlog {
        guard let account = try await knownAccount(of: provider) else { return Backlog(events: 0, oldest: nil) }
        let events = try await waiting(for: account)
        guard events > 0 else { return Backlog(events: 0, oldest: nil) }
        return Backlog(
            events: events,
            oldest: try await oldestWaiting(for: provider, account).map(\.acceptedAt).min()
        )
    }

    package func backlogAges(of provider: ProviderName, at now: Timestamp) async throws(StoreError) -> BacklogAges {
        guard let account = try await knownAccount(of: provider) else { return BacklogAges() }
        let events = try await waiting(for: account)
        guard events > 0 else { return BacklogAges() }
        let starts = BacklogAges.starts(at: now).map { Parameter.int8($0.milliseconds) }
        let (mostChunks, mostRetries) = (Self.agedChunks, Self.agedRetries)
        return try await read(on: parts.counts) { (session) throws(PostgresFailure) in
            var (ages, isLimited, retries) = (BacklogAges(), false, Int64(0))
            for row in try session.run(.readBacklogAges, [.int4(account), .int8(mostChunks)] + starts) {
                if row.integer(0) < 0 {
                    isLimited = row.integer(1) > 0
                } else {
                    ages.add(Int(clamping: row.integer(1)), ofClass: Int(clamping: row.integer(0)))
                }
            }
            for row in try session.run(.readRetryAges, [.int4(account), .int8(mostRetries)] + starts) {
                retries += row.integer(1)
                ages.add(Int(clamping: row.integer(1)), ofClass: Int(clamping: row.integer(0)))
            }
            // What was settled since it was counted is not missing.
            if isLimited || retries >= mostRetries { ages.addUncounted(events - ages.events) }
            return ages
        }
    }

    /// What is examined to tell the ages of a backlog: the newest chunks of each slot, and the newest retries. Each costs two searches
    /// of an index.
    private static let (agedChunks, agedRetries): (Int64, Int64) = (2000, 2000)

    package func waitingAdapters(of provider: ProviderName) async throws(StoreError) -> Set<AdapterName> {
        guard let account = try await knownAccount(of: provider) else { return [] }
        let events = try await oldestWaiting(for: provider, account)
        return Set(events.compactMap { $0.plan.destination(at: provider)?.adapter })
    }

    package func providersWithBacklog() async throws(StoreError) -> [ProviderName] {
        try await backlogs().filter { $0.value > 0 }.keys.sorted()
    }

    /// How many events wait for each provider, without backfills.
    func backlogs() async throws(StoreError) -> [ProviderName: Int] {
        try await parts.names.refresh()
        let lanes = try await read(on: parts.counts) { (session) throws(PostgresFailure) in
            Set(try session.run(.readLaneAccounts, []).map { Int32(clamping: $0.integer(1)) })
        }
        var found: [ProviderName: Int] = [:]
        for (account, name) in parts.names.current.accounts where !lanes.contains(account) {
            found[name] = try await waiting(for: account)
        }
        return found
    }

    /// Keeps to the limits of what may wait and be stored until the task is cancelled.
    package func watchLimits() async {
        await parts.limits.watch {
            () async throws(StoreError) in
            try await backlogs()
        } size: { () async throws(StoreError) in
            try await readPoint { (session) throws(PostgresFailure) in
                try session.run(.readSize, []).first?.integer(0) ?? 0
            }
        }
    }

    /// The number of an account; nil if the journal has nothing of it.
    func knownAccount(of provider: ProviderName) async throws(StoreError) -> Int32? {
        if let known = parts.names.current.accountNumbers[provider] { return known }
        // Another node may have met it first.
        try await parts.names.refresh()
        return parts.names.current.accountNumbers[provider]
    }

    private func waiting(for account: Int32) async throws(StoreError) -> Int {
        try await read(on: parts.counts) { [backlogs = parts.backlogs] (session) throws(PostgresFailure) in
            let untried = try backlogs.untried(of: account, session)
            let retries = try session.run(.readRetries, [.int4(account)]).first?.integer(0) ?? 0
            return Int(clamping: untried + retries)
        }
    }

    /// The oldest event that no attempt of is settled, and the oldest that is retried.
    private func oldestWaiting(for provider: ProviderName, _ account: Int32) async throws(StoreError) -> [AcceptedEvent]
    {
        let untried = try await untried(at: provider, limit: 1) { _ in true }.first?.sequence
        let reader = parts.reader
        return try await read(on: parts.counts) { (session) throws(PostgresFailure) in
            let retried = try session.run(.readRetries, [.int4(account)]).first?.optionalInteger(1)
            let sequences = [untried, retried].compactMap(\.self)
            return try reader.events(at: sequences, session).values.map(\.event)
        }
    }

    // MARK: - Events that were never tried

    /// An event without an outcome.
    struct UntriedEvent: Sendable {
        let sequence: Int64
        let event: AcceptedEvent
        let destination: Destination
    }

    /// The oldest events of a provider that have no outcome, those included that the account's owner has claimed.
    /// - Parameters:
    ///   - after: they begin after this number.
    ///   - isWanted: which of them.
    func untried(
        at provider: ProviderName,
        after: Int64 = 0,
        limit: Int,
        _ isWanted: @escaping @Sendable (UntriedEvent) -> Bool
    ) async throws(StoreError) -> [UntriedEvent] {
        guard let account = try await knownAccount(of: provider) else { return [] }
        let (reader, newest) = (parts.reader, try await newestPosition())
        return try await read(on: parts.counts) { (session) throws(PostgresFailure) in
            let loading = AccountLoading(account: account, epoch: 0, isLane: false)
            let progress = try loading.progress(AccountLoading.Interrupted(), session)
            var found: [UntriedEvent] = []
            for stream in newest.streams {
                let slot = Int16(clamping: stream)
                let walk = SlotWalk(
                    slot: slot,
                    position: max(after, progress.slots[slot]?.cursor ?? 0),
                    end: newest.number(inStream: stream).rawValue
                )
                found += try reader.untried(of: walk, at: provider, account, progress, limit: limit, isWanted, session)
            }
            return Array(found.sorted { $0.sequence < $1.sequence }.prefix(limit))
        }
    }
}

extension JournalReader {
    /// The oldest events of one slot that have no outcome.
    fileprivate func untried(
        of start: SlotWalk,
        at provider: ProviderName,
        _ account: Int32,
        _ progress: AccountProgress,
        limit: Int,
        _ isWanted: (PostgresEventStore.UntriedEvent) -> Bool,
        _ session: PostgresSession
    ) throws(PostgresFailure) -> [PostgresEventStore.UntriedEvent] {
        let blockLimit = BlockLimit(events: 1024, bytes: 4 << 20)
        var (found, position): ([PostgresEventStore.UntriedEvent], Int64) = ([], start.position)
        while position < start.end, found.count < limit {
            let walk = SlotWalk(slot: start.slot, position: position, end: start.end)
            let stretch = try stretch(of: walk, for: account, limit: blockLimit, session)
            for chunk in stretch.chunks {
                for (offset, event) in chunk.events.enumerated() {
                    let sequence = chunk.first.rawValue + Int64(offset)
                    guard sequence > position, let destination = event.plan.destination(at: provider),
                        progress.isUntried(sequence)
                    else { continue }
                    let untried = PostgresEventStore.UntriedEvent(
                        sequence: sequence,
                        event: event,
                        destination: destination
                    )
                    if isWanted(untried) { found.append(untried) }
                }
            }
            position = max(position + 1, stretch.end)
        }
        return found
    }
}
