import Events
import Journal
import Parity
import Routing

/// The way of a run of the level usage: add up the journal, ask what vendors bill, and look for the events of what differs.
///
/// It keeps no progress, so a run that continues after a restart begins again.
struct UsageMaking {
    private let run: ParityRun
    private let runner: ParityRunner
    private let providers: [ProviderConfiguration]
    private let metrics: UsageMetrics

    /// Reads after the first.
    private static let confirmations = 2
    /// Amounts, of one customer and metric each, that the journal is added up to.
    static let mostAmounts = 100_000
    /// How long before the window an event may have been accepted that arrived in it, but for what a backfill has sent; those of longer
    /// outages are not looked for.
    private static let longestWay = Duration.seconds(86_400)

    init(_ run: ParityRun, _ runner: ParityRunner, _ metrics: UsageMetrics, _ providers: [ProviderConfiguration]) {
        self.run = run
        self.runner = runner
        self.metrics = metrics
        self.providers = providers
    }

    func make() async throws(ParityError) {
        try await runner.store.set(.counting, of: run.id, reason: nil, at: runner.clock.now)
        let ledger = try await ledger()
        guard let ledger else { return }
        // Nothing is compared with a part of the journal.
        let isWhole = !ledger.isDamaged && !ledger.isTooLarge
        guard let catalogues = isWhole ? await catalogues() : [:] else { return }
        let reports = run.order.providers.map { name in
            ProviderReport(
                provider: name,
                forecast: providers.first { $0.name == name }.flatMap {
                    forecast(of: $0, ledger, catalogue: catalogues[name]?.calls ?? 0)
                }
            )
        }
        try await runner.store.plan([run.order.window], events: ledger.events, reports, for: run.id)
        var results: [ProviderName: UsageResult] = [:]
        for name in run.order.providers {
            guard let provider = providers.first(where: { $0.name == name }) else {
                results[name] = .unreadable("routes.json no longer has the provider \(name)", run, name)
                continue
            }
            guard let result = await compare(at: provider, ledger, catalogues[name]) else { return }
            results[name] = result
        }
        try await save(results, isSuspect(results) ? .suspect : .settled)
        // What may have been on its way the first time is known only after two more reads.
        for reread in 1...Self.confirmations where isSuspect(results) {
            guard let confirmed = try await confirmed(results) else { return }
            results = confirmed
            try await save(results, isSuspect(results) && reread < Self.confirmations ? .suspect : .settled)
        }
    }

    private func isSuspect(_ results: [ProviderName: UsageResult]) -> Bool {
        results.values.contains { Confirmation.isPending($0.findings) }
    }

    private func save(_ results: [ProviderName: UsageResult], _ state: WindowState) async throws(ParityError) {
        try await runner.store.save(results.mapValues(\.record), of: run.order.window, state: state, for: run.id)
    }

    /// Compares once more, a lag later, where something differed.
    /// - Returns: nil if the task was cancelled.
    private func confirmed(_ first: [ProviderName: UsageResult]) async throws(ParityError)
        -> [ProviderName: UsageResult]?
    {
        let suspect = providers.filter { first[$0.name].map { Confirmation.isPending($0.findings) } ?? false }
        try await runner.store.set(.confirming, of: run.id, reason: nil, at: runner.clock.now)
        do {
            try await Task.sleep(for: suspect.map { runner.lags.lag(of: $0) }.max() ?? .zero)
        } catch {
            return nil
        }
        guard let ledger = try await ledger() else { return nil }
        // The calls of the first time are written down.
        var results = first.mapValues { $0.withoutCalls }
        for provider in suspect {
            guard var second = await compare(at: provider, ledger) else { return nil }
            second.findings = Confirmation.confirm(first[provider.name]?.findings ?? [], by: second.findings)
            results[provider.name] = second
        }
        return results
    }

    /// Asks each provider what it can bill by: only it knows how many pages that takes, which are foretold.
    /// - Returns: nil if the task was cancelled.
    private func catalogues() async -> [ProviderName: VendorCatalogue]? {
        var catalogues: [ProviderName: VendorCatalogue] = [:]
        for provider in providers where provider.traits.reads?.usage != nil {
            guard metrics.all.contains(where: { $0.ids[provider.name] != nil }), let reader = provider.adapter.reader
            else { continue }
            var calls = 0
            let answer = await runner.vendors.ask(reader.catalogue(), at: provider, counting: &calls)
            guard let answer else { return nil }
            catalogues[provider.name] = VendorCatalogue(answer: answer, calls: calls)
        }
        return catalogues
    }

