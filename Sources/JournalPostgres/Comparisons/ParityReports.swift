import Events
import Parity

/// What a run found so far at each of its providers.
struct ParityReports: Sendable {
    let reports: [ProviderReport]

    /// - Parameter acceptances: those that are valid.
    init(of id: Int64, _ acceptances: [Acceptance], _ session: PostgresSession) throws(PostgresFailure) {
        var causes: [ProviderName: [Cause: CauseCount]] = [:]
        for row in try session.run(.readParityCauses, [.int8(id)]) {
            guard let cause = Cause(rawValue: row.text(1)) else { continue }
            let (provider, count) = (ProviderName(row.text(0)), StoredCount.clamped(row.integer(3)))
            var counted = causes[provider, default: [:]][cause] ?? CauseCount(cause: cause, count: 0)
            counted.count += count
            if acceptances.contains(where: { $0.covers(cause, at: provider, named: row.text(2)) }) {
                counted.accepted += count
            }
            causes[provider, default: [:]][cause] = counted
        }
        reports = try session.run(.readParityReports, [.int8(id)]).map { row in
            let found = causes[ProviderName(row.text(0))] ?? [:]
            return ProviderReport(row, Cause.allCases.compactMap { found[$0] })
        }
    }
}

extension ProviderReport {
    /// - Parameter row: of ``Statement/readParityReports``.
    fileprivate init(_ row: Row, _ causes: [CauseCount]) {
        func count(_ column: Int) -> Int { StoredCount.clamped(row.integer(column)) }
        self.init(
            provider: ProviderName(row.text(0)),
            totals: CellCounts(
                expected: count(6),
                found: count(7),
                missing: count(8),
                extra: count(9),
                different: count(10)
            ),
            notPlanned: count(3),
            forecast: row.isNull(1) || row.isNull(2) ? nil : CallForecast(least: count(1), most: count(2)),
            calls: count(11) + count(4),
            unreadable: row.optionalText(14) ?? row.optionalText(5),
            causes: causes
        )
        countedOnly = count(12)
        summed = count(15)
        sampledParts = count(13)
    }
}

extension ParityRun {
    /// - Parameter row: of ``Statement/readParityRun``.
    /// - Returns: nil if another version has written it, or if it is damaged.
    init?(_ row: Row, _ reports: [ProviderReport]) {
        guard let stored = ParityOrder.level(stored: row.text(7)), let state = State(rawValue: row.text(9)),
            let window = ReadWindow(storedFrom: row.integer(5), until: row.integer(6))
        else { return nil }
        let events = StoredCount.clamped(row.integer(4))
        var reports = reports
        // Amounts are counted by customer.
        if state.isOver, stored.level != .usage, events > 0 {
            // Lanes deliver events whose plans lack the provider, so that the plans alone do not tell.
            for index in reports.indices { reports[index].notPlanned = max(0, events - reports[index].totals.expected) }
        }
        self.init(
            id: row.integer(0),
            order: ParityOrder(
                window: window,
                providers: reports.map(\.provider),
                level: stored.level,
                sample: Int(clamping: row.integer(8)),
                metrics: stored.metrics
            ),
            tenant: TenantID(row.text(1)),
            client: ClientName(row.text(2)),
            requestedAt: Timestamp(milliseconds: row.integer(3)),
            state: state,
            endedAt: row.optionalInteger(10).map { Timestamp(milliseconds: $0) },
            reports: reports
        )
        reason = row.optionalText(11)
        self.events = events
        windows = Int(clamping: row.integer(12))
        windowsRead = Int(clamping: row.integer(13))
    }
}
