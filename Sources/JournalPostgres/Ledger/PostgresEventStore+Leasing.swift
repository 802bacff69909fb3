package import Events
package import Journal
import JournalFormat
import Synchronization

extension PostgresEventStore: AccountLeasing {
    package func lease(_ provider: ProviderName) async throws(StoreError) -> AccountLease {
        let account = try await parts.names.number(of: provider)
        let lane = try await records(.readLaneOfAccount, [.int4(account)]).first?.number
        return try await lease(account, of: provider, lane: lane)
    }

    package func waitForEnd(of lease: AccountLease) async -> LeaseEnd {
        let end = await work(under: lease)?.signal.wait() ?? .lost
        // Nobody gives back what was lost.
        if end == .lost, let account = parts.names.current.accountNumbers[lease.provider] {
            ledger.lanes.leave(account)
        }
        return end
    }

    package func isSafe(_ lease: AccountLease, at now: ContinuousClock.Instant) -> Bool {
        guard let work = work(under: lease) else { return false }
        return ledger.keeper.isSafe(work.node, at: now)
    }

    package func giveBack(_ lease: AccountLease, unsent: [SequenceNumber]) async throws(StoreError) {
        let work = try ledger.desk.work(under: lease)
        defer { ledger.lanes.leave(work.account) }
        do throws(StoreError) {
            try await work.giveBack(unsent: unsent.map(\.rawValue))
        } catch {
            // Nobody works under it from now on, whatever the database knows: what was not given back is released later.
            ledger.desk.end(work, wasGivenBack: false)
            throw error
        }
        ledger.desk.end(work, wasGivenBack: true)
    }

    private func work(under lease: AccountLease) -> AccountWork? {
        do throws(StoreError) {
            return try ledger.desk.work(under: lease)
        } catch {
            return nil
        }
    }
}

extension PostgresEventStore {
    /// Waits until the account is this node's, under a new epoch.
    func lease(_ account: Int32, of name: ProviderName, lane: LaneNumber?) async throws(StoreError) -> AccountLease {
        try await ledger.desk.taking(account) { () throws(StoreError) in
            try await take(account, of: name, lane: lane)
        }
    }

    private func take(_ account: Int32, of name: ProviderName, lane: LaneNumber?) async throws(StoreError)
        -> AccountLease
    {
        while true {
            // What this node has changes hands at once.
            if ledger.desk.work(for: account) == nil { try await ledger.desk.waitForTurn(at: account) }
            guard let node = ledger.keeper.node else {
                await Pause.wait(.milliseconds(20))
                continue
            }
            let rows = try await run(.takeAccount, [.int8(node), .int4(account)])
            if let row = rows.first {
                let lease = AccountLease(provider: name, epoch: row.integer(0))
                try await begin(lease, account: account, node: node, lane: lane)
                return lease
            }
            // Others have it, whatever was known here, or have buried this node.
            if let work = ledger.desk.work(for: account) { ledger.desk.end(work, wasGivenBack: false) }
            ledger.keeper.beatNow()
        }
    }

    /// Takes an account if nobody has it.
    /// - Returns: nil if somebody has it.
    func leaseIfFree(_ account: Int32, of name: ProviderName) async throws(StoreError) -> AccountLease? {
        try await ledger.desk.taking(account) { () throws(StoreError) -> AccountLease? in
            guard let node = ledger.keeper.node,
                let row = try await run(.takeFreeAccount, [.int8(node), .int4(account)]).first
            else { return nil }
            let lease = AccountLease(provider: name, epoch: row.integer(0))
            try await begin(lease, account: account, node: node, lane: nil)
            return lease
        }
    }

    /// Reads how far the account has come, and works on it from now on.
    private func begin(_ lease: AccountLease, account: Int32, node: Int64, lane: LaneNumber?) async throws(StoreError) {
        let loading = AccountLoading(account: account, epoch: lease.epoch, isLane: lane != nil)
        let fence: [Parameter] = [.int4(account), .int8(lease.epoch), .int8(node)]
        let found = try await run(.takeInterrupted, fence)
        // Somebody on this node has asked later, and has the account now: the lease has ended before it began.
        guard !found.isEmpty else { return }
        let interrupted = try AccountLoading.Interrupted(found)
        let progress = try await read(on: parts.claims) { (session) throws(PostgresFailure) in
            try loading.progress(interrupted, session)
        }
        var ownSince = ledger.desk.ownSince(account, epoch: lease.epoch)
        if ownSince == nil { ownSince = try await newestPosition() }
        ledger.desk.begin(
            AccountWork(
                lease,
                account: account,
                node: node,
                lane: lane,
                ownSince: ownSince ?? .start,
                progress: progress,
                in: ledger,
                of: parts
            )
        )
    }

    // MARK: What the parts of the ledger share

    /// Runs a statement that may run twice: once more if its answer was lost.
    func run(_ statement: Statement, _ parameters: [Parameter]) async throws(StoreError) -> Rows {
        do throws(PostgresFailure) {
            return try await ledger.connection.run(statement, parameters)
        } catch {
            guard !error.isCertain else { throw parts.reach.error(error) }
        }
        return try await runOnce(statement, parameters)
    }

    /// Runs a statement that must not run twice. If it throws, it may have been carried out.
    func runOnce(_ statement: Statement, _ parameters: [Parameter]) async throws(StoreError) -> Rows {
        do throws(PostgresFailure) {
            return try await ledger.connection.run(statement, parameters)
        } catch {
            throw parts.reach.error(error)
        }
    }
}

extension AccountWork {
    /// Ends the lease, with the intents of events that no request has carried.
    func giveBack(unsent: [Int64]) async throws(StoreError) {
        try await inTurn { () throws(StoreError) in
            let (progress, flight) = self.progress.withLock { ($0, $0.takeFlight()) }
            let intended = progress.intended
            let left = intended.subtracting(unsent)
            let cursors = progress.movedCursors()
            let flying: [Int64?]? = left == intended ? nil : left.sorted()
            try await fenced(
                .giveBack,
                fence + [
                    .int8(flight), .int8s(flying), .int2s(cursors.map(\.slot)),
                    .int8s(cursors.map(\.place)),
                ]
            )
        }
    }
}
