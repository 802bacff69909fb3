package import Events
package import Journal
package import OfRecord
package import Parity

/// What the journal, the backfills and the comparisons say about a migration.
package struct MigrationFacts: Sendable {
    package let now: Timestamp
    /// What the newest plan for it found; nil if there is none for the active routes.
    package var checked: CheckedPlan?
    /// Backfills of the new provider's accounts.
    package var backfills: [Lane]
    /// Comparisons that have ended and say something about the migration, newest first.
    package var comparisons: [ParityRun]
    /// What shadow deliveries to the new provider showed.
    package var shadow: [ShadowCount]
    /// Deliveries to all accounts of the new provider of events that were accepted within the gates' window; nil if they were not counted.
    package var deliveries: LedgerCounts.Counts?
    /// When the oldest event that waits for the new provider was accepted; nil if none waits.
    package var oldestWaiting: Timestamp?
    /// What reading delivered events back from the new provider's accounts has shown; empty until something was read from each.
    package var verified: [VerifyReport]

    package init(
        at now: Timestamp,
        checked: CheckedPlan? = nil,
        backfills: [Lane] = [],
        comparisons: [ParityRun] = [],
        shadow: [ShadowCount] = [],
        deliveries: LedgerCounts.Counts? = nil,
        oldestWaiting: Timestamp? = nil,
        verified: [VerifyReport] = []
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
    package func readings(of outline: MigrationOutline) -> GateMeasurements {
        let window = outline.gates.settings.window
        var readings = GateMeasurements()
        if let checkedUpTo = verified.map(\.checkedUpTo).min() {
            let since = now + (.zero - window)
            let events = verified.reduce(UInt64(0)) { $0 + UInt64(clamping: $1.verified(since: since)) }
            let lost = verified.reduce(UInt64(0)) { $0 + UInt64(clamping: $1.lost(since: since)) }
            readings.lost = GateMeasurements.Measured(lost, at: checkedUpTo, events: max(events, lost))
        }
        let amounts = LatestComparisons(of: amountComparisons, at: [outline.ownAccounts]) { run, _ in run.events }
        if let latest = amounts {
            let differing = UInt64(clamping: latest.unexplained)
            // How large they are is not kept with the run, so that one that nobody has accepted exceeds every limit but 100%.
            readings.usage = GateMeasurements.Measured(
                Fraction(differing, of: max(1, differing)),
                at: latest.comparedUpTo,
                events: UInt64(clamping: latest.events)
            )
        }
        let events = LatestComparisons(of: eventComparisons, at: outline.accounts) { $0.compared(at: $1) }
        if let latest = events {
            readings.unexplained = GateMeasurements.Measured(
                UInt64(clamping: latest.unexplained),
                at: latest.comparedUpTo,
                events: UInt64(clamping: latest.events)
            )
        }
        guard let deliveries else { return readings }
        let sent = UInt64(clamping: deliveries.planned - deliveries.skipped)
        readings.rejected = GateMeasurements.Measured(
            Fraction(UInt64(clamping: deliveries.rejected), of: sent),
            at: now,
            events: sent
        )
        readings.uncertain = GateMeasurements.Measured(UInt64(clamping: deliveries.uncertain), at: now, events: sent)
        let age = oldestWaiting.map { max(.zero, now - $0) } ?? .zero
        readings.backlogAge = GateMeasurements.Measured(age, at: now, events: sent)
        return readings
    }
}
