import Events

/// Notices that the wall clock was set back, which would delay every retry by as much.
///
/// A clock that is set forward needs nothing: retries are due by it at once.
struct SteadyClock: Sendable {
    /// A retry may be late by this much; drift and small steps of a time service stay below it.
    private static let tolerance = Duration.seconds(10)

    /// The latest relation of the two clocks that retries were scheduled by.
    private var anchor: Moment
    private var correcting: (by: Duration, to: Moment)?
    private var pausedUntil: ContinuousClock.Instant?

    init(at now: Moment) {
        anchor = now
    }

    /// Whether a correction was asked for and is not done.
    var isCorrecting: Bool { correcting != nil }

    /// By how much the times of all retries must be brought forward; nil if by nothing. ``broughtForward(_:at:)`` must follow.
    /// - Parameter hasRetries: whether any wait.
    mutating func correction(at now: Moment, hasRetries: Bool) -> Duration? {
        guard correcting == nil, pausedUntil.map({ $0 <= now.instant }) ?? true else { return nil }
        let setBack = (anchor.wall - now.wall) + (now.instant - anchor.instant)
        if setBack > .zero, setBack < Self.tolerance { return nil }
        guard setBack >= Self.tolerance, hasRetries else {
            anchor = now
            return nil
        }
        correcting = (setBack, now)
        return setBack
    }

    /// The times were brought forward, or could not be.
    mutating func broughtForward(_ succeeded: Bool, at now: Moment) {
        guard let correcting else { return }
        if succeeded { anchor = correcting.to } else { pausedUntil = now.instant + .seconds(1) }
        self.correcting = nil
    }
}
