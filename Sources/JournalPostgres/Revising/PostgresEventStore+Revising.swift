package import Events
package import Journal
import JournalFormat
import Synchronization

/// What people decide about deliveries. Any node carries it out, whoever owns the accounts.
extension PostgresEventStore {
    package func count(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount {
        var count = RevisionCount(changed: 0, busy: 0)
        try await forEachPage(of: revision) { (account, provider, deliveries) async throws(StoreError) in
            let sequences = deliveries.map(\.cursor.sequence.rawValue)
            let traces = try await traces(of: sequences, at: account)
            let prospects = prospects(of: deliveries, at: provider, for: revision)
            count += Self.count(traces.values.map { $0 }, prospects, isOwn: isOwn(account))
        }
        try await forEachUntriedPage(of: revision) { (account, _, sequences) async throws(StoreError) in
            let isBusy = try await isHeld(account)
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
        try await forEachPage(of: revision) { (account, provider, deliveries) async throws(StoreError) in
            let step = RevisionStep(
                revision: revision,
                tenant: tenant,
                number: number,
                account: account,
                lane: try await laneOf(account),
                sequences: deliveries.map(\.cursor.sequence.rawValue),
                prospects: prospects(of: deliveries, at: provider, for: revision),
                isOwn: isOwn(account)
            )
            let result = try await carryOut(step)
            number = result.number
            count += result.count
        }
        try await forEachUntriedPage(of: revision) { (account, provider, sequences) async throws(StoreError) in
            let discarded = try await discardUntried(sequences, at: provider, account)
            let step = RevisionStep(
                revision: revision,
                tenant: tenant,
                number: number,
                account: account,
                lane: nil,
                sequences: [],
                settled: discarded,
                busy: sequences.count - discarded,
                isOwn: { _ in false }
            )
            number = try await carryOut(step).number
            count += RevisionCount(changed: discarded, busy: step.busy)
        }
        return count
    }

    package func revisions(of tenant: TenantID, limit: Int) async throws(StoreError) -> [RecordedRevision] {
        let rows = try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readRevisions, [.text(tenant.rawValue), .int8(Int64(max(0, limit)))])
        }
        var revisions: [RecordedRevision] = []
        for row in rows {
            revisions.append(
                RecordedRevision(
                    action: try row.word(0),
                    filter: row.text(1),
                    by: ClientName(row.text(2)),
                    at: Timestamp(milliseconds: row.integer(3)),
                    count: RevisionCount(
                        changed: Int(clamping: row.integer(4)),
                        busy: Int(clamping: row.integer(5))
                    )
                )
            )
        }
        return revisions
    }

    package func hold(_ provider: ProviderName, byOperator hold: OperatorHold?) async throws(StoreError) {
        let account = Parameter.int4(try await parts.names.number(of: provider))
        guard let hold else {
            return _ = try await run(.unholdByOperator, [account, .int8(parts.clock.now.milliseconds)])
        }
        let parameters: [Parameter] = [
            account, .int8(hold.until.milliseconds), .text(hold.by.rawValue), .int8(hold.at.milliseconds),
        ]
        _ = try await run(.holdByOperator, parameters)
    }

    // MARK: - Steps

    private func carryOut(_ step: RevisionStep) async throws(StoreError) -> RevisionStep.Result {
        // Sent once: it counts what it changes.
        let rows = try await runOnce(.revise, step.parameters)
        ledger.desk.work(for: step.account)?.rescheduled()
        return try step.result(rows)
    }

