package import Events
import GRDB
package import Journal
import JournalFormat

extension SQLiteEventStore {
    package var journalID: String { parts.journalID }

    package func events(withIDs ids: [EventID], of tenant: TenantID) async throws(StoreError) -> [ArchivedEvent] {
        let sequences = try await sequences(withIDs: ids, of: tenant)
        guard !sequences.isEmpty else { return [] }
        let (reader, names, limit) = (parts.reader, parts.names.current, parts.settings.pageBytes * 4)
        return try await readPoint { db in
            // An id can be in many scopes: too many for one answer are refused, since the answer has no pages.
            guard let events = try reader.chosenEvents(at: sequences, limitBytes: limit, in: db) else {
                throw StoreError.unfinishedRead
            }
            let deliveries = DeliveryAssembly(db: db, names: names)
            return try sequences.compactMap { sequence in
                guard let event = events[sequence], ids.contains(where: { event.isKnown(as: $0, to: tenant) }) else {
                    return nil
                }
                return ArchivedEvent(
                    sequence: SequenceNumber(sequence),
                    event: event,
                    deliveries: try deliveries.all(of: event, at: sequence)
                )
            }
        }
    }

    package func deliveries(of sequences: [SequenceNumber], in tenant: TenantID) async throws(StoreError)
        -> [SequenceNumber: [Delivery]]
    {
        let (reader, names) = (parts.reader, parts.names.current)
        let wanted = Set(sequences.map(\.rawValue)).sorted()
        return try await readPoint { db in
            let events = try reader.chosenEvents(at: wanted, limitBytes: .max, in: db) ?? [:]
            var assembly = DeliveryAssembly(db: db, names: names)
            var found: [SequenceNumber: [Delivery]] = [:]
            var rest = wanted[...]
            while let first = rest.first {
                // Events of one request are neighbours.
                let neighbours = rest.prefix { $0 / Schema.runSpan == first / Schema.runSpan }
                rest = rest.dropFirst(neighbours.count)
                try assembly.load(first...(neighbours.last ?? first))
                for sequence in neighbours {
                    guard let event = events[sequence], event.tenant == tenant else { continue }
                    found[SequenceNumber(sequence)] = try assembly.all(of: event, at: sequence)
                }
            }
            return found
        }
    }

    package func deliveries(
        matching filter: DeliveryFilter,
        after: DeliveryCursor?,
        limit: Int
    ) async throws(StoreError) -> DeliveryPage {
        let names = parts.names.current
        guard let query = try await query(filter, after: after, names: names) else {
            return DeliveryPage(deliveries: [], next: nil)
        }
        if filter.duplicateAtVendor {
            let read = DuplicatePageRead(
                filter: filter,
                after: query.after,
                limit: limit,
                limitBytes: parts.settings.pageBytes,
                reader: parts.reader,
                names: names
            )
            return try await self.read(inSlices: read, of: filter.tenant, ReadTime(parts.settings)).page
        }
        let read = DeliveryPageRead(
            filter: filter,
            query: query,
            limit: limit,
            limitBytes: parts.settings.pageBytes,
            reader: parts.reader,
            names: names
        )
        return try await self.read(inSlices: read, of: filter.tenant, ReadTime(parts.settings)).page
    }

    package func backlog(of provider: ProviderName) async throws(StoreError) -> Backlog {
        let events = parts.ledger.withProgress(of: provider) { $0.pending + $0.retrying } ?? 0
        guard events > 0 else { return Backlog(events: 0, oldest: nil) }
        return Backlog(events: events, oldest: try await oldestWaiting(for: provider).map(\.acceptedAt).min())
    }

    package func backlogAges(of provider: ProviderName, at now: Timestamp) async throws(StoreError) -> BacklogAges {
        try await backlogAges(of: provider, at: now, BacklogAgesRead.Limits())
    }

    /// - Parameter limits: what is examined.
    func backlogAges(of provider: ProviderName, at now: Timestamp, _ limits: BacklogAgesRead.Limits)
        async throws(StoreError) -> BacklogAges
    {
        if parts.commits.isClosing { throw .closed }
        guard let number = parts.names.number(of: provider),
            let waiting = parts.ledger.withProgress(of: provider, { $0.waiting }), waiting.events > 0
        else { return BacklogAges() }
        let read = BacklogAgesRead(
            provider: provider,
            number: number,
            waiting: waiting,
            newest: parts.newest.value,
            reader: parts.reader
        )
        return try await readPoint { db in try read.ages(at: now, limits, in: db) }
    }

    package func waitingAdapters(of provider: ProviderName) async throws(StoreError) -> Set<AdapterName> {
        Set(try await oldestWaiting(for: provider).compactMap { $0.plan.destination(at: provider)?.adapter })
    }

