import Events
import Journal
import Synchronization

/// The database's wall clock, as far as it is known here: all gateways number and schedule by the same one.
final class DatabaseClock: Sendable {
    private let state = Mutex((ahead: Int64(0), uncertainty: Int64(0)))

    /// What it shows now.
    var now: Timestamp {
        Timestamp(milliseconds: SystemWallClock().now.milliseconds &+ ahead)
    }

    /// By how many milliseconds it is ahead of this machine's.
    var ahead: Int64 { state.withLock { $0.ahead } }

    /// Whether the two clocks agree.
    var difference: ClockDifference {
        let (ahead, uncertainty) = state.withLock { $0 }
        return ClockDifference(ahead: .milliseconds(ahead), uncertainty: .milliseconds(uncertainty))
    }

    /// Adopts the database's time, in milliseconds since 1970, which was read between two readings of this machine's clock.
    func measured(database: Int64, sent: Timestamp, received: Timestamp) {
        let middle = sent.milliseconds + (received.milliseconds - sent.milliseconds) / 2
        let (difference, overflow) = database.subtractingReportingOverflow(middle)
        let uncertainty = max(0, received.milliseconds - sent.milliseconds)
        if !overflow { state.withLock { $0 = (difference, uncertainty) } }
    }
}
