package import Events

/// Decides what is old enough to be removed, even if the wall clock jumps.
///
/// The wall clock is believed only as far as time has really passed since the start: otherwise one that jumps ahead while the gateway
/// runs would remove the whole deduplication window at once. One that is set back removes less.
package struct RetentionClock: Sendable {
    /// How far the wall clock may run ahead of the elapsed time: it is corrected, and it runs while the machine sleeps.
    private static let tolerance: Int64 = 3_600_000

    private let start: Timestamp
    private let keep: Duration

    /// - Parameters:
    ///   - start: the wall clock at the start, which ``jump(from:to:keeping:)`` or an operator has accepted.
    ///   - keep: how long settled events are kept.
    package init(start: Timestamp, keeping keep: Duration) {
        self.start = start
        self.keep = keep
    }

    /// What may be removed now.
    package struct Reading: Sendable, Equatable {
        /// Settled events that were accepted before this time are removed.
        package let before: Timestamp
        /// The time that is believed.
        package let time: Timestamp
        /// How far the wall clock is ahead of the believed time; nil if it is not.
        package let ahead: Duration?

        package init(before: Timestamp, time: Timestamp, ahead: Duration?) {
            self.before = before
            self.time = time
            self.ahead = ahead
        }
    }

    /// - Parameter passed: the time since the start, by the monotonic clock.
    package func read(_ now: Timestamp, passed: Duration) -> Reading {
        let believed = start.milliseconds.clamped(adding: passed.wholeMilliseconds).clamped(adding: Self.tolerance)
        let time = min(now.milliseconds, believed)
        let before = time.clamped(subtracting: keep.wholeMilliseconds)
        let ahead = now.milliseconds > believed ? now.milliseconds.clamped(subtracting: believed) : nil
        return Reading(
            before: Timestamp(milliseconds: before),
            time: Timestamp(milliseconds: time),
            ahead: ahead.map { .milliseconds($0) }
        )
    }

    /// When the journal was last in use, to judge the clock at a start.
    ///
    /// The newest event alone is not enough: the clock may have been ahead when it was accepted, and a start with the same clock would
    /// notice nothing.
    /// - Parameters:
    ///   - noted: the time that was noted last; nil in a journal that never had one.
    ///   - newest: when the newest event was accepted; nil if there is none.
    package static func lastUse(noted: Timestamp?, newest: Timestamp?, keeping keep: Duration) -> Timestamp? {
        guard let noted, let newest else { return noted ?? newest }
        return jump(from: noted, to: newest, keeping: keep) == nil ? max(noted, newest) : noted
    }

    /// How far the clock is ahead of the journal's last use at the start, if so far that half of the deduplication window would be
    /// removed at once; nil if the clock can be believed.
    /// - Parameter last: see ``lastUse(noted:newest:keeping:)``; nil if there was none.
    package static func jump(from last: Timestamp?, to now: Timestamp, keeping keep: Duration) -> Duration? {
        guard let last else { return nil }
        let jump = now.milliseconds.clamped(subtracting: last.milliseconds)
        return jump >= max(1, keep.wholeMilliseconds / 2) ? .milliseconds(jump) : nil
    }
}

extension Int64 {
    fileprivate func clamped(adding other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other > 0 ? .max : .min) : sum
    }

    fileprivate func clamped(subtracting other: Int64) -> Int64 {
        let (difference, overflow) = subtractingReportingOverflow(other)
        return overflow ? (other > 0 ? .min : .max) : difference
    }
}
