package import Events

/// Reads the two clocks of a process. Made before anything else is done: what the wall clock may be believed later is counted from then.
package struct ProcessClock: Sendable {
    private let wall: any WallClock
    private let instant: @Sendable () -> ContinuousClock.Instant
    /// What both showed when the process began.
    package let start: ClockReading

    /// - Parameters:
    ///   - wall: for what survives a restart.
    ///   - instant: reads the clock that nobody sets.
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
