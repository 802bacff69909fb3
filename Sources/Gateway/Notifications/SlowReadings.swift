import Events
import Notifications
import Parity
import Synchronization

/// What is read from time to time, because it takes a file or a database.
struct SlowReadings: Sendable {
    /// Lost events by provider.
    var lost: [ProviderName: Int]?
    /// What watching providers has found.
    var watched: [ProviderName: WatchReport]?
    var keys: [KeyReading]?
    var disk: DiskReading?
}

/// What was read last, for whoever does not wait for the next reading.
final class LatestReadings: Sendable {
    private let latest = Mutex(SlowReadings())

    var current: SlowReadings { latest.withLock { $0 } }

    func set(_ readings: SlowReadings) { latest.withLock { $0 = readings } }
}
