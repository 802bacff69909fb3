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
    /// The share of pages that are listed although their counts agree.
    private var share = 1.0
    private let began = ContinuousClock.now
    private var lanes: [LaneNumber: any LaneMembership] = [:]
    private var pinnedAt: ContinuousClock.Instant?

    /// Events of a window, so that memory does not grow with the journal.
    static let windowEvents = 10_000
    /// Events of one millisecond, which no window divides.
    static let mostEvents = 100_000
    private static let pinEvery = Duration.seconds(600)
    /// Reads of a window after the first.
    private static let confirmations = 2

    init(_ run: ParityRun, _ runner: ParityRunner) {
        self.run = run
        self.runner = runner
        let configured = runner.routes.current.routes.providers
        providers = run.order.providers.compactMap { name in configured.first { $0.name == name } }
        for name in run.order.providers where !providers.contains(where: { $0.name == name }) {
            abandoned[name] = "routes.json has no provider \(name) any more"
        }
    }

    mutating func make() async throws(ParityError) {
        try await pin()
        switch run.state {
        case .queued, .counting:
            if try await countLedger() { return }
            try await count()
        case .reading, .confirming: break
        case .finished, .failed: return
        }
        let events = try await runner.store.run(run.id, at: runner.clock.now)?.events ?? 0
        share = min(1, Double(run.order.sample) / Double(max(1, events)))
        try await readOpen()
        guard !Task.isCancelled, run.order.level != .ledger else { return }
        try await runner.store.set(.confirming, of: run.id, at: runner.clock.now)
        for _ in 0..<Self.confirmations {
            let suspects = try await runner.store.windows(.suspect, of: run.id, limit: .max)
            for window in suspects {
                guard await waitForLag(since: readAt[window] ?? began) else { return }
                try await read(window, confirming: true)
            }
            // Halves of windows that have grown since.
            try await readOpen()
        }
    }

    private mutating func readOpen() async throws(ParityError) {
        while !Task.isCancelled, let window = try await runner.store.windows(.open, of: run.id, limit: 1).first {
            try await read(window, confirming: false)
        }
    }

    private mutating func pin() async throws(ParityError) {
        if let pinnedAt, pinnedAt + Self.pinEvery > .now { return }
        try await runner.pin(run)
        pinnedAt = .now
    }

    // MARK: Counting

    /// Answers from the journal's counts alone, if that is asked and every delivery has come to its end.
    /// - Returns: whether it is done.
    private func countLedger() async throws(ParityError) -> Bool {
        guard run.order.level == .ledger else { return false }
        let window = run.order.window
        let counts = try await ledgerCounts()
        let wanted = counts.cells.filter { run.order.providers.contains($0.key.provider) }
        guard counts.damage.isEmpty, wanted.allSatisfy({ $0.value.planned == $0.value.delivered + $0.value.skipped })
        else {
            return false
        }
        var results: [ProviderName: WindowResult] = [:]
        for name in run.order.providers {
            var cells: [String: CellCounts] = [:]
            for (key, count) in wanted where key.provider == name {
                let delivered = CellCounts(expected: count.delivered, found: count.delivered)
                cells[key.name ?? "", default: CellCounts()] += delivered
            }
            results[name] = WindowResult(comparison: .ledger(cells.filter { $0.value.expected > 0 }, at: name))
        }
        let reports = run.order.providers.map { name in
            let planned = results[name]?.comparison.cells.values.reduce(0) { $0 + $1.expected } ?? 0
            return ProviderReport(provider: name, notPlanned: counts.events - planned)
        }
        try await runner.store.plan([window], events: counts.events, reports, for: run.id)
        try await runner.store.save(results, of: window, state: .settled, for: run.id)
        return true
    }

    private func count() async throws(ParityError) {
        try await runner.store.set(.counting, of: run.id, at: runner.clock.now)
        var histogram = TimeHistogram(run.order.window)
        var events = 0
        try await walk { event in
            events += 1
            histogram.add(event.timestamp)
        }
        let planned = try await plannedDeliveries()
        let windows = histogram.windows(ofAtMost: Self.windowEvents)
        let reports = run.order.providers.map { name in
            let traits = providers.first { $0.name == name }?.traits.reads
            let count = planned[name, default: 0]
            return ProviderReport(
                provider: name,
                notPlanned: max(0, events - count),
                forecast: traits.map { forecast(count, windows: windows.count, $0) }
            )
        }
        try await runner.store.plan(windows, events: events, reports, for: run.id)
    }

    /// How many events each provider should have, those of lanes included.
    private func plannedDeliveries() async throws(ParityError) -> [ProviderName: Int] {
        let counts = try await ledgerCounts()
        return counts.cells.reduce(into: [:]) { planned, cell in
            planned[cell.key.provider, default: 0] += cell.value.planned - cell.value.skipped
        }
    }

    private func ledgerCounts() async throws(ParityError) -> LedgerCounts {
        let window = RecordedWindow(clock: .occurred, from: run.order.window.from, until: run.order.window.until)
        do {
            return try await runner.journal.ledgerCounts(window)
        } catch {
            throw .journal("\(error)")
        }
    }

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
                piece = try await runner.journal.recorded(window, after: position, limit: 5000)
            } catch {
                throw .journal("\(error)")
            }
            for event in piece.events { body(event.event) }
            if piece.isLast { return }
            position = piece.through
        }
    }

    private func forecast(_ events: Int, windows: Int, _ traits: ReadTraits) -> CallForecast {
        let each = Array(repeating: events / max(1, windows), count: max(1, windows))
        let level = run.order.level == .digest && !traits.isPaged ? .full : run.order.level
        return CallForecast.forecast(
            events: each,
            level: level,
            pageSize: traits.isPaged ? traits.pageSize : max(1, traits.pageSize * 9 / 10),
            sample: run.order.sample
        )
    }

    // MARK: Reading

    private mutating func read(_ window: ReadWindow, confirming: Bool) async throws(ParityError) {
        let limit = window.halves == nil ? Self.mostEvents : 2 * Self.windowEvents
        let recorded: JournalWindow?
        try await pin()
        do {
            // A lane may have begun since the window before.
            lanes = try await runner.lanes()
            recorded = try await JournalWindow.read(window, from: runner.journal, limit: limit)
        } catch {
            throw .journal("\(error)")
        }
        guard let recorded else { return try await split(window, becauseOf: "the journal") }
        let results: [ProviderName: WindowResult]?
        do throws(WindowReader.Failure) {
            results = try await compare(recorded, window, limit: limit)
        } catch {
            guard error == .tooLarge else { return }
            return try await split(window, becauseOf: "a vendor")
        }
        guard var results, !Task.isCancelled else { return }
        if confirming {
            for name in results.keys {
                let first = try await runner.store.findings(of: window, at: name, for: run.id)
                results[name]?.comparison.confirm(after: first)
            }
        }
        let isSuspect = results.values.contains { Confirmation.isPending($0.comparison.findings) }
        if isSuspect { readAt[window] = .now } else { readAt[window] = nil }
        try await runner.store.save(results, of: window, state: isSuspect ? .suspect : .settled, for: run.id)
    }

    private func split(_ window: ReadWindow, becauseOf what: String) async throws(ParityError) {
        guard let halves = window.halves else {
            throw .store(
                "\(what) has more than \(Self.mostEvents) events at \(window.from.rfc3339), which cannot be compared"
            )
        }
        try await runner.store.split(window, into: halves, of: run.id)
    }

    /// Compares a window at all providers at once, so that none waits for another.
    /// - Returns: nil if the task was cancelled.
    private mutating func compare(_ recorded: JournalWindow, _ window: ReadWindow, limit: Int)
        async throws(WindowReader.Failure) -> [ProviderName: WindowResult]?
    {
        var results: [ProviderName: WindowResult] = [:]
        var failure: WindowReader.Failure?
        let (run, runner, abandoned, share, lanes) = (run, runner, abandoned, share, lanes)
        await withTaskGroup(of: (ProviderName, Result<WindowResult, WindowReader.Failure>).self) { group in
            for provider in providers {
                group.addTask {
                    let comparison = OneProvider(
                        provider: provider,
                        run: run,
                        runner: runner,
                        abandoned: abandoned[provider.name],
                        lanes: lanes,
                        isDamaged: recorded.isDamaged
                    )
                    return (
                        provider.name,
                        await comparison.compare(recorded, window, limit: limit, share: share)
                    )
                }
            }
            for await (name, result) in group {
                switch result {
                case .success(let result): results[name] = result
                case .failure(let error): failure = failure == .cancelled ? failure : error
                }
            }
        }
        if let failure { throw failure }
        for (name, result) in results { if let reason = result.unreadable { self.abandoned[name] = reason } }
        for name in run.order.providers where results[name] == nil {
            let decision = CauseDecision(readAt: runner.clock.now, lag: .zero, isJournalDamaged: recorded.isDamaged)
            let reason = abandoned[name] ?? "it cannot be asked"
            let comparison = WindowComparison.unreadable([], at: name, because: reason, in: window, deciding: decision)
            results[name] = WindowResult(comparison: comparison, unreadable: reason)
        }
        return Task.isCancelled ? nil : results
    }

    /// - Returns: false if the task was cancelled.
    private func waitForLag(since instant: ContinuousClock.Instant) async -> Bool {
        let lag = providers.map(\.reads.lag).max() ?? .zero
        do {
            try await Task.sleep(until: instant + lag, clock: .continuous)
        } catch {
            return false
        }
        return true
    }
}

