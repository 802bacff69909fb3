package import Events

/// What a comparison is asked for.
package struct ParityOrder: Sendable, Equatable {
    /// Event time.
    package let window: ReadWindow
    /// Each once.
    package let providers: [ProviderName]
    package let level: ParityLevel
    /// How many events are listed at random where a digest finds equal counts.
    package let sample: Int
    /// What is compared with the level ``ParityLevel/usage``; nil with others.
    package let metrics: UsageMetrics?

    /// ``sample`` where nobody says otherwise: clean, they show that under 0.1% are wrong with 95% confidence, if drawn one by one.
    package static let standardSample = 3000

    package init(
        window: ReadWindow,
        providers: [ProviderName],
        level: ParityLevel,
        sample: Int = standardSample,
        metrics: UsageMetrics? = nil
    ) {
        precondition((level == .usage) == (metrics != nil), "amounts are compared by metrics, and nothing else is")
        self.metrics = metrics
        self.window = window
        self.providers = providers
        self.level = level
        self.sample = sample
    }
}

/// A comparison of the journal with what vendors have.
package struct ParityRun: Sendable, Equatable {
    /// How far it is.
    package enum State: String, Sendable, CaseIterable {
        /// It waits for the runs before it.
        case queued
        /// It counts the journal's events.
        case counting
        /// It reads the vendors.
        case reading
        /// It waits for the visibility lag, and reads again what differs.
        case confirming
        case finished
        /// It could not continue.
        case failed

        package var isOver: Bool { self == .finished || self == .failed }
    }

    package let id: Int64
    package let order: ParityOrder
    package let tenant: TenantID
    package let client: ClientName
    package let requestedAt: Timestamp
    package var state: State
    package var endedAt: Timestamp?
    /// Why it failed.
    package var reason: String?
    /// Events of the journal in the window, whatever their plans.
    package var events = 0
    package var windows = 0
    package var windowsRead = 0
    /// One a provider, in the order of ``ParityOrder/providers``.
    package var reports: [ProviderReport]

    package init(
        id: Int64,
        order: ParityOrder,
        tenant: TenantID,
        client: ClientName,
        requestedAt: Timestamp,
        state: State = .queued,
        endedAt: Timestamp? = nil,
        reports: [ProviderReport] = []
    ) {
        self.id = id
        self.order = order
        self.tenant = tenant
        self.client = client
        self.requestedAt = requestedAt
        self.state = state
        self.endedAt = endedAt
        self.reports = reports
    }

    /// How it ended, for scripts.
    package var verdict: ParityVerdict? {
        guard state.isOver else { return nil }
        if state == .failed || reports.contains(where: { $0.unreadable != nil }) { return .incomplete }
        let counts = reports.flatMap(\.causes).filter { $0.count > $0.accepted && $0.cause.urgency != .benign }
        if counts.contains(where: { $0.cause == .unreadable }) { return .incomplete }
        return counts.isEmpty ? .equal : .different
    }
}

/// How a comparison ended.
package enum ParityVerdict: String, Sendable, CaseIterable {
    case equal, different, incomplete
}

/// What a comparison found at one provider.
package struct ProviderReport: Sendable, Equatable {
    package let provider: ProviderName
    package var totals: CellCounts
    /// Events of the window that are not planned for the provider.
    package var notPlanned: Int
    package var forecast: CallForecast?
    package var calls: Int
    /// Why a part of it could not be compared; nil if all was.
    package var unreadable: String?
    /// Events in parts whose counts agree, which were not listed.
    package var countedOnly = 0
    /// Those among them that are in a sum which agrees too.
    package var summed = 0
    /// Parts that were compared at random although their counts agree: pages, or single events where the vendor finds them by id.
    package var sampledParts = 0
    package var causes: [CauseCount]

    package init(
        provider: ProviderName,
        totals: CellCounts = CellCounts(),
        notPlanned: Int = 0,
        forecast: CallForecast? = nil,
        calls: Int = 0,
        unreadable: String? = nil,
        causes: [CauseCount] = []
    ) {
        self.provider = provider
        self.totals = totals
        self.notPlanned = notPlanned
        self.forecast = forecast
        self.calls = calls
        self.unreadable = unreadable
        self.causes = causes
    }

    /// The share of parts that may hold a difference although their counts agree, with 95% confidence; nil if all was listed.
    package var bound: Double? {
        guard countedOnly > 0 else { return nil }
        // The rule of three: n clean draws say that under 3/n are not clean.
        return sampledParts > 0 ? min(1, 3 / Double(sampledParts)) : 1
    }
}

/// How many findings of a cause there are, those included that are not kept one by one.
package struct CauseCount: Sendable, Equatable {
    package let cause: Cause
    package var count: Int
    /// Those among them that somebody accepted.
    package var accepted: Int

    package init(cause: Cause, count: Int, accepted: Int = 0) {
        self.cause = cause
        self.count = count
        self.accepted = accepted
    }
}

/// The numbers of one name at one provider in a run.
package struct ParityCell: Sendable, Equatable {
    package let provider: ProviderName
    package let name: String
    package let counts: CellCounts

    package init(provider: ProviderName, name: String, counts: CellCounts) {
        self.provider = provider
        self.name = name
        self.counts = counts
    }
}
