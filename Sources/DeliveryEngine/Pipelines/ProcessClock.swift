package import Events

/// Reads the two clocks of a process. Created first at the start, because how far the wall clock is believed later is measured from then.
package struct ProcessClock: Sendable {
    private let wall: any WallClock
    private let instant: @Sendable () -> ContinuousClock.Instant
    /// The reading of both clocks when the process started.
    package let start: ClockReading

    /// - Parameters:
    ///   - wall: for what survives a restart.
    ///   - instant: reads the monotonic clock.
    package init(
        wall: any WallClock,
        instant: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.wall = wall
        self.instant = instant
        start = ClockReading(instant: instant(), wall: wall.now)
    }

    /// Both clocks now.
    package var now: ClockReading { ClockReading(instant: instant(), wall: wall.now) }
}
