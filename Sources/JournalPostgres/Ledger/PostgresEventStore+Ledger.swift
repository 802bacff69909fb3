package import Events
package import Journal
import JournalFormat
import Synchronization

/// Retries, intents, outcomes and holds; how events are claimed is in `PostgresEventStore+Claims`.
extension PostgresEventStore: DeliveryLedger {
    package func nextDue(for provider: ProviderName) -> Timestamp? {
        guard let account = parts.names.current.accountNumbers[provider] else { return nil }
        return ledger.desk.work(for: account)?.progress.withLock { $0.retries.next }
    }

    package func bringForward(under lease: AccountLease, by step: Duration) async throws(StoreError) {
        let work = try ledger.desk.work(under: lease)
        var last: Int64? = 0
        while let after = last {
            last = try await work.bringForward(after: after, by: step, limit: Self.rowsPerStep)
        }
    }

    package func makeRetriesDue(
        of provider: ProviderName,
        waitingBeyond limit: Timestamp,
        at now: Timestamp
    ) async throws(StoreError) {
        precondition(limit >= now, "what is due stays as it is")
        let account = try await parts.names.number(of: provider)
        var count = Self.rowsPerStep
        while count == Self.rowsPerStep {
            let parameters: [Parameter] = [
                .int4(account), .int8(limit.milliseconds), .int8(now.milliseconds), .int8(Self.rowsPerStep),
            ]
            count = try await run(.makeRetriesDue, parameters).first?.integer(0) ?? 0
            ledger.desk.work(for: account)?.rescheduled()
        }
    }

    private static let rowsPerStep: Int64 = 1000

    package func intend(_ sequences: [SequenceNumber], under lease: AccountLease) async throws(StoreError) {
        guard !sequences.isEmpty else { return }
        try await write(.intend(sequences.map(\.rawValue)), under: lease)
    }

    /// What leaves is known to this process alone, and the next owner may be on another machine: to it, whatever was intended has left.
    package func departs(_ sequences: [SequenceNumber], under lease: AccountLease) {}

    package func settle(_ settlement: Settlement, under lease: AccountLease) async throws(StoreError) {
        precondition(settlement.provider == lease.provider, "outcomes are settled under their own account's lease")
        guard !settlement.isEmpty else { return }
        try await write(.settle(settlement), under: lease)
    }

    private func write(_ write: AccountWrite, under lease: AccountLease) async throws(StoreError) {
        try await ledger.desk.recentWork(under: lease).write(write) { [self] (sequences) throws(StoreError) in
            try await origins(of: sequences)
        }
    }

    /// The numbers of the origins of these events, as far as they can be read.
    private func origins(of sequences: [Int64]) async throws(StoreError) -> [Int64: Int32] {
        let events = try await events(at: sequences)
        let names = parts.names.current
        return events.compactMapValues { stored in
            names.originNumbers[EventOrigin(tenant: stored.event.tenant, client: stored.event.client)]
                .map { Int32(clamping: $0) }
        }
    }

    // MARK: - Holds

    package func hold(_ hold: ProviderHold?, under lease: AccountLease) async throws(StoreError) {
        let work = try ledger.desk.work(under: lease)
        try await work.inTurn { () throws(StoreError) in
            guard let hold else { return _ = try await work.fenced(.unhold, work.fence) }
            let parameters: [Parameter] = [
                .int8(hold.until.milliseconds), .bool(hold.isParked), .text(hold.fault.code.rawValue),
                .text(hold.fault.message.storable), .text(hold.fault.vendor?.storable),
            ]
            try await work.fenced(.hold, work.fence + parameters)
        }
    }

    package func hold(of provider: ProviderName) async throws(StoreError) -> ProviderHold? {
        guard let row = try await row(.readHold, of: provider) else { return nil }
        return ProviderHold(
            until: Timestamp(milliseconds: row.integer(0)),
            fault: DeliveryFault(code: try row.word(2), message: row.text(3), vendor: row.optionalText(4)),
            isParked: row.bool(1)
        )
    }

    package func operatorHold(of provider: ProviderName) async throws(StoreError) -> OperatorHold? {
        guard let row = try await row(.readOperatorHold, of: provider) else { return nil }
        return OperatorHold(
            until: Timestamp(milliseconds: row.integer(0)),
            by: ClientName(row.text(1)),
            at: Timestamp(milliseconds: row.integer(2))
        )
    }

    /// The row of an account; nil if there is none.
    private func row(_ statement: Statement, of provider: ProviderName) async throws(StoreError) -> Row? {
        let account = try await parts.names.number(of: provider)
        return try await read(on: parts.claims) { (session) throws(PostgresFailure) in
            try session.run(statement, [.int4(account)]).first
        }
    }
}
