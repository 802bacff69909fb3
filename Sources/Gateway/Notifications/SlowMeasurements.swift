import Events
import Notifications
import Parity
import Synchronization

/// What is read from time to time, because it takes a file or a database.
struct SlowMeasurements: Sendable {
    /// Lost events by provider.
    var lost: [ProviderName: Int]?
    /// What watching providers has found.
    var watched: [ProviderName: WatchReport]?
    var keys: [MeasuredKey]?
    var disk: DiskSpace?
}

/// What was read last, for whoever does not wait for the next reading.
final class LatestReadings: Sendable {
    private let latest = Mutex(SlowMeasurements())

    var current: SlowMeasurements { latest.withLock { $0 } }

    func set(_ readings: SlowMeasurements) { latest.withLock { $0 = readings } }
}
