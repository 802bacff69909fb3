import Events
import Journal
import Migration
import OfRecord
import Parity

/// Finds what is known of a migration: in the journal, and in the comparisons.
struct MigrationFactFinder: Sendable {
    let journal: any LaneKeeping & LedgerCounting & ShadowCounting & EventArchive
    /// The newest comparisons, newest first.
    let comparisons: @Sendable () async throws(ParityError) -> [ParityRun]
    /// What the newest plan for a migration found.
    let checked: @Sendable (MigrationName) -> CheckedPlan?
    /// What watching the providers has found.
    let watches: any WatchReading
    let clock: any WallClock

    /// All facts. Counting the deliveries of a day takes seconds where there are millions.
    func facts(of outline: MigrationOutline) async throws(StoreError) -> MigrationFacts {
        let now = clock.now
        var facts = MigrationFacts(at: now)
        facts.checked = checked(outline.name)
        facts.backfills = try await journal.lanes().filter { $0.provider == outline.to }
        facts.shadow = try await journal.shadowCounts().filter { $0.provider == outline.to }
        facts.comparisons = try await comparisons(of: outline)
        if outline.verifies { facts.verified = try await verified(at: outline.to) }
        let window = RecordedWindow(
            clock: .accepted,
            from: now + (.zero - outline.gates.window),
            until: Timestamp(milliseconds: .max),
            tenant: nil,
            withDeliveries: false
        )
        var deliveries = LedgerCounts.Counts()
        for (key, counts) in try await journal.ledgerCounts(window).cells where key.provider == outline.to {
            deliveries += counts
        }
        facts.deliveries = deliveries
        facts.oldestWaiting = try await journal.backlog(of: outline.to).oldest
        return facts
    }

    private func verified(at provider: ProviderName) async throws(StoreError) -> VerifyReport? {
        do throws(ParityError) {
            return try await watches.reports()[provider]?.verify
        } catch {
            throw .failed(reason: error.message)
        }
    }

    /// Comparisons that have ended and include both providers, newest first.
    private func comparisons(of outline: MigrationOutline) async throws(StoreError) -> [ParityRun] {
        do throws(ParityError) {
            return try await comparisons().filter { run in
                run.state.isOver && [outline.from, outline.to].allSatisfy(run.order.providers.contains)
            }
        } catch {
            throw .failed(reason: error.message)
        }
    }
}
