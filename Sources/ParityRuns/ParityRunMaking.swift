import Events
import Journal
import Parity
import Routing

/// The way of one run: count the journal, read window after window, read again what differs.
struct ParityRunMaking {
    private let run: ParityRun
    private let runner: ParityRunner
    private let providers: [ProviderConfiguration]
    /// Providers that are not asked any more, and why.
    private var abandoned: [ProviderName: String] = [:]
    /// When the windows with findings to be confirmed were read; those of an earlier process, when this one began.
    private var readAt: [ReadWindow: ContinuousClock.Instant] = [:]
    /// When the newest event was accepted that retention has removed; while the run is made, it removes nothing of its window.
    private var removedThrough: Timestamp?
    /// The share of pages that are listed although their counts agree.
    private var share = 1.0
    /// When this process began the run.
    private let began = ContinuousClock.now
    /// When retention was last told to keep the window; nil before the first time.
    private var pinnedAt: ContinuousClock.Instant?
    /// How many events each provider may still be asked for that it does not list.
    private var searches: [ProviderName: Int] = [:]
    /// What providers have said by themselves of events that they do not bill.
    private var reported: [ProviderName: [UnbilledEvent]] = [:]
    /// What providers store and do not bill.
    private var obstacles: [ProviderName: BillingObstacles] = [:]
    /// Of the providers that show sums.
    private var sums: [ProviderName: SumComparison] = [:]

    /// Events of one millisecond, which no window divides.
    static let mostEvents = 100_000
    /// Windows that are in flight at once.
    private static let windowsAtOnce = 2
    /// Windows that are looked up at once.
    private static let openAtOnce = 100
    /// Well below the day for which a pin holds.
    private static let pinEvery = Duration.seconds(600)
    /// Reads of a window after the first.
    private static let confirmations = 2

    init(_ run: ParityRun, _ runner: ParityRunner) {
        self.run = run
        self.runner = runner
        let configured = runner.routes.current.routes.providers
        providers = run.order.providers.compactMap { name in configured.first { $0.name == name } }
        for name in run.order.providers where !providers.contains(where: { $0.name == name }) {
            abandoned[name] = "routes.json no longer has the provider \(name)"
        }
    }

    /// Makes the run, from wherever an earlier process has left it. The caller notes that it is finished.
    /// - Throws: ``ParityError`` if the journal or the storage fails; a vendor that fails is a part of the result.
    mutating func make() async throws(ParityError) {
        if try await runner.mayBeRemoved(run) { throw .removed }
        try await pin()
        removedThrough = try await runner.removedThrough()
        if let metrics = run.order.metrics { return try await UsageMaking(run, runner, metrics, providers).make() }
        for provider in providers where run.order.level.readsEvents && provider.adapter.hook != nil {
            reported[provider.name] = try await runner.store.unbilled(at: provider.name)
        }
        switch run.state {
        case .queued, .counting:
            if try await RunCounting(run: run, runner: runner, providers: providers).countLedger() { return }
            try await count()
        case .reading, .confirming: try await goOn()
        case .finished, .failed: return
        }
        let events = try await runner.store.run(run.id, at: runner.clock.now)?.events ?? 0
        share = min(1, Double(run.order.sample) / Double(max(1, events)))
        try await readSums()
        try await readOpen()
        guard !Task.isCancelled, run.order.level != .ledger else { return }
        try await runner.store.set(.confirming, of: run.id, reason: nil, at: runner.clock.now)
        for _ in 0..<Self.confirmations {
            var suspects = try await runner.store.windows(.suspect, of: run.id, limit: .max)[...]
            while !suspects.isEmpty {
                let next = Array(suspects.prefix(Self.windowsAtOnce))
                suspects = suspects.dropFirst(next.count)
                guard await waitForLag(since: next.map { readAt[$0] ?? began }.max() ?? began) else { return }
                try await read(next, confirming: true)
            }
            // Halves of windows that have grown since.
            try await readOpen()
        }
    }

    /// Continues what another process, or an earlier try, has left.
    private func goOn() async throws(ParityError) {
        // What cannot be written down is not worth asking vendors for.
        try await runner.store.set(.reading, of: run.id, reason: nil, at: runner.clock.now)
        guard run.order.level == .resend,
            try await !runner.store.windows(.open, of: run.id, limit: 1).isEmpty
        else { return }
        for provider in run.order.providers {
            try await runner.store.note(calls: 0, fault: Self.interruption, at: provider, for: run.id)
        }
    }

    /// Of a comparison by resending: what was sent and not noted counts as stored from now on.
    private static let interruption = """
        the comparison was interrupted while it sent events again; the vendor may have stored lost events that are not counted
        """

    /// Only a digest uses sums: they show where events that are only counted may differ.
    private mutating func readSums() async throws(ParityError) {
        guard run.order.level == .digest else { return }
        for provider in providers {
            guard !Task.isCancelled, var reading = SumReader(run, runner, provider) else { continue }
            sums[provider.name] = try await reading.read()
            try await runner.store.note(calls: reading.calls, fault: reading.fault, at: provider.name, for: run.id)
        }
    }

