package import Events

/// Decides what is old enough to be removed, even if the wall clock jumps.
///
/// The wall clock counts only as far as time has really passed since the start: one that jumps ahead while the gateway runs would
/// otherwise remove the whole deduplication window at once. One that is set back removes less.
package struct RetentionClock: Sendable {
    /// How far the wall clock may run ahead of the time that has passed: its corrections, and the pause of a machine that sleeps.
    private static let tolerance: Int64 = 3_600_000

    private let start: Timestamp
    private let keep: Duration

    /// - Parameters:
    ///   - start: the wall clock at the start, after ``jump(from:to:keeping:)`` found nothing wrong with it, or an operator has accepted it.
    ///   - keep: how long settled events are kept.
    package init(start: Timestamp, keeping keep: Duration) {
        self.start = start
        self.keep = keep
    }

    /// What may be removed now.
    package struct Reading: Sendable, Equatable {
        /// Settled events that were accepted before go.
        package let before: Timestamp
        /// What time it is, as far as that is believed.
        package let time: Timestamp
        /// By how much the wall clock is ahead of what is believed; nil if it is not.
        package let ahead: Duration?

        package init(before: Timestamp, time: Timestamp, ahead: Duration?) {
            self.before = before
            self.time = time
            self.ahead = ahead
        }
    }

    /// - Parameter passed: the time since the start, by a clock that nobody sets.
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

    /// When the journal was last in use, to judge the clock of a start by.
    ///
    /// The newest event does not tell alone: the clock may have been ahead when it was accepted, and a start with that clock would find
    /// nothing wrong.
    /// - Parameters:
    ///   - noted: the time that was noted last; nil in a journal that never had one.
    ///   - newest: when the newest event was accepted; nil if there is none.
    package static func lastUse(noted: Timestamp?, newest: Timestamp?, keeping keep: Duration) -> Timestamp? {
        guard let noted, let newest else { return noted ?? newest }
        return jump(from: noted, to: newest, keeping: keep) == nil ? max(noted, newest) : noted
    }

    /// How far the clock is ahead of the journal's last use at the start, if that is so much that half of the deduplication window would
    /// go at once; nil if it may be believed.
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
