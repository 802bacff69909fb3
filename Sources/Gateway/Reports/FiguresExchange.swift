import Events
import Journal
import Reports
import ServiceLifecycle

/// Stores this gateway's statistics in the journal, and reads those of all gateways.
struct FiguresExchange: Service {
    let statistics: SharedStatistics
    let keeping: any FiguresKeeping
    let clock: any WallClock

    private static let interval = Duration.seconds(5)
    /// How often everything is read again, for statistics that arrived late, and old steps are removed.
    private static let wholeInterval = Duration.seconds(600)
    /// Number of the newest steps that are read each time.
    private static let newest = 12
    /// Number of rows per read, at first.
    static let page = 1000

    /// More rows than that for one step are of more gateways than can share a journal.
    private static let largestPage = 1 << 20

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var readAll: ContinuousClock.Instant?
            while !Task.isCancelled {
                let now = ContinuousClock.now
                let isWhole = readAll.map { now - $0 >= Self.wholeInterval } ?? true
                do {
                    try await exchange(isWhole: isWhole)
                    if isWhole { readAll = now }
                } catch {
                    // What was not sent waits; the readiness reports what is wrong with the database.
                }
                do { try await Task.sleep(for: Self.interval) } catch { return }
            }
        }
        statistics.finish()
        do {
            try await send()
        } catch {
            // This gateway's statistics of the last minute are lost.
        }
    }

    /// - Parameter isWhole: whether all steps are read, not only the newest.
    func exchange(isWhole: Bool) async throws(StoreError) {
        try await send()
        for step in FiguresCollector.steps {
            let oldest = clock.now + (.zero - step.reach)
            if isWhole { try await keeping.removeFigures(ofSteps: step.rawValue, before: oldest) }
            let newest = clock.now + (.zero - step.duration * Self.newest)
            try await read(step, from: isWhole ? oldest : newest)
        }
    }

    private func send() async throws(StoreError) {
        let unsent = statistics.unsent
        guard !unsent.isEmpty else { return }
        try await keeping.keep(unsent)
        statistics.sent(unsent)
    }

    private func read(_ step: StatisticsStep, from start: Timestamp) async throws(StoreError) {
        var (from, limit) = (start, Self.page)
        while true {
            let rows = try await keeping.figures(ofSteps: step.rawValue, from: from, limit: limit)
            guard rows.count >= limit, let last = rows.last?.figures.start else {
                return statistics.put(rows, of: step)
            }
            // The last step may continue on the next page, so it is read again with that one.
            let whole = rows.filter { $0.figures.start < last }
            if whole.isEmpty {
                // One step alone fills the page.
                guard limit < Self.largestPage else { return statistics.put(rows, of: step) }
                limit = min(2 * limit, Self.largestPage)
            } else {
                statistics.put(whole, of: step)
                (from, limit) = (last, Self.page)
            }
        }
    }
}

extension GatewayParts {
    /// Nil if no other gateway shares the journal.
    func figuresExchange() -> FiguresExchange? {
        opened.shared.map {
            FiguresExchange(statistics: SharedStatistics(clock: clock), keeping: $0.figures, clock: clock)
        }
    }
}
