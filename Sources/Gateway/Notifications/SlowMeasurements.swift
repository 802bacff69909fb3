import Events
import Notifications
import Parity
import Synchronization

/// Measurements that are taken from time to time, because they read a file or a database.
struct SlowMeasurements: Sendable {
    /// Lost events by provider.
    var lost: [ProviderName: Int]?
    /// The results of watching providers.
    var watched: [ProviderName: WatchReport]?
    var keys: [MeasuredKey]?
    var disk: DiskSpace?
}

/// The last readings, for callers that do not wait for the next ones.
final class LatestReadings: Sendable {
    private let latest = Mutex(SlowMeasurements())

    var current: SlowMeasurements { latest.withLock { $0 } }

    func set(_ readings: SlowMeasurements) { latest.withLock { $0 = readings } }
}
