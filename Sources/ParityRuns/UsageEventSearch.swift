import Events
import Journal
import Parity
import Routing

/// The journal's events of the amounts that differ at a provider.
struct UsageEvents {
    let lanes: [LaneNumber: any LaneMembership]
    private var events: [UsageLedger.Key: [ArchivedEvent]] = [:]
    /// Amounts with more events than are compared one by one.
    private var tooLarge: Set<UsageLedger.Key> = []

    /// Events of all amounts together, so that memory does not grow with the journal.
    private static let mostEvents = 100_000

    /// Nil if it has too many.
    subscript(key: UsageLedger.Key) -> JournalWindow? {
        tooLarge.contains(key) ? nil : JournalWindow(events: events[key] ?? [], isDamaged: false)
    }

    /// Reads what the ledger was made of, as far as it is in the amounts' spans of time.
    /// - Returns: nil if the task was cancelled.
    static func read(
        _ keys: Set<UsageLedger.Key>,
        of ledger: UsageLedger,
        _ run: ParityRun,
        _ runner: ParityRunner,
        _ provider: ProviderConfiguration,
        _ traits: UsageTraits
    ) async throws(StoreError) -> UsageEvents? {
        var found = UsageEvents(lanes: try await runner.lanes())
        let limit = mostEvents / max(1, keys.count)
        let times = Dictionary(uniqueKeysWithValues: keys.map { ($0, ledger.times(of: $0, at: provider.name)) })
        let hasOthers = times.values.contains { $0.windows != [run.order.window] }
        let names = Set(keys.map(\.metric))
        // What occurred outside of the period is found by when it was accepted: a walk by its own time would pass all that lies between.
        for window in ledger.sources where window.clock == .occurred || hasOthers {
            var position: JournalPosition?
            while true {
                guard !Task.isCancelled else { return nil }
                let piece = try await runner.journal.recorded(window, after: position, limit: JournalWindow.piece)
                let wanted = piece.events.filter { archived in
                    names.contains(archived.event.name)
                        && (window.clock == .occurred || !run.order.window.contains(archived.event.timestamp))
                }
                let recorded = JournalWindow(events: wanted, isDamaged: false)
                let bySequence = Dictionary(wanted.map { ($0.sequence, $0) }) { $1 }
                for expected in recorded.expected(at: provider.name, provider.adapter, found.lanes) {
                    let customer = UsageCustomer(of: expected, traits)
                    let key = UsageLedger.Key(metric: expected.event.name, customer: customer)
                    guard times[key]?.contains(expected.event.timestamp) ?? false,
                        let archived = bySequence[expected.sequence]
                    else { continue }
                    found.add(archived, to: key, limit: limit)
                }
                if piece.isLast { break }
                position = piece.through
            }
        }
        return found
    }

    private mutating func add(_ event: ArchivedEvent, to key: UsageLedger.Key, limit: Int) {
        guard !tooLarge.contains(key) else { return }
        guard events[key]?.count ?? 0 < limit else {
            tooLarge.insert(key)
            events[key] = nil
            return
        }
        events[key, default: []].append(event)
    }
}

/// Compares the events of one amount with those that the vendor lists.
struct UsageEventSearch {
    let run: ParityRun
    let runner: ParityRunner
    let provider: ProviderConfiguration
    let traits: UsageTraits
    let metric: UsageMetric
    let owner: WindowOwner
    /// The journal's events of the amount.
    let recorded: JournalWindow
    let lanes: [LaneNumber: any LaneMembership]
    /// When its events occurred.
    let times: SearchedTimes
    let rules: UsageRules

    /// What was found.
    struct Found {
        /// What the events that the vendor lists come to.
        var listed: UsageAmount
        var findings: [Finding]
        var calls: Int
    }

    /// Rows of the vendor beyond the journal's events.
    private static let room = 10_000

    func search() async throws(WindowReader.Failure) -> Found {
        let all = recorded.expected(at: provider.name, provider.adapter, lanes)
        var reader = try WindowReader(runner.vendors, provider, limit: all.count + Self.room, of: owner)
        var shown: [WindowRow] = []
        for window in times.windows {
            let inside = all.map(\.event.timestamp).filter(window.contains)
            shown += try await reader.rows(in: window, inside).filter { owner.has($0.event) }
            if shown.count > reader.limit { throw .tooLarge }
        }
        let settings = recorded.settings(at: provider.name, lanes)
        let expected = all.filter { rules.membership(of: $0).isMine }
        let others = all.filter { !rules.membership(of: $0).isMine }
        let comparing = reader.reader.comparison(of: shown.map(\.event), sentWith: settings)
        let rows = billed(shown, expected, others, comparing)
        let removedThrough: Timestamp?
        do { removedThrough = try await runner.removedThrough() } catch { throw .unreadable(error.message) }
        var comparison = WindowComparison.compare(
            expected,
            with: rows,
            { _ in comparing },
            at: provider.name,
            deciding: CauseDecision(
                readAt: rules.readAt,
                lag: runner.lags.lag(of: provider),
                isJournalDamaged: false,
                removedThrough: removedThrough,
                canaries: provider.canaryMark
            )
        )
        let obstacles = await obstacles(to: expected, reader.reader)
        comparison.note(obstacles.known, of: expected)
        return Found(listed: amount(of: rows), findings: comparison.findings, calls: reader.calls + obstacles.calls)
    }

    /// The rows that are on the bill of the period, as far as anybody knows: without those of the journal's events that are on another bill,
    /// and without those that are not in the journal and did not occur in the period.
    private func billed(
        _ rows: [WindowRow],
        _ expected: [ExpectedEvent],
        _ others: [ExpectedEvent],
        _ comparing: ComparisonRules
    ) -> [WindowRow] {
        guard !others.isEmpty || times.windows != [run.order.window] else { return rows }
        let unmatched = Self.extra(rows, besides: expected, comparing)
        let unknown = Self.extra(unmatched.map { rows[$0] }, besides: others, comparing).map { unmatched[$0] }
        let foreign = Set(unknown.filter { run.order.window.contains(rows[$0].event.timestamp) })
        let left = Set(unmatched).subtracting(foreign)
        return rows.indices.filter { !left.contains($0) }.map { rows[$0] }
    }

    /// The places of the rows that are none of some events'.
    private static func extra(_ rows: [WindowRow], besides events: [ExpectedEvent], _ comparing: ComparisonRules)
        -> [Int]
    {
        Matcher.match(events, with: rows.map(\.event), comparing).compactMap { mismatch in
            if case .extra(let place) = mismatch { place } else { nil }
        }
    }

    private func amount(of rows: [WindowRow]) -> UsageAmount {
        var amount = UsageAmount(for: metric.aggregate)
        for (index, row) in rows.enumerated() {
            let value = MeteredValue(
                metric.property,
                of: row.event.properties,
                reading: traits.numbers,
                for: metric.aggregate
            )
            guard let value else { continue }
            amount.add(value, at: row.event.timestamp, SequenceNumber(Int64(index + 1)))
        }
        return amount
    }

    /// Why the vendor bills none of them, if it tells.
    private func obstacles(to expected: [ExpectedEvent], _ reader: any VendorReader) async -> (
        known: BillingObstacles, calls: Int
    ) {
        var known = BillingObstacles(able: reader.obstacles)
        let search = ObstacleSearch(
            vendors: runner.vendors,
            provider: provider,
            reader: reader,
            recorded: recorded,
            lanes: lanes
        )
        // A vendor that does not answer explains nothing, and the amount differs anyway.
        let outcome = await search.search(expected, into: &known)
        return (known, outcome.calls)
    }
}
