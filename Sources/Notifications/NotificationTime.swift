package import Events

/// A reading of both clocks: intervals are measured by the one that nobody sets, and people read the other.
package struct NotificationTime: Sendable, Equatable {
    package let instant: ContinuousClock.Instant
    package let wall: Timestamp

    package init(instant: ContinuousClock.Instant, wall: Timestamp) {
        self.instant = instant
        self.wall = wall
    }

    /// Both clocks moved by the same duration.
    package static func + (time: Self, duration: Duration) -> Self {
        Self(instant: time.instant + duration, wall: time.wall + duration)
    }
}
