package import Events

/// One reading of both clocks: the monotonic one, for what lives in memory, and the wall clock, for what survives a restart.
package struct ClockReading: Sendable, Equatable {
    /// The monotonic clock.
    package let instant: ContinuousClock.Instant
    /// The wall clock.
    package let wall: Timestamp

    init(instant: ContinuousClock.Instant, wall: Timestamp) {
        self.instant = instant
        self.wall = wall
    }

    /// The instant at which the wall clock will show `timestamp`, if it is not set before.
    func instant(of timestamp: Timestamp) -> ContinuousClock.Instant {
        instant + (timestamp - wall)
    }

    /// Both clocks moved by a duration.
    package static func + (reading: Self, duration: Duration) -> Self {
        ClockReading(instant: reading.instant + duration, wall: reading.wall + duration)
    }
}
