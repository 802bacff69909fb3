import Events

/// Notices that the wall clock was set back, which would delay every retry by as much, or that it jumps ahead, which would make
/// everything that waits look old.
///
/// A clock that is set forward delays nothing: retries become due at once.
struct SteadyClock: Sendable {
    /// How far the wall clock may run ahead of the elapsed time: it is corrected, and it runs while the machine sleeps.
    private static let credibleLead = Duration.seconds(3600)
    /// A retry may be late by this much; drift and small steps of a time service are smaller.
    private static let tolerance = Duration.seconds(10)

    /// The latest relation between the two clocks, by which retries were scheduled.
    private var anchor: ClockReading
    private let start: ClockReading
    private var correcting: (by: Duration, to: ClockReading)?
    private var pausedUntil: ContinuousClock.Instant?

    /// - Parameter start: when the process began. The clock may have jumped since.
    init(at now: ClockReading, since start: ClockReading) {
        anchor = now
        self.start = start
    }

    /// The time by which ages are judged: the wall clock, but only as far as time has really passed since the start.
    func believed(at now: ClockReading) -> Timestamp {
        min(now.wall, start.wall + (now.instant - start.instant) + Self.credibleLead)
    }

    /// Whether a correction was returned and is not done.
    var isCorrecting: Bool { correcting != nil }

    /// By how much all retries must be made due earlier; nil if they need not. ``broughtForward(_:at:)`` must follow.
    /// - Parameter hasRetries: whether any retries wait.
    mutating func correction(at now: ClockReading, hasRetries: @autoclosure () -> Bool) -> Duration? {
        guard correcting == nil, pausedUntil.map({ $0 <= now.instant }) ?? true else { return nil }
        let setBack = (anchor.wall - now.wall) + (now.instant - anchor.instant)
        if setBack > .zero, setBack < Self.tolerance { return nil }
        guard setBack >= Self.tolerance, hasRetries() else {
            anchor = now
            return nil
        }
        correcting = (setBack, now)
        return setBack
    }

    /// The retries were made due earlier, or could not be.
    mutating func broughtForward(_ succeeded: Bool, at now: ClockReading) {
        guard let correcting else { return }
        if succeeded { anchor = correcting.to } else { pausedUntil = now.instant + .seconds(1) }
        self.correcting = nil
    }
}
