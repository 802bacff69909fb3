import Events
import Journal
import Migration
import OfRecord
import Parity

/// Finds the facts about a migration in the journal and in the comparisons.
struct MigrationFactFinder: Sendable {
    let journal: any LaneKeeping & LedgerCounting & ShadowCounting & EventArchive
    /// The newest comparisons, newest first.
    let comparisons: @Sendable () async throws(ParityError) -> [ParityRun]
    /// The findings of the newest plan for a migration.
    let checked: @Sendable (MigrationName) -> CheckedPlan?
    /// The results of watching the providers.
    let watches: any WatchReading
    let clock: any WallClock

    /// All facts. Counting the deliveries of a day takes seconds if there are millions.
    func facts(of outline: MigrationOutline) async throws(StoreError) -> MigrationFacts {
        let now = clock.now
        var facts = MigrationFacts(at: now)
        facts.checked = checked(outline.name)
        let accounts = Set(outline.newAccounts)
        facts.backfills = try await journal.lanes().filter { accounts.contains($0.provider) }
        facts.shadow = try await journal.shadowCounts().filter { accounts.contains($0.provider) }
        facts.comparisons = try await comparisons(of: outline)
        if outline.gates.verifies { facts.verified = try await verified(at: outline.newAccounts) }
        let window = RecordedWindow(
            clock: .accepted,
            from: now + (.zero - outline.gates.settings.window),
            until: Timestamp(milliseconds: .max),
            tenant: nil,
            withDeliveries: false
        )
        var deliveries = LedgerCounts.Counts()
        for (key, counts) in try await journal.ledgerCounts(window).cells where accounts.contains(key.provider) {
            deliveries += counts
        }
        facts.deliveries = deliveries
        for account in outline.newAccounts {
            guard let oldest = try await journal.backlog(of: account).oldest else { continue }
            facts.oldestWaiting = min(facts.oldestWaiting ?? oldest, oldest)
        }
        return facts
    }

    /// - Returns: empty if one of the accounts has no report.
    private func verified(at accounts: [ProviderName]) async throws(StoreError) -> [VerifyReport] {
        do throws(ParityError) {
            let reports = try await watches.reports()
            let found = accounts.compactMap { reports[$0]?.verify }
            return found.count == accounts.count ? found : []
        } catch {
            throw .failed(reason: error.message)
        }
    }

    /// Finished comparisons that are relevant to the migration, newest first.
    private func comparisons(of outline: MigrationOutline) async throws(StoreError) -> [ParityRun] {
        do throws(ParityError) {
            return try await comparisons().filter { run in
                run.state.isOver && outline.isCompared(by: run)
            }
        } catch {
            throw .failed(reason: error.message)
        }
    }
}
