import Events

/// Reads the two clocks that a pipeline goes by.
struct PipelineClock: Sendable {
    private let wall: any WallClock
    private let instant: @Sendable () -> ContinuousClock.Instant

    /// - Parameters:
    ///   - wall: for what survives a restart.
    ///   - instant: reads the clock that nobody sets.
    init(wall: any WallClock, instant: @escaping @Sendable () -> ContinuousClock.Instant) {
        self.wall = wall
        self.instant = instant
    }

    /// Both clocks now.
    var now: ClockReading { ClockReading(instant: instant(), wall: wall.now) }
}
