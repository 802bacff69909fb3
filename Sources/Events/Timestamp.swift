/// A point in time on the wall clock, UTC, to the millisecond: what survives a restart and goes to vendors.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before. Always within ``range``.
    package let milliseconds: Int64

    /// The years 0 to 9999, for which RFC 3339 has four digits. No arithmetic with two timestamps of this range overflows.
    package static let range: ClosedRange<Int64> = -62_167_219_200_000...253_402_300_799_999

    /// - Parameter milliseconds: values outside ``range`` are clamped.
    package init(milliseconds: Int64) {
        self.milliseconds = min(max(milliseconds, Self.range.lowerBound), Self.range.upperBound)
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// This timestamp moved by a duration, truncated to the millisecond and clamped to ``range``.
    package static func + (timestamp: Self, duration: Duration) -> Self {
        let (sum, overflows) = timestamp.milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        guard overflows else { return Timestamp(milliseconds: sum) }
        return Timestamp(milliseconds: duration < .zero ? .min : .max)
    }

    /// The time from `right` to `left`.
    package static func - (left: Self, right: Self) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }
}

extension Timestamp {
    /// The first millisecond of a year from 1 to 9999, UTC. Any other year counts as the nearest of these.
    package static func start(ofYear year: Int) -> Timestamp {
        // Days before the year in the proleptic Gregorian calendar, counted from year 1.
        let past = min(max(year, 1), 9999) - 1
        let days = past * 365 + past / 4 - past / 100 + past / 400
        return Timestamp(milliseconds: Int64(days - 719_162) * 86_400_000)
    }

    /// What RFC 3339 can express and most date libraries can read: years 1 to 9999.
    package static let writable = start(ofYear: 1)...Timestamp(milliseconds: Timestamp.range.upperBound)
}

/// Reads the wall-clock time. Decisions get the time as an argument; only shells read the clock.
package protocol WallClock: Sendable {
    /// The current time.
    var now: Timestamp { get }
}
