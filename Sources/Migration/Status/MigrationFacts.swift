package import Events
package import Journal
package import OfRecord
package import Parity

/// What the journal, the backfills and the comparisons say about a migration.
package struct MigrationFacts: Sendable {
    package let now: Timestamp
    /// What the newest plan for it found; nil if there is none for the routes in force.
    package var checked: CheckedPlan?
    /// Backfills of the new provider.
    package var backfills: [Lane]
    /// Comparisons that have ended and include both providers, newest first.
    package var comparisons: [ParityRun]
    /// What shadow deliveries to the new provider showed.
    package var shadow: [ShadowCount]
    /// Deliveries to the new provider of events that were accepted within the gates' window; nil if they were not counted.
    package var deliveries: LedgerCounts.Counts?
    /// When the oldest event that waits for the new provider was accepted; nil if none waits.
    package var oldestWaiting: Timestamp?
    /// What reading delivered events back from the new provider has shown; nil if nothing was read yet.
    package var verified: VerifyReport?

    package init(
        at now: Timestamp,
        checked: CheckedPlan? = nil,
        backfills: [Lane] = [],
        comparisons: [ParityRun] = [],
        shadow: [ShadowCount] = [],
        deliveries: LedgerCounts.Counts? = nil,
        oldestWaiting: Timestamp? = nil,
        verified: VerifyReport? = nil
    ) {
        self.verified = verified
        self.now = now
        self.checked = checked
        self.backfills = backfills
        self.comparisons = comparisons
        self.shadow = shadow
        self.deliveries = deliveries
        self.oldestWaiting = oldestWaiting
    }

    /// What they say about the gates of a migration.
    package func readings(of outline: MigrationOutline) -> GateReadings {
        let window = outline.gates.window
        var readings = GateReadings()
        if let verified {
            let since = now + (.zero - window)
            let events = UInt64(clamping: verified.verified(since: since))
            let lost = UInt64(clamping: verified.lost(since: since))
            readings.lost = GateReadings.Reading(lost, at: verified.checkedUpTo, events: max(events, lost))
        }
        if let latest = LatestComparison(of: comparisons.filter { $0.order.level == .usage }) {
            let differing = UInt64(clamping: latest.unexplained)
            // How large they are is not kept with the run, so that one that nobody has accepted exceeds every limit but 100%.
            readings.usage = GateReadings.Reading(
                Fraction(differing, of: max(1, differing)),
                at: latest.complete.comparedUpTo,
                events: UInt64(clamping: latest.complete.events)
            )
        }
        if let latest = LatestComparison(of: eventComparisons) {
            readings.unexplained = GateReadings.Reading(
                UInt64(clamping: latest.unexplained),
                at: latest.complete.comparedUpTo,
                events: UInt64(clamping: latest.complete.compared(at: [outline.from, outline.to]))
            )
        }
        guard let deliveries else { return readings }
        let sent = UInt64(clamping: deliveries.planned - deliveries.skipped)
        readings.rejected = GateReadings.Reading(
            Fraction(UInt64(clamping: deliveries.rejected), of: sent),
            at: now,
            events: sent
        )
        readings.uncertain = GateReadings.Reading(UInt64(clamping: deliveries.uncertain), at: now, events: sent)
        let age = oldestWaiting.map { max(.zero, now - $0) } ?? .zero
        readings.backlogAge = GateReadings.Reading(age, at: now, events: sent)
        return readings
    }
}

extension MigrationFacts {
    /// The comparisons of events, newest first; those of amounts alone are others.
    var eventComparisons: [ParityRun] { comparisons.filter(\.order.level.readsEvents) }
}

/// What the comparisons since the newest complete one say, itself included.
struct LatestComparison {
    let complete: ParityRun
    /// The most that one of them has found: what a newer one found before it failed is there too.
    let unexplained: Int

    /// - Parameter runs: of one kind, newest first.
    /// - Returns: nil if none is complete.
    init?(of runs: [ParityRun]) {
        guard let index = runs.firstIndex(where: \.isComplete) else { return nil }
        complete = runs[index]
        unexplained = runs[...index].map(\.unexplained).max() ?? 0
    }
}

extension ParityRun {
    /// Whether all was compared that it was to compare.
    var isComplete: Bool {
        switch verdict {
        case .equal, .different: true
        case .incomplete, nil: false
        }
    }

    /// How many events were compared at each of these providers at least: the journal's others are not planned for one of them.
    func compared(at providers: [ProviderName]) -> Int {
        providers.map { provider in reports.first { $0.provider == provider }?.totals.expected ?? 0 }.min() ?? 0
    }

    /// Up to which time it says something.
    var comparedUpTo: Timestamp { min(order.window.until, endedAt ?? order.window.until) }

    /// Differences that concern a bill or have no known cause, and that nobody has accepted. Refused deliveries and those with unknown
    /// outcome have gates of their own.
    var unexplained: Int {
        reports.flatMap(\.causes).reduce(0) { sum, count in
            sum + (count.cause.isUnexplained ? max(0, count.count - count.accepted) : 0)
        }
    }
}

extension Cause {
    fileprivate var isUnexplained: Bool {
        switch self {
        case .unexplained, .foreign: true
        default: urgency == .money
        }
    }
}
