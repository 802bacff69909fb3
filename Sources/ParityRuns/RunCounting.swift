import Events
import Journal
import Parity
import Routing

/// Counts the journal's events of a run, and foretells the calls that its providers take.
struct RunCounting: Sendable {
    let run: ParityRun
    let runner: ParityRunner
    let providers: [ProviderConfiguration]

    /// What was counted.
    struct Counted {
        var events = 0
        /// Windows without gaps over the whole span of the run.
        var windows: [ReadWindow] = []
        /// How many events each provider should have, those of lanes included.
        var planned: [ProviderName: Int] = [:]
        /// As many names and customers as anybody asks about.
        fileprivate var (names, customers): (Set<ExactText>, Set<ExactText>) = ([], [])
    }

    /// Answers from the journal's counts alone, if that is asked and every delivery has come to its end.
    /// - Returns: whether it is done.
    func countLedger() async throws(ParityError) -> Bool {
        let snapshot = runner.routes.current
        guard run.order.level == .ledger, providers.allSatisfy({ ClosedPeriods(of: $0, in: snapshot) == nil }) else {
            return false
        }
        let window = run.order.window
        let counts = try await ledgerCounts()
        let wanted = counts.cells.filter { run.order.providers.contains($0.key.provider) }
        guard counts.damage.isEmpty, wanted.allSatisfy({ $0.value.planned == $0.value.delivered + $0.value.skipped })
        else {
            return false
        }
        var results: [ProviderName: WindowResult] = [:]
        for name in run.order.providers {
            var cells: [ExactText: CellCounts] = [:]
            for (key, count) in wanted where key.provider == name {
                let delivered = CellCounts(expected: count.delivered, found: count.delivered)
                cells[(key.name ?? "").exact, default: CellCounts()] += delivered
            }
            results[name] = WindowResult(comparison: .ledger(cells.filter { $0.value.expected > 0 }, at: name))
        }
        let reports = run.order.providers.map { name in
            let planned = results[name]?.comparison.cells.values.reduce(0) { $0 + $1.expected } ?? 0
            return ProviderReport(provider: name, notPlanned: counts.events - planned)
        }
        try await runner.store.plan([window], events: counts.events, reports, for: run.id)
        try await runner.store.save(results.mapValues(\.record), of: window, state: .settled, for: run.id)
        return true
    }

    /// Counts the events, and beside that the outcomes of their deliveries: vendors are asked for nothing before both are known.
    func count() async throws(ParityError) -> Counted {
        async let planned = plannedDeliveries()
        var counted = Counted()
        var histogram = TimeHistogram(run.order.window)
        try await walk { event in
            counted.events += 1
            histogram.add(event.timestamp)
            if counted.names.count < BillingObstacles.mostNames { counted.names.insert(event.name.exact) }
            if counted.customers.count < BillingObstacles.mostCustomers, let customer = event.customerID {
                counted.customers.insert(customer.exact)
            }
        }
        counted.windows = histogram.windows(ofAtMost: CallForecast.windowEvents)
        counted.planned = try await planned.get()
        return counted
    }

    /// How many events each provider should have, those of lanes included.
    private func plannedDeliveries() async -> Result<[ProviderName: Int], ParityError> {
        do throws(ParityError) {
            let counts = try await ledgerCounts()
            return .success(
                counts.cells.reduce(into: [:]) { planned, cell in
                    planned[cell.key.provider, default: 0] += cell.value.planned - cell.value.skipped
                }
            )
        } catch {
            return .failure(error)
        }
    }

    /// Deliveries by provider, name and day, without reading events.
    private func ledgerCounts() async throws(ParityError) -> LedgerCounts {
        let window = RecordedWindow(clock: .occurred, from: run.order.window.from, until: run.order.window.until)
        do {
            return try await runner.journal.ledgerCounts(window)
        } catch {
            throw .journal("\(error)")
        }
    }

    /// Goes through the events of the window, those of canaries apart; ends early if the task is cancelled.
    private func walk(_ body: (AcceptedEvent) -> Void) async throws(ParityError) {
        let window = RecordedWindow(
            clock: .occurred,
            from: run.order.window.from,
            until: run.order.window.until,
            withDeliveries: false
        )
        var position: JournalPosition?
        while !Task.isCancelled {
            let piece: RecordedPiece
            do {
                piece = try await runner.journal.recorded(window, after: position, limit: JournalWindow.piece)
            } catch {
                throw .journal("\(error)")
            }
            for event in piece.events where !event.event.plan.isOfCanaries { body(event.event) }
            if piece.isLast { return }
            position = piece.through
        }
    }

    // MARK: - Foretelling

    /// What each provider will be asked for.
    /// - Parameter calls: those that told all names that a provider bills, and have been made.
    func reports(_ counted: Counted, naming calls: [ProviderName: Int]) -> [ProviderReport] {
        run.order.providers.map { name in
            let provider = providers.first { $0.name == name }
            let planned = counted.planned[name, default: 0]
            let made = calls[name, default: 0]
            return ProviderReport(
                provider: name,
                notPlanned: max(0, counted.events - planned),
                forecast: provider.flatMap { provider in
                    provider.traits.reads.map { traits in
                        forecast(planned, counted, traits, provider)
                            .adding(questions(to: provider, counted))
                            .adding(CallForecast(least: made, most: made))
                    }
                }
            )
        }
    }

    /// Calls for counts and lists, at least and at most: how many depends on what differs.
    /// - Parameter events: of the provider. They are taken to be spread evenly over the windows.
    private func forecast(
        _ events: Int,
        _ counted: Counted,
        _ traits: ReadTraits,
        _ provider: ProviderConfiguration
    ) -> CallForecast {
        let windows = max(1, counted.windows.count)
        let each = Array(repeating: events / windows, count: windows)
        if run.order.level == .resend {
            // Beyond so many names nobody has counted them.
            let most = counted.names.count < BillingObstacles.mostNames ? counted.names.count : events
            return CallForecast.resending(events: each, batch: provider.pipeline.batch.events, names: most)
        }
        let level = run.order.level == .digest && !traits.lists.isPaged ? .full : run.order.level
        return CallForecast.forecast(
            events: each,
            level: level,
            pageSize: traits.lists.isPaged ? traits.lists.pageSize : max(1, traits.lists.pageSize * 9 / 10),
            sample: run.order.sample,
            idsPerRequest: showsIDs(provider) ? traits.idsPerRequest : nil
        )
    }

    /// What is asked beside counts and lists: sums, what is not billed, and events that are not where they were sent.
    private func questions(to provider: ProviderConfiguration, _ counted: Counted) -> CallForecast {
        guard run.order.level.readsEvents, let reader = provider.adapter.reader else {
            return CallForecast(least: 0, most: 0)
        }
        let sums = run.order.level == .digest ? SumReader(run, runner, provider)?.forecast ?? 0 : 0
        let searches = reader.abilities.contains(.find) ? CollisionSearch.most : 0
        return BillingObstacles(able: reader.obstacles)
            .forecast(names: counted.names.count, customers: counted.customers.count)
            .adding(CallForecast(least: sums, most: sums + searches))
    }

    /// Whether the events that are sent to a provider now carry their ids in a property.
    private func showsIDs(_ provider: ProviderConfiguration) -> Bool {
        let destinations = runner.routes.current.routes.routes.flatMap(\.destinations).map(\.destination)
        let settings = destinations.filter { $0.provider == provider.name }.map(\.settings)
        return !(provider.adapter.reader?.comparison(of: [], sentWith: settings).idProperties.isEmpty ?? true)
    }
}