    private func traces(of sequences: [Int64], at account: Int32) async throws(StoreError)
        -> [Int64: RevisionStep.Trace]
    {
        let rows = try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readTraces, [.int4(account), .int8s(sequences)])
        }
        var traces: [Int64: RevisionStep.Trace] = [:]
        for row in rows {
            traces[row.integer(0)] = RevisionStep.Trace(
                sequence: row.integer(0),
                isBusy: row.bool(1),
                row: try DeliveryTrace(row, from: 2)
            )
        }
        return traces
    }

    private static func count(
        _ traces: [RevisionStep.Trace],
        _ prospects: [Int64: RetryProspect],
        isOwn: (Int64) -> Bool
    ) -> RevisionCount {
        let free = traces.filter { !$0.isBusy }
        var (amended, untranslatable) = (0, 0)
        for trace in free {
            guard let prospect = prospects[trace.sequence] else { continue }
            let isUntouched = trace.row.isUntouched(isOfThisRun: isOwn(trace.sequence))
            amended += isUntouched && prospect.today != nil ? 1 : 0
            untranslatable += prospect.canTranslate(isUntouched: isUntouched) ? 0 : 1
        }
        return RevisionCount(
            changed: free.count,
            busy: traces.count - free.count,
            amended: amended,
            untranslatable: untranslatable
        )
    }

    /// Tells of events whether nobody but this node can have sent them: they came while it had the account.
    private func isOwn(_ account: Int32) -> @Sendable (Int64) -> Bool {
        guard let work = ledger.desk.work(for: account) else { return { _ in false } }
        let newest = work.ownSince
        return { sequence in
            sequence > newest.number(inStream: UInt16(SlotNumbers.slot(of: sequence))).rawValue
        }
    }

    func laneOf(_ account: Int32) async throws(StoreError) -> LaneNumber? {
        try await records(.readLaneOfAccount, [.int4(account)]).first?.number
    }

    /// Where the events of an account go; nil if it is a lane's and nobody has said it here yet.
    private func destinations(at name: ProviderName) -> AccountDestinations? {
        guard let account = parts.names.current.accountNumbers[name] else { return nil }
        if let membership = ledger.lanes.membership(of: account) { return .lane(membership) }
        // No provider of the routes can have the name of a lane's account.
        return name.rawValue.utf8.contains(UInt8(ascii: "~")) ? nil : .plans(name)
    }

    /// What deliveries would be sent with that are retried.
    private func prospects(
        of deliveries: [ArchivedDelivery],
        at provider: ProviderName,
        for revision: DeliveryRevision
    ) -> [Int64: RetryProspect] {
        guard revision.action == .retry, let amending = revision.amending else { return [:] }
        let destinations = destinations(at: provider)
        var prospects: [Int64: RetryProspect] = [:]
        for delivery in deliveries {
            prospects[delivery.cursor.sequence.rawValue] = RetryProspect(delivery, destinations, amending)
        }
        return prospects
    }

    // MARK: - What was never tried

    private func isHeld(_ account: Int32) async throws(StoreError) -> Bool {
        try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readIsHeld, [.int4(account)]).first?.bool(0) ?? false
        }
    }

    /// Discards events that nobody has tried, under a lease of its own.
    /// - Returns: how many were discarded: none if somebody delivers to the account.
    private func discardUntried(_ sequences: [Int64], at provider: ProviderName, _ account: Int32)
        async throws(StoreError) -> Int
    {
        guard let lease = try await leaseIfFree(account, of: provider) else { return 0 }
        do throws(StoreError) {
            let work = try ledger.desk.work(under: lease)
            let free = work.progress.withLock { progress in sequences.filter { progress.isUntried($0) } }
            let discarded = free.map { SettledDelivery(sequence: SequenceNumber($0), status: .discarded) }
            try await settle(Settlement(provider: provider, exceptions: discarded), under: lease)
            await end(lease)
            return free.count
        } catch {
            await end(lease)
            // Somebody on this node has taken the account.
            if error == .leaseLost { return 0 }
            throw error
        }
    }

    private func end(_ lease: AccountLease) async {
        do throws(StoreError) {
            try await giveBack(lease, unsent: [])
        } catch {
            // A pipeline has taken the account, or the store closes: the lease has ended in any case.
        }
    }

    // MARK: - Pages

    private static let deliveriesPerStep = 500

    /// Goes through the deliveries that a revision can change, page by page, each page by account.
    private func forEachPage(
        of revision: DeliveryRevision,
        _ body: (Int32, ProviderName, [ArchivedDelivery]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        var filter = revision.filter
        filter.statuses = revision.action.statuses(meantBy: filter)
        guard !filter.statuses.isEmpty else { return }
        var after: DeliveryCursor?
        repeat {
            let page = try await deliveries(matching: filter, after: after, limit: Self.deliveriesPerStep)
            let groups = Dictionary(grouping: page.deliveries, by: \.cursor.provider)
            for (provider, deliveries) in groups.sorted(by: { $0.key < $1.key }) {
                try await body(parts.names.number(of: provider), provider, deliveries)
            }
            after = page.next
        } while after != nil
    }

    /// Goes through what a revision discards without a try, page by page.
    private func forEachUntriedPage(
        of revision: DeliveryRevision,
        _ body: (Int32, ProviderName, [Int64]) async throws(StoreError) -> Void
    ) async throws(StoreError) {
        guard revision.action == .discard else { return }
        for provider in revision.untriedAt where revision.filter.takesUntried(at: provider) {
            guard let account = try await knownAccount(of: provider) else { continue }
            let filter = revision.filter
            let own = ledger.desk.work(for: account)?.progress.withLock { $0 }
            var after: Int64? = 0
            while let position = after {
                let page = try await untried(at: provider, after: position, limit: Self.deliveriesPerStep) { untried in
                    own?.isUntried(untried.sequence) ?? true
                        && filter.takes(untried.event, .pending(untried.destination))
                }
                if !page.isEmpty { try await body(account, provider, page.map(\.sequence)) }
                after = page.count < Self.deliveriesPerStep ? nil : page.last?.sequence
            }
        }
    }
}
