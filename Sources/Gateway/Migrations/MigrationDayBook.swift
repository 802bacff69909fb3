import Events
import Journal
import Migration
import Synchronization

/// Counts what each provider received of a day's events, newest day first, and caches the result: counting a day takes seconds if it has
/// millions of events, and past days hardly change.
final class MigrationDayBook: Sendable {
    private struct Key: Hashable {
        let provider: ProviderName
        let day: Timestamp
    }

    /// Counts with the time at which they were made.
    private struct Known {
        let counts: LedgerCounts.Counts
        let countedAt: Timestamp
        /// By the monotonic clock.
        let validUntil: ContinuousClock.Instant
    }

    private let known = Mutex<[Key: Known]>([:])

    /// A request starts to count no further day after this time.
    static let patience = Duration.seconds(2)
    /// Number of days that are counted together, in one read.
    private static let together = 7
    /// Counting takes at most a twentieth of the time, however often pages are opened.
    private static let share = 20
    /// How long counts are valid: of the latest two days, and of older ones, which rarely get late events and retries.
    private static let (recently, longAgo) = (Duration.seconds(10), Duration.seconds(3600))
    /// Maximum number of cached counts, by provider and day; far more than all migrations of a file have.
    private static let mostKnown = 10_000

    /// The counts of these days, after counting as many as there is time for.
    /// - Parameters:
    ///   - starts: midnights, newest first, without a gap.
    ///   - patience: the time after which no further days are counted.
    func days(
        of outline: MigrationOutline,
        _ starts: [Timestamp],
        in journal: any LedgerCounting,
        clock: any WallClock,
        within patience: Duration = MigrationDayBook.patience
    ) async throws(StoreError) -> MigrationDays {
        let providers = [outline.from, outline.to]
        let begin = ContinuousClock.now
        var rest = starts[...]
        var days: [MigrationDays.Day] = []
        while let first = rest.first {
            if let day = known(first, outline, at: .now) {
                days.append(day)
                rest.removeFirst()
                continue
            }
            guard days.isEmpty || ContinuousClock.now - begin < patience, !Task.isCancelled else { break }
            // Today alone, so that it is ready soon; then several days at once.
            let piece = days.isEmpty ? rest.prefix(1) : rest.prefix(Self.together)
            let missing = Array(piece.prefix { known($0, outline, at: .now) == nil })
            try await count(missing, providers, in: journal, clock: clock)
        }
        return MigrationDays(from: outline.from, to: outline.to, days: days, uncounted: rest.count)
    }

    private func known(_ day: Timestamp, _ outline: MigrationOutline, at now: ContinuousClock.Instant)
        -> MigrationDays.Day?
    {
        known.withLock { known in
            guard let from = known[Key(provider: outline.from, day: day)],
                let to = known[Key(provider: outline.to, day: day)], min(from.validUntil, to.validUntil) > now
            else { return nil }
            return MigrationDays.Day(
                start: day,
                countedAt: min(from.countedAt, to.countedAt),
                from: from.counts,
                to: to.counts
            )
        }
    }

    /// - Parameter days: newest first, without a gap, at least one.
    private func count(
        _ days: [Timestamp],
        _ providers: [ProviderName],
        in journal: any LedgerCounting,
        clock: any WallClock
    ) async throws(StoreError) {
        guard let newest = days.first, let oldest = days.last else { return }
        let (begin, now) = (ContinuousClock.now, clock.now)
        let window = RecordedWindow(
            clock: .occurred,
            from: oldest,
            until: newest + MigrationDays.length,
            tenant: nil,
            withDeliveries: false
        )
        var sums: [Key: LedgerCounts.Counts] = [:]
        for (key, counts) in try await journal.ledgerCounts(window).cells {
            // Events beyond the limit of cells belong to no day.
            guard let day = key.day, providers.contains(key.provider) else { continue }
            sums[Key(provider: key.provider, day: day), default: LedgerCounts.Counts()] += counts
        }
        let end = ContinuousClock.now
        let least = (end - begin) * Self.share
        known.withLock { known in
            if known.count > Self.mostKnown { known.removeAll() }
            for day in days {
                let isRecent = now - day < MigrationDays.length * 2
                let valid = end + max(least, isRecent ? Self.recently : Self.longAgo)
                for provider in providers {
                    let key = Key(provider: provider, day: day)
                    known[key] = Known(counts: sums[key] ?? LedgerCounts.Counts(), countedAt: now, validUntil: valid)
                }
            }
        }
    }
}