    /// The oldest event that no attempt of is settled, and the oldest that is retried.
    private func oldestWaiting(for provider: ProviderName) async throws(StoreError) -> [AcceptedEvent] {
        guard let number = parts.names.number(of: provider),
            let (events, open, position) = parts.ledger.withProgress(
                of: provider,
                { ($0.pending + $0.retrying, $0.oldestOpen, $0.position) }
            ), events > 0
        else { return [] }
        let (reader, newest, ledger) = (parts.reader, parts.newest.value, parts.ledger)
        return try await readPoint { db in
            let waiting =
                try open
                ?? reader.firstEvent(after: position, through: newest, for: number, in: db) { sequence in
                    ledger.withProgress(of: provider) { $0.isSettledAhead(sequence) } ?? true
                }
            let candidates = [waiting, try DueDelivery.oldest(provider: number, in: db)].compactMap(\.self)
            return try reader.events(at: candidates.sorted(), in: db).values.map(\.event)
        }
    }

    package func providersWithBacklog() async throws(StoreError) -> [ProviderName] {
        if parts.commits.isClosing { throw .closed }
        return parts.ledger.withBacklog.sorted()
    }

    package func damage() async throws(StoreError) -> [ChunkDamage] {
        if parts.commits.isClosing { throw .closed }
        return parts.damage.all
    }

    package func newestAcceptance() async throws(StoreError) -> Timestamp? {
        try await readPoint { db in
            try Int64.fetchOne(db, sql: "SELECT accepted_last FROM chunks ORDER BY first DESC LIMIT 1")
        }.map { Timestamp(milliseconds: $0) }
    }

    package func notedTime() async throws(StoreError) -> Timestamp? {
        try await readPoint { db in try MetaTable.notedTime(in: db) }.map { Timestamp(milliseconds: $0) }
    }

    package func note(_ time: Timestamp) async throws(StoreError) {
        try await commit { .note(time, $0) }
    }

    package func removeSettled(acceptedBefore limit: Timestamp) async throws(StoreError) -> Int {
        var events = 0
        var next: Int64? = 0
        while let from = next {
            let progress = try await commit { answer in
                .removeSettled(RetentionStep(before: limit, from: from), answer)
            }
            events += progress.events
            next = progress.next
        }
        if events > 0 { try await forgetOldRuns() }
        return events
    }

    private func forgetOldRuns() async throws(StoreError) {
        let newest = parts.newest.value
        let oldest = try await readPoint { db in try Int64.fetchOne(db, sql: "SELECT min(first) FROM chunks") }
        parts.index.removeRuns(below: oldest ?? newest + 1)
        parts.columns.removeSegments(below: oldest ?? newest + 1)
    }

    /// Where events with these ids may be, whatever their scopes; ascending.
    func sequences(withIDs ids: [EventID], of tenant: TenantID) async throws(StoreError) -> [Int64] {
        var found: Set<Int64> = []
        for id in ids { found.formUnion(try await sequences(withID: id, of: tenant)) }
        return found.sorted()
    }

    /// Where events with this id may be, whatever their scope; ascending.
    private func sequences(withID id: EventID, of tenant: TenantID) async throws(StoreError) -> [Int64] {
        let names = parts.names.current
        guard let origin = names.origins.first(where: { $0.value.tenant == tenant }),
            let hash = names.tenantHashes[origin.key]?.hash(id, scope: "")
        else { return [] }
        while true {
            let damaged: DamagedRun
            do throws(DamagedRun) {
                let newest = parts.newest.value
                return try parts.index.sequences(sharing: hash).filter { $0 <= newest }
            } catch {
                damaged = error
            }
            try await parts.duplicates.repair(damaged)
        }
    }

    private func query(
        _ filter: DeliveryFilter,
        after: DeliveryCursor?,
        names: NameTable
    ) async throws(StoreError) -> DeliveryQuery? {
        var query = DeliveryQuery(statuses: filter.statuses)
        if let after {
            query.after = DeliveryRow.Position(
                sequence: after.sequence.rawValue,
                provider: names.providerNumbers[after.provider] ?? 0
            )
        }
        if !filter.providers.isEmpty {
            let accounts = filter.providers.flatMap { names.accounts(of: $0) }
            guard !accounts.isEmpty else { return nil }
            query.accounts = accounts
        }
        if let tenant = filter.tenant {
            query.origins = names.origins.filter { $0.value.tenant == tenant }.map(\.key)
        }
        if !filter.eventIDs.isEmpty {
            let tenants = filter.tenant.map { [$0] } ?? Array(Set(names.origins.values.map(\.tenant)))
            var sequences: [Int64] = []
            for tenant in tenants {
                for id in filter.eventIDs {
                    for event in try await events(withID: id, of: tenant) { sequences.append(event.sequence.rawValue) }
                }
            }
            query.sequences = Array(Set(sequences))
        }
        return query
    }
}

extension AcceptedEvent {
    fileprivate func isKnown(as id: EventID, to tenant: TenantID) -> Bool {
        self.id.rawValue.utf8.elementsEqual(id.rawValue.utf8)
            && self.tenant.rawValue.utf8.elementsEqual(tenant.rawValue.utf8)
    }
}
