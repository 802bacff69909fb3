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

    /// - Returns: nil if the task was cancelled.
    static func read(
        _ keys: Set<UsageLedger.Key>,
        _ run: ParityRun,
        _ runner: ParityRunner,
        _ provider: ProviderConfiguration,
        _ traits: UsageTraits
    ) async throws(StoreError) -> UsageEvents? {
        var found = UsageEvents(lanes: try await runner.lanes())
        let limit = mostEvents / max(1, keys.count)
        let window = RecordedWindow(clock: .occurred, from: run.order.window.from, until: run.order.window.until)
        let names = Set(keys.map(\.metric))
        var position: JournalPosition?
        while !Task.isCancelled {
            let piece = try await runner.journal.recorded(window, after: position, limit: JournalWindow.piece)
            let recorded = JournalWindow(
                events: piece.events.filter { names.contains($0.event.name) },
                isDamaged: false
            )
            let bySequence = Dictionary(recorded.events.map { ($0.sequence, $0) }) { $1 }
            for expected in recorded.expected(at: provider.name, provider.adapter, found.lanes) {
                let customer = UsageCustomer(of: expected, traits)
                let key = UsageLedger.Key(metric: expected.event.name, customer: customer)
                guard keys.contains(key), let archived = bySequence[expected.sequence] else { continue }
                found.add(archived, to: key, limit: limit)
            }
            if piece.isLast { return found }
            position = piece.through
        }
        return nil
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
    let readAt: Timestamp

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
        let expected = recorded.expected(at: provider.name, provider.adapter, lanes)
        var reader = try WindowReader(runner.vendors, provider, limit: expected.count + Self.room, of: owner)
        let rows = try await reader.rows(in: run.order.window, expected.map(\.event.timestamp))
            .filter { owner.has($0.event) }
        let settings = recorded.settings(at: provider.name, lanes)
        let removedThrough: Timestamp?
        do { removedThrough = try await runner.removedThrough() } catch { throw .unreadable(error.message) }
        var comparison = WindowComparison.compare(
            expected,
            with: rows,
            { reader.reader.comparison(of: $0, sentWith: settings) },
            at: provider.name,
            deciding: CauseDecision(
                readAt: readAt,
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
        // A vendor that does not answer explains nothing, and the amount differs all the same.
        let outcome = await search.search(expected, into: &known)
        return (known, outcome.calls)
    }
}
