#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The time of a log entry: RFC 3339, UTC, to the millisecond.
package struct LogTime: Sendable {
    /// Since 1970.
    private let seconds: Int
    private let milliseconds: Int

    /// - Parameters:
    ///   - seconds: since 1970; not negative.
    ///   - milliseconds: 0 to 999.
    package init(seconds: Int, milliseconds: Int) {
        self.seconds = max(0, seconds)
        self.milliseconds = milliseconds
    }

    /// The time by the system's clock.
    static var now: LogTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LogTime(seconds: Int(time.tv_sec), milliseconds: Int(time.tv_nsec) / 1_000_000)
    }

    func write(to bytes: inout LineBuffer) {
        let days = seconds / 86_400
        let second = seconds % 86_400
        let (year, month, day) = Self.date(of: days)
        Self.write(year, digits: 4, then: "-", to: &bytes)
        Self.write(month, digits: 2, then: "-", to: &bytes)
        Self.write(day, digits: 2, then: "T", to: &bytes)
        Self.write(second / 3600, digits: 2, then: ":", to: &bytes)
        Self.write(second / 60 % 60, digits: 2, then: ":", to: &bytes)
        Self.write(second % 60, digits: 2, then: ".", to: &bytes)
        Self.write(milliseconds, digits: 3, then: "Z", to: &bytes)
    }

    /// The date of a day since 1970, by the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date algorithms"): the
    /// system's own function takes a lock for the time zone.
    private static func date(of days: Int) -> (year: Int, month: Int, day: Int) {
        // Years begin in March, so that the leap day is the last of one.
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    private static func write(_ number: Int, digits: Int, then separator: Unicode.Scalar, to bytes: inout LineBuffer) {
        var divisor = digits == 4 ? 1000 : digits == 3 ? 100 : 10
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(number / divisor % 10))
            divisor /= 10
        }
        bytes.append(UInt8(ascii: separator))
    }
}