    /// - Parameter catalogue: what the vendor can bill by, if it was asked already.
    private func compare(
        at provider: ProviderConfiguration,
        _ ledger: UsageLedger,
        _ catalogue: VendorCatalogue? = nil
    ) async -> UsageResult? {
        guard let reader = provider.adapter.reader, let traits = provider.traits.reads?.usage else {
            return .unreadable("\(provider.traits.vendor) shows no usage", run, provider.name)
        }
        if ledger.isDamaged {
            return .unreadable("a part of the journal cannot be read", run, provider.name)
        }
        if ledger.isTooLarge {
            let reason =
                "the window has more than \(Self.mostAmounts) amounts of a customer and metric, or too many different values"
            return .unreadable(reason, run, provider.name)
        }
        var comparison = UsageComparison(run, runner, metrics, provider, reader, traits, ledger, catalogue)
        return await comparison.compare()
    }

    /// - Parameter catalogue: how many calls it took to ask what the vendor can bill by.
    private func forecast(of provider: ProviderConfiguration, _ ledger: UsageLedger, catalogue: Int) -> CallForecast? {
        guard let reads = provider.traits.reads, let traits = reads.usage, let reader = provider.adapter.reader else {
            return nil
        }
        let customers = ledger.customers(at: provider.name)
        let used = metrics.all.filter { $0.ids[provider.name] != nil }.count
        let pages = max(1, (customers + reads.lists.pageSize - 1) / reads.lists.pageSize)
        let least = catalogue + (traits.scope == .metric ? used * pages : customers)
        // The events of amounts that differ are listed, a page of each at least, and the vendor is asked what keeps it from billing them.
        let searched = min(UsageComparison.mostSearched, ledger.totals[provider.name]?.count ?? 0)
        let names = reader.obstacles.ofNames ? catalogue : 0
        let questions = BillingObstacles(able: reader.obstacles).forecast(names: 1, customers: 1).most + names
        let lists = searched * ledger.mostSpans(at: provider.name) + 2 * ledger.events / reads.lists.pageSize
        return CallForecast(least: least, most: (1 + Self.confirmations) * (least + lists + searched * questions))
    }

    /// - Returns: nil if the task was cancelled.
    private func ledger() async throws(ParityError) -> UsageLedger? {
        guard let first = try await ledger(knowing: Replacements()) else { return nil }
        // A replacement may be pieces behind what it replaces.
        return first.replacements.isEmpty ? first : try await ledger(knowing: first.replacements)
    }

    /// - Returns: nil if the task was cancelled.
    private func ledger(knowing replacements: Replacements) async throws(ParityError) -> UsageLedger? {
        var ledger = UsageLedger(run, metrics, providers, readAt: runner.clock.now, knowing: replacements)
        // Who bills by receipt bills what arrived in the period, whenever it occurred; who bills by time, what occurred in it.
        for clock in [RecordedWindow.Clock.occurred, .accepted] where clock == .occurred || ledger.needsArrivals {
            let start = run.order.window.from
            let way = try await hasLanes() ? max(Self.longestWay, runner.retention) : Self.longestWay
            let window = RecordedWindow(
                clock: clock,
                // What was on its way when the period began is on the bill of this period.
                from: clock == .accepted ? start + (.zero - way) : start,
                until: run.order.window.until
            )
            ledger.begin(window)
            var position: JournalPosition?
            while true {
                guard !Task.isCancelled else { return nil }
                do {
                    let lanes = try await runner.lanes()
                    let piece = try await runner.journal.recorded(window, after: position, limit: JournalWindow.piece)
                    ledger.add(piece, by: clock, lanes)
                    if piece.isLast { break }
                    position = piece.through
                } catch {
                    throw .journal("\(error)")
                }
            }
        }
        return ledger
    }

    /// Whether there were backfills, which send what was accepted at any time.
    private func hasLanes() async throws(ParityError) -> Bool {
        do { return try await !runner.lanes().isEmpty } catch { throw .journal("\(error)") }
    }
}
