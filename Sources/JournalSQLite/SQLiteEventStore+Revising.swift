package import Events
import GRDB
package import Journal
import JournalFormat

extension SQLiteEventStore {
    package func count(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount {
        var count = RevisionCount(changed: 0, busy: 0)
        try await forEachPage(of: revision) { (page) async throws(StoreError) in
            for (provider, deliveries) in page {
                let held =
                    parts.ledger.withProgress(of: provider) { progress in
                        Set(deliveries.map(\.sequence).filter { progress.isHeld($0) })
                    } ?? []
                let free = deliveries.filter { !held.contains($0.sequence) }
                let (amended, untranslatable) = try await prospects(of: free, at: provider, for: revision)
                count += RevisionCount(
                    changed: free.count,
                    busy: held.count,
                    amended: amended,
                    untranslatable: untranslatable
                )
            }
        }
        try await forEachUntriedPage(of: revision) { (provider, sequences) async throws(StoreError) in
            let isBusy = parts.ledger.isHeld(provider)
            count += RevisionCount(changed: isBusy ? 0 : sequences.count, busy: isBusy ? sequences.count : 0)
        }
        return count
    }

    package func revise(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount {
        guard let tenant = revision.filter.tenant else {
            preconditionFailure("a person decides about the deliveries of one tenant")
        }
        var count = RevisionCount(changed: 0, busy: 0)
        var number: Int64?
        try await forEachPage(of: revision) { (page) async throws(StoreError) in
            for (provider, deliveries) in page {
                guard let providerNumber = parts.names.number(of: provider) else { continue }
                let sequences = deliveries.map(\.sequence)
                let free = parts.ledger.withProgress(of: provider) { $0.holdForRevision(sequences) } ?? []
                defer { _ = parts.ledger.withProgress(of: provider) { $0.endRevision(free) } }
                let step = RevisionStep(
                    revision: revision,
                    tenant: tenant,
                    number: number,
                    provider: provider,
                    providerNumber: providerNumber,
                    lane: parts.names.lane(providerNumber)?.lane,
                    sequences: free,
                    prospects: prospects(of: deliveries, among: Set(free), at: provider, for: revision),
                    newestAtOpening: parts.newestAtOpening,
                    busy: sequences.count - free.count
                )
                let result = try await commit { .revise(step, $0) }
                number = result.number
                count += RevisionCount(
                    changed: result.changed,
                    busy: step.busy,
                    amended: result.amended,
                    untranslatable: result.untranslatable
                )
            }
        }
        try await forEachUntriedPage(of: revision) { (provider, sequences) async throws(StoreError) in
            guard let providerNumber = parts.names.number(of: provider) else { return }
            let discarded = try await discardUntried(sequences, at: provider)
            let step = RevisionStep(
                revision: revision,
                tenant: tenant,
                number: number,
                provider: provider,
                providerNumber: providerNumber,
                lane: nil,
                sequences: [],
                newestAtOpening: parts.newestAtOpening,
                settled: discarded,
                busy: sequences.count - discarded
            )
            number = try await commit { .revise(step, $0) }.number
            count += RevisionCount(changed: discarded, busy: step.busy)
        }
        return count
    }

    /// Where the events of an account go; nil if nobody has said it yet of a lane.
    private func destinations(at account: ProviderName) -> AccountDestinations? {
        do throws(StoreError) {
            return try parts.destinations(at: account)
        } catch {
            return nil
        }
    }

    /// What deliveries would be sent with that are retried.
    private func prospects(
        of deliveries: [ArchivedDelivery],
        among free: Set<Int64>,
        at account: ProviderName,
        for revision: DeliveryRevision
    ) -> [Int64: RetryProspect] {
        guard revision.action == .retry, let amending = revision.amending else { return [:] }
        let destinations = destinations(at: account)
        var prospects: [Int64: RetryProspect] = [:]
        for delivery in deliveries where free.contains(delivery.sequence) {
            prospects[delivery.sequence] = RetryProspect(delivery, destinations, amending)
        }
        return prospects
    }

    /// How many of these deliveries a retry would give other settings, and how many could not be translated then.
    private func prospects(
        of deliveries: [ArchivedDelivery],
        at provider: ProviderName,
        for revision: DeliveryRevision
    ) async throws(StoreError) -> (amended: Int, untranslatable: Int) {
        guard revision.action == .retry, let amending = revision.amending,
            let number = parts.names.number(of: provider)
        else { return (0, 0) }
        let (opening, destinations) = (parts.newestAtOpening, destinations(at: provider))
        return try await readPoint { db in
            var (amended, untranslatable) = (0, 0)
            for delivery in deliveries {
                guard let prospect = RetryProspect(delivery, destinations, amending),
                    let trace = try DeliveryTrace.fetch(sequence: delivery.sequence, provider: number, in: db)
                else { continue }
                let isUntouched = trace.isUntouched(isOfThisRun: delivery.sequence > opening)
                amended += isUntouched && prospect.today != nil ? 1 : 0
                untranslatable += prospect.canTranslate(isUntouched: isUntouched) ? 0 : 1
            }
            return (amended, untranslatable)
        }
    }

    /// Discards events that nobody has tried, under a lease of its own: a pipeline that begins meanwhile gets the account.
    /// - Returns: how many were discarded: none if somebody delivers to the account.
    private func discardUntried(_ sequences: [Int64], at provider: ProviderName) async throws(StoreError) -> Int {
        do throws(StoreError) {
            let lease = try await commit { .lease(parts.ledger.newLease(of: provider), onlyIfFree: true, $0) }
            let count: Int
            do throws(StoreError) {
                count = try await discardUntried(sequences, under: lease)
            } catch {
                await end(lease)
                throw error
            }
            await end(lease)
            return count
        } catch .leaseLost {
            return 0
        }
    }

    private func end(_ lease: AccountLease) async {
        do throws(StoreError) {
            try await giveBack(lease, unsent: [])
        } catch {
            // A pipeline has taken the account, or the store closes: the lease has ended in any case.
        }
    }

    private func discardUntried(_ sequences: [Int64], under lease: AccountLease) async throws(StoreError) -> Int {
        let free =
            try parts.ledger.withProgress(under: lease) { progress in sequences.filter { progress.isUntried($0) } }
            ?? []
        let discarded = free.map { SettledDelivery(sequence: SequenceNumber($0), status: .discarded) }
        try await settle(Settlement(provider: lease.provider, exceptions: discarded), under: lease)
        return free.count
    }

    /// Goes through what a revision discards without a try, page by page.
    private func forEachUntriedPage(
        of revision: DeliveryRevision,
        _ body: (ProviderName, [Int64]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        guard revision.action == .discard else { return }
        for provider in revision.untriedAt where revision.filter.takesUntried(at: provider) {
            var after: DeliveryCursor?
            repeat {
                let limit = Self.deliveriesPerStep
                let page = try await untried(at: provider, matching: revision.filter, after: after, limit: limit)
                if !page.deliveries.isEmpty {
                    try await body(provider, page.deliveries.map(\.cursor.sequence.rawValue))
                }
                after = page.next
            } while after != nil
        }
    }

    package func revisions(of tenant: TenantID, limit: Int) async throws(StoreError) -> [RecordedRevision] {
        try await readPoint { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT action, filter, client, at, changed, busy FROM revisions WHERE tenant = ?
                    ORDER BY number DESC LIMIT \(max(0, limit))
                    """,
                arguments: [tenant.rawValue]
            ).map { row in
                let word: String = try row.value(0)
                guard let action = DeliveryRevision.Action(rawValue: word) else { throw UnknownWord(word: word) }
                return try RecordedRevision(
                    action: action,
                    filter: row.value(1),
                    by: ClientName(row.value(2) as String),
                    at: Timestamp(milliseconds: row.value(3)),
                    count: RevisionCount(changed: row.value(4), busy: row.value(5))
                )
            }
        }
    }

    package func hold(_ provider: ProviderName, byOperator hold: OperatorHold?) async throws(StoreError) {
        try await commit { .holdByOperator(provider, hold, $0) }
    }

    package func makeRetriesDue(
        of provider: ProviderName,
        waitingBeyond limit: Timestamp,
        at now: Timestamp
    ) async throws(StoreError) {
        precondition(limit >= now, "what is due stays as it is")
        let most = Self.deliveriesPerStep
        while try await commit({ .makeRetriesDue(provider, beyond: limit, now, limit: most, $0) }) == most {}
    }

    private static let deliveriesPerStep = 500

    /// Goes through the deliveries that a revision can change, page by page, each page by provider.
    private func forEachPage(
        of revision: DeliveryRevision,
        _ body: ([(provider: ProviderName, deliveries: [ArchivedDelivery])]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        var filter = revision.filter
        filter.statuses = revision.action.statuses(meantBy: filter)
        guard !filter.statuses.isEmpty else { return }
        var after: DeliveryCursor?
        repeat {
            let page = try await deliveries(matching: filter, after: after, limit: Self.deliveriesPerStep)
            let groups = Dictionary(grouping: page.deliveries, by: \.cursor.provider)
            try await body(
                groups.sorted { $0.key < $1.key }.map { (provider: $0.key, deliveries: $0.value) }
            )
            after = page.next
        } while after != nil
    }
}

extension ArchivedDelivery {
    fileprivate var sequence: Int64 { cursor.sequence.rawValue }
}
