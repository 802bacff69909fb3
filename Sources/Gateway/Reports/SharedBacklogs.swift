import Events
import Journal
import Synchronization

/// What waits for each provider, as it was read last.
final class SharedBacklogs: Sendable {
    private let latest = Mutex<(known: [ProviderName: Backlog], readAt: ContinuousClock.Instant)?>(nil)

    /// It was read now.
    func set(_ backlogs: [ProviderName: Backlog], at now: ContinuousClock.Instant) {
        latest.withLock { $0 = (backlogs, now) }
    }

    /// What is known; nil if it was not read for so long.
    func known(at now: ContinuousClock.Instant, notOlderThan age: Duration) -> [ProviderName: Backlog]? {
        latest.withLock { latest in
            guard let latest, now - latest.readAt <= age else { return nil }
            return latest.known
        }
    }
}
