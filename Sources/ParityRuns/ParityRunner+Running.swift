package import Events
package import Parity
import Routing

extension ParityRunner: UnbilledNoting {
    package func note(_ events: [UnbilledEvent], at provider: ProviderName) async throws(ParityError) {
        try await store.note(events, at: provider, at: clock.now, keepingSince: clock.now + (.zero - retention))
    }
}

extension ParityRunner: ParityRunning {
    package func start(_ order: ParityOrder, for tenant: TenantID, by client: ClientName) async throws(ParityError)
        -> ParityRun
    {
        let oldest = clock.now + (.zero - retention)
        // Retention may have been shorter, and has removed more.
        let removed = try await removedThrough() ?? oldest
        if order.window.from < max(oldest, removed) { throw .beforeRetention(max(oldest, removed)) }
        let run = try await store.add(order, for: tenant, by: client, at: clock.now)
        // It may wait for others, and what it compares must be there then.
        try await pin(run)
        ring()
        return run
    }

    package func run(_ id: Int64) async throws(ParityError) -> ParityRun? { try await store.run(id, at: clock.now) }

    package func runs(before id: Int64?, limit: Int) async throws(ParityError) -> [ParityRun] {
        try await store.runs(before: id, limit: limit, at: clock.now)
    }

    package func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell] {
        try await store.cells(of: id, after: number, limit: limit)
    }

    package func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int)
        async throws(ParityError) -> [NumberedFinding]
    {
        try await store.findings(of: id, filter, after: number, limit: limit, at: clock.now)
    }

    package func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend] {
        try await store.resends(of: event)
    }

    package func customers(of id: Int64, by order: ParityCustomer.Order, limit: Int) async throws(ParityError)
        -> [ParityCustomer]
    {
        let limit = max(0, limit)
        guard limit <= RunCustomers.most, let run = try await run(id), run.state == .finished else {
            return try await sorted(of: id, by: order, limit: limit)
        }
        if let known = knownCustomers.list(of: run, by: order) { return Array(known.prefix(limit)) }
        let customers = try await sorted(of: id, by: order, limit: RunCustomers.most)
        knownCustomers.keep(customers, of: run, by: order)
        return Array(customers.prefix(limit))
    }

    private func sorted(of id: Int64, by order: ParityCustomer.Order, limit: Int) async throws(ParityError)
        -> [ParityCustomer]
    {
        let money = try await store.moneyFindings(of: id)
        // The order of the store.
        if money.isEmpty, order != .findings { return try await store.customers(of: id, limit: limit) }
        // No more findings are kept of a run, so these are all.
        let customers = try await store.customers(of: id, limit: ParityStore.mostFindings)
        let sorted = ParityCustomer.sorted(ParityCustomer.adding(money, to: customers), by: order)
        return Array(sorted.prefix(limit))
    }

    package func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay] {
        try await store.findingDays(of: id)
    }

    package func accept(_ acceptance: Acceptance) async throws(ParityError) { try await store.accept(acceptance) }

    package func acceptances(in run: ParityRun) async throws(ParityError) -> [Acceptance] {
        try await store.acceptances(at: clock.now).filter { $0.concerns(run) }
    }

    package func latest() async throws(ParityError) -> [ParityRun] {
        var providers: Set<ProviderName> = []
        return try await runs(before: nil, limit: 100).filter { run in
            guard run.state == .finished else { return false }
            let count = providers.count
            providers.formUnion(run.order.providers)
            return providers.count > count
        }
    }

    package func resend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        try await lost(in: id, filter) { (resending, findings) async throws(ParityError) in
            let (sent, count) = try await resending.send(findings)
            try await store.resent(sent, at: clock.now, keepingSince: clock.now + (.zero - retention))
            return count
        }
    }

    package func planResend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount {
        try await lost(in: id, filter) { (resending, findings) async throws(ParityError) in
            try await resending.plan(findings)
        }
    }

    /// Adds up the outcomes of the lost events that nobody has sent again, by provider and in pieces.
    private func lost(
        in id: Int64,
        _ filter: FindingFilter,
        _ step: (Resending, [NumberedFinding]) async throws(ParityError) -> ResendCount
    ) async throws(ParityError) -> ResendCount {
        guard let run = try await run(id) else { throw .unknownRun(id) }
        guard run.state.isOver else { throw .unfinished(id) }
        var wanted = filter
        wanted.cause = .lostAfterAccept
        var (count, after) = (ResendCount(), Int64(0))
        while true {
            let page = try await findings(of: id, wanted, after: after, limit: 1000)
            guard let last = page.last else { return count }
            // What has no number was sent again when it was found.
            let open = page.filter {
                $0.resolution == nil && $0.finding.isConfirmed && $0.finding.subject.sequence != nil
            }
            for (provider, findings) in Dictionary(grouping: open, by: \.finding.provider).sorted(by: {
                $0.key < $1.key
            }) {
                let part = try await step(Resending(runner: self, provider: provider), findings)
                count.sent += part.sent
                count.failed += part.failed
                count.reason = count.reason ?? part.reason
            }
            after = last.number
        }
    }
}
