import Events

/// What time it is, twice: by a clock that only goes forward, for what lives in memory, and by the wall clock, for what
/// survives a restart.
struct Moment: Sendable, Equatable {
    let instant: ContinuousClock.Instant
    let wall: Timestamp

    init(instant: ContinuousClock.Instant, wall: Timestamp) {
        self.instant = instant
        self.wall = wall
    }

    /// The instant at which the wall clock will show `timestamp`, if nobody sets it.
    func instant(of timestamp: Timestamp) -> ContinuousClock.Instant {
        instant + (timestamp - wall)
    }

    /// Both clocks moved by a duration.
    static func + (moment: Self, duration: Duration) -> Self {
        Moment(instant: moment.instant + duration, wall: moment.wall + duration)
    }
}