/// One provider's part of a window.
private struct OneProvider: Sendable {
    let provider: ProviderConfiguration
    let run: ParityRun
    let runner: ParityRunner
    let abandoned: String?
    let lanes: [LaneNumber: any LaneMembership]
    let isDamaged: Bool

    func compare(_ recorded: JournalWindow, _ window: ReadWindow, limit: Int, share: Double) async
        -> Result<WindowResult, WindowReader.Failure>
    {
        let decision = CauseDecision(readAt: runner.clock.now, lag: provider.reads.lag, isJournalDamaged: isDamaged)
        let expected = recorded.expected(at: provider.name, provider.adapter, lanes)
        if run.order.level == .ledger {
            return .success(WindowResult(comparison: .ledger(expected, at: provider.name, deciding: decision)))
        }
        do throws(WindowReader.Failure) {
            if let abandoned { throw .unreadable(abandoned) }
            let reader = try WindowReader(runner.vendors, provider, limit: limit)
            var comparison = ProviderComparison(window, of: run, expected, by: reader, deciding: decision)
            let result = try await comparison.compare(share: share)
            guard result.comparison.findings.contains(where: { $0.cause == .foreign }) else { return .success(result) }
            // Whatever the vendor has by now, the journal had before: an event may have been accepted since the journal was read.
            guard let now = try await recordedNow(window, limit: limit) else { return .failure(.tooLarge) }
            return .success(comparison.compareAgain(with: now.expected(at: provider.name, provider.adapter, lanes)))
        } catch {
            guard case .unreadable(let reason) = error else { return .failure(error) }
            let comparison = WindowComparison.unreadable(
                expected,
                at: provider.name,
                because: reason,
                in: window,
                deciding: decision
            )
            return .success(WindowResult(comparison: comparison, unreadable: reason))
        }
    }

    /// - Returns: nil if there are more events than are compared at once.
    private func recordedNow(_ window: ReadWindow, limit: Int) async throws(WindowReader.Failure) -> JournalWindow? {
        do {
            return try await JournalWindow.read(window, from: runner.journal, limit: limit)
        } catch {
            throw .unreadable("the journal could not be read: \(error)")
        }
    }
}