    /// Reads until no window is open, those included that were cut in halves meanwhile.
    private mutating func readOpen() async throws(ParityError) {
        while !Task.isCancelled {
            let windows = try await runner.store.windows(.open, of: run.id, limit: Self.openAtOnce)
            if windows.isEmpty { return }
            try await read(windows, confirming: false)
        }
    }

    /// Has retention leave the window alone while the run is made.
    private mutating func pin() async throws(ParityError) {
        if let pinnedAt, pinnedAt + Self.pinEvery > .now { return }
        try await runner.pin(run)
        pinnedAt = .now
    }

    // MARK: Counting

    private mutating func count() async throws(ParityError) {
        try await runner.store.set(.counting, of: run.id, reason: nil, at: runner.clock.now)
        let counting = RunCounting(run: run, runner: runner, providers: providers)
        let counted = try await counting.count()
        var calls: [ProviderName: Int] = [:]
        for provider in providers where counted.planned[provider.name, default: 0] > 0 {
            calls[provider.name] = try await askForNames(provider)
        }
        guard !Task.isCancelled else { return }
        let reports = counting.reports(counted, naming: calls)
        try await runner.store.plan(counted.windows, events: counted.events, reports, for: run.id)
    }

    /// Asks a provider for all names that it bills, where it tells them: only it knows how many pages that takes, which are foretold.
    /// - Returns: how many calls it took.
    private mutating func askForNames(_ provider: ProviderConfiguration) async throws(ParityError) -> Int {
        guard run.order.level.readsEvents, let reader = provider.adapter.reader, reader.obstacles.ofNames else {
            return 0
        }
        var known = obstacles(of: provider, reader)
        let search = ObstacleSearch(
            vendors: runner.vendors,
            provider: provider,
            reader: reader,
            recorded: JournalWindow(events: [], isDamaged: false),
            lanes: [:]
        )
        let outcome = await search.searchNames(into: &known)
        obstacles[provider.name] = known
        try await runner.store.note(calls: outcome.calls, fault: outcome.fault, at: provider.name, for: run.id)
        return outcome.calls
    }

    /// What is known of a provider until now.
    private func obstacles(of provider: ProviderConfiguration, _ reader: any VendorReader) -> BillingObstacles {
        obstacles[provider.name]
            ?? BillingObstacles(able: reader.obstacles, reported: reported[provider.name] ?? [])
    }

    // MARK: Reading

    /// Reads and compares windows, some at once: while one is compared, or written down, the vendors answer for others.
    private mutating func read(_ windows: [ReadWindow], confirming: Bool) async throws(ParityError) {
        var failure: ParityError?
        await withTaskGroup(of: (WindowMaking, Result<WindowOutcome, ParityError>).self) { group in
            var (waiting, underWay) = (windows[...], 0)
            var compared: (making: WindowMaking, outcome: WindowOutcome)?
            while true {
                do throws(ParityError) {
                    while underWay < Self.windowsAtOnce, let window = waiting.popFirst() {
                        let making = try await begin(window)
                        group.addTask { (making, await making.read()) }
                        underWay += 1
                    }
                } catch {
                    failure = error
                }
                do throws(ParityError) {
                    // What was compared is written down even if no other window can be begun: events may have been sent again for it.
                    if let (making, outcome) = compared {
                        compared = nil
                        try await finish(making, outcome, confirming: confirming)
                    }
                    guard failure == nil, let (making, result) = await group.next(), !Task.isCancelled else { break }
                    underWay -= 1
                    let outcome = try result.get()
                    abandonUnread(in: outcome)
                    compared = (making, outcome)
                } catch {
                    failure = failure ?? error
                    break
                }
            }
            group.cancelAll()
        }
        if let failure { throw failure }
    }

    /// Leaves alone from now on the providers that could not be read.
    private mutating func abandonUnread(in outcome: WindowOutcome) {
        guard case .compared(let results, _) = outcome else { return }
        for (name, result) in results { if let reason = result.unreadable { abandoned[name] = reason } }
    }

    /// Takes the lanes as they are now, and what is known of the providers so far.
    private mutating func begin(_ window: ReadWindow) async throws(ParityError) -> WindowMaking {
        try await pin()
        let lanes: [LaneNumber: any LaneMembership]
        do {
            // A lane may have begun since the window before.
            lanes = try await runner.lanes()
        } catch {
            throw .journal("\(error)")
        }
        return WindowMaking(
            window: window,
            limit: window.halves == nil ? Self.mostEvents : 2 * CallForecast.windowEvents,
            run: run,
            runner: runner,
            providers: providers,
            abandoned: abandoned,
            lanes: lanes,
            sums: sums,
            share: share,
            removedThrough: removedThrough
        )
    }

