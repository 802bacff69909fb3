import Events
import Journal
import Synchronization

/// The last readings of each provider's backlog.
final class SharedBacklogs: Sendable {
    private let latest = Mutex<(known: [ProviderName: Backlog], readAt: ContinuousClock.Instant)?>(nil)

    /// Stores a reading of now.
    func set(_ backlogs: [ProviderName: Backlog], at now: ContinuousClock.Instant) {
        latest.withLock { $0 = (backlogs, now) }
    }

    /// The last reading; nil if it is older than `age`.
    func known(at now: ContinuousClock.Instant, notOlderThan age: Duration) -> [ProviderName: Backlog]? {
        latest.withLock { latest in
            guard let latest, now - latest.readAt <= age else { return nil }
            return latest.known
        }
    }
}