    /// Saves what a window gave, or cuts it in halves. A window with findings that a second read could refute is kept as suspect.
    /// - Parameter confirming: whether it was read before: findings that are not found again are dropped.
    private mutating func finish(_ making: WindowMaking, _ outcome: WindowOutcome, confirming: Bool)
        async throws(ParityError)
    {
        let window = making.window
        var results: [ProviderName: WindowResult]
        let recorded: JournalWindow
        switch outcome {
        case .compared(let compared, let journal):
            (results, recorded) = (compared, journal)
            addUnread(window, to: &results, isJournalDamaged: recorded.isDamaged)
            if recorded.isDamaged {
                for name in results.keys where results[name]?.unreadable == nil {
                    results[name]?.comparison.noteDamage(in: window)
                }
            }
        case .tooLarge(let what): return try await split(window, becauseOf: what)
        case .cancelled: return
        }
        guard !Task.isCancelled else { return }
        for name in results.keys { try await findObstacles(&results[name], recorded, making.lanes, at: name) }
        if confirming {
            for name in results.keys {
                let first = try await runner.store.findings(of: window, at: name, for: run.id)
                results[name]?.comparison.confirm(after: first)
                await searchCollisions(&results[name], recorded, making.lanes, at: name)
            }
        }
        let isSuspect = results.values.contains { Confirmation.isPending($0.comparison.findings) }
        if isSuspect { readAt[window] = .now } else { readAt[window] = nil }
        try await runner.store.save(
            results.mapValues(\.record),
            of: window,
            state: isSuspect ? .suspect : .settled,
            for: run.id
        )
    }

    /// Adds the providers that were not asked.
    private mutating func addUnread(
        _ window: ReadWindow,
        to results: inout [ProviderName: WindowResult],
        isJournalDamaged: Bool
    ) {
        for name in run.order.providers where results[name] == nil {
            let decision = CauseDecision(readAt: runner.clock.now, lag: .zero, isJournalDamaged: isJournalDamaged)
            let reason = abandoned[name] ?? "it cannot be read"
            let comparison = WindowComparison.unreadable([], at: name, because: reason, in: window, deciding: decision)
            results[name] = WindowResult(comparison: comparison, unreadable: reason)
        }
    }

    /// Causes that say that the vendor does not have the event.
    private static let missing: Set<Cause> = [.notVisibleYet, .parentUnresolved, .lostAfterAccept]

    /// Adds what a provider stores and does not bill.
    private mutating func findObstacles(
        _ result: inout WindowResult?,
        _ recorded: JournalWindow,
        _ lanes: [LaneNumber: any LaneMembership],
        at name: ProviderName
    ) async throws(ParityError) {
        guard var found = result, found.unreadable == nil, run.order.level.readsEvents,
            let provider = providers.first(where: { $0.name == name }), let reader = provider.adapter.reader
        else { return }
        var known = obstacles(of: provider, reader)
        let search = ObstacleSearch(
            vendors: runner.vendors,
            provider: provider,
            reader: reader,
            recorded: recorded,
            lanes: lanes
        )
        // A vendor that does not have an event does not necessarily say why it would not bill others of that name.
        let missing = Set(
            found.comparison.findings.filter { Self.missing.contains($0.cause) }.compactMap(\.subject.sequence)
        )
        let asked = found.expected.filter { !missing.contains($0.sequence) }
        let outcome = await search.search(asked, into: &known)
        // It is asked only once: the windows before and behind this one are without an answer, too.
        if let fault = outcome.fault { try await runner.store.note(calls: 0, fault: fault, at: name, for: run.id) }
        found.calls += outcome.calls
        obstacles[name] = known
        found.comparison.note(known, of: found.expected)
        result = found
    }

    /// Asks a provider for the events that it does not list where they were sent.
    private mutating func searchCollisions(
        _ result: inout WindowResult?,
        _ recorded: JournalWindow,
        _ lanes: [LaneNumber: any LaneMembership],
        at name: ProviderName
    ) async {
        guard var found = result, found.unreadable == nil, run.order.level.readsEvents,
            let provider = providers.first(where: { $0.name == name }),
            var search = CollisionSearch(runner.vendors, provider, recorded, lanes)
        else { return }
        let left = searches[name] ?? CollisionSearch.most
        await search.search(&found.comparison, limit: left)
        searches[name] = max(0, left - search.calls)
        found.calls += search.calls
        result = found
    }

    /// - Throws: ``ParityError/store(_:)`` for a window of one millisecond, which has no halves.
    private func split(_ window: ReadWindow, becauseOf what: String) async throws(ParityError) {
        guard let halves = window.halves else {
            throw .store(
                "\(what) has more than \(Self.mostEvents) events at \(window.from.rfc3339), which cannot be compared"
            )
        }
        try await runner.store.split(window, into: halves, of: run.id)
    }

    /// - Returns: false if the task was cancelled.
    private func waitForLag(since instant: ContinuousClock.Instant) async -> Bool {
        let lag = providers.map { runner.lags.lag(of: $0) }.max() ?? .zero
        do {
            try await Task.sleep(until: instant + lag, clock: .continuous)
        } catch {
            return false
        }
        return true
    }
}
