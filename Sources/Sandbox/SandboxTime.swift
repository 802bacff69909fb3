import Foundation

/// Times as the vendors read and write them.
enum SandboxTime {
    /// A time as a text says it, to the last of its nine decimals.
    struct Exact: Equatable {
        /// Since 1970, rounded down.
        let seconds: Int
        /// From 0 to 999,999,999.
        let nanoseconds: Int

        var date: Date { Date(timeIntervalSince1970: Double(seconds) + Double(nanoseconds) / 1e9) }
        /// Whole milliseconds; the rest is cut off.
        var milliseconds: Int { seconds * 1000 + nanoseconds / 1_000_000 }
        /// Whole microseconds; the rest is cut off.
        var microseconds: Int { seconds * 1_000_000 + nanoseconds / 1000 }
    }

    /// RFC 3339, UTC, with this many decimals.
    static func text(_ date: Date, decimals: Int = 3) -> String {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        let scale = pow(10.0, Double(decimals))
        let fraction = min(Int(((date.timeIntervalSince1970 - seconds) * scale).rounded()), Int(scale) - 1)
        // Safe: no date that the sandbox makes or reads is beyond the years 0 to 9999.
        return text(seconds: Int(seconds), fraction: fraction, decimals: decimals)
    }

    /// RFC 3339, UTC, with milliseconds.
    static func text(milliseconds: Int) -> String {
        let (seconds, rest) = floored(milliseconds, by: 1000)
        return text(seconds: seconds, fraction: rest, decimals: 3)
    }

    /// RFC 3339, UTC, with microseconds.
    static func text(microseconds: Int) -> String {
        let (seconds, rest) = floored(microseconds, by: 1_000_000)
        return text(seconds: seconds, fraction: rest, decimals: 6)
    }

    private static func text(seconds: Int, fraction: Int, decimals: Int) -> String {
        let (days, second) = floored(seconds, by: 86_400)
        let date = civil(days: days)
        var text = "\(pad(date.year, 4))-\(pad(date.month, 2))-\(pad(date.day, 2))"
        text += "T\(pad(second / 3600, 2)):\(pad(second / 60 % 60, 2)):\(pad(second % 60, 2))"
        if decimals > 0 { text += ".\(pad(fraction, decimals))" }
        return text + "Z"
    }

    private static func pad(_ number: Int, _ digits: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }

    /// Reads strict RFC 3339: upper-case T and Z, or a numeric offset with a colon; up to 9 decimals.
    static func read(_ text: String) -> Date? { exact(text)?.date }

    /// Reads strict RFC 3339, as ``read(_:)`` does.
    static func exact(_ text: String) -> Exact? {
        var reader = DigitReader(bytes: Array(text.utf8))
        guard let year = reader.number(4), reader.take("-"), let month = reader.number(2), reader.take("-"),
            let day = reader.number(2), reader.take("T"), let hour = reader.number(2), reader.take(":"),
            let minute = reader.number(2), reader.take(":"), let second = reader.number(2),
            (1...12).contains(month), (1...daysOf(month, year)).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        var nanoseconds = 0
        if reader.take(".") {
            guard let fraction = reader.fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset
        return Exact(seconds: seconds, nanoseconds: nanoseconds)
    }

    /// Whole milliseconds since 1970; dates before the year 0 or after 9999 count as the end of that range.
    static func milliseconds(_ date: Date) -> Int {
        Int((min(max(date.timeIntervalSince1970, seconds.lowerBound), seconds.upperBound) * 1000).rounded())
    }

    /// Whole microseconds since 1970; the rest is cut off.
    static func microseconds(_ date: Date) -> Int {
        Int((min(max(date.timeIntervalSince1970, seconds.lowerBound), seconds.upperBound) * 1_000_000).rounded(.down))
    }

    /// Seconds since 1970 of the years 0 to 9999.
    static let seconds: ClosedRange<Double> = -62_167_219_200...253_402_300_799

    /// The start of the day, month or other span of so many seconds in which a second lies, in UTC.
    static func startOfMonth(_ seconds: Int) -> Int {
        let date = civil(days: floored(seconds, by: 86_400).quotient)
        return days(date.year, date.month, 1) * 86_400
    }

    /// The start of the month after the one in which a second lies, in UTC.
    static func startOfNextMonth(_ seconds: Int) -> Int {
        // No month has more than 31 days, and none fewer than 28.
        startOfMonth(startOfMonth(seconds) + 31 * 86_400)
    }

    /// The month in which a second lies, if months begin at the day and the time of day of an anchor: a month that does not have its day
    /// begins on its last. In UTC; the end does not belong to it.
    static func month(containing second: Int, anchoredAt anchor: Int) -> (from: Int, until: Int) {
        let (anchorDays, time) = floored(anchor, by: 86_400)
        let day = civil(days: anchorDays).day
        func start(ofMonth month: Int) -> Int {
            let date = civil(days: floored(month, by: 86_400).quotient)
            return days(date.year, date.month, min(day, daysOf(date.month, date.year))) * 86_400 + time
        }
        let month = startOfMonth(second)
        let own = start(ofMonth: month)
        if second >= own { return (own, start(ofMonth: startOfNextMonth(second))) }
        return (start(ofMonth: startOfMonth(month - 1)), own)
    }

    /// Divides, rounding down.
    static func floored(_ number: Int, by divisor: Int) -> (quotient: Int, rest: Int) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }

    private static func daysOf(_ month: Int, _ year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date of the Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = floored(shifted, by: 400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The date in the proleptic Gregorian calendar; Howard Hinnant's algorithm, which needs no tables.
    private static func civil(days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, dayOfEra) = floored(days + 719_468, by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }
}

/// Reads the parts of a time from left to right.
private struct DigitReader {
    let bytes: [UInt8]
    var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { place == bytes.count }

    private mutating func digit() -> Int? {
        guard place < bytes.count, (0x30...0x39).contains(bytes[place]) else { return nil }
        defer { place += 1 }
        return Int(bytes[place]) - 0x30
    }

    /// Exactly this many digits; nil if there are fewer.
    mutating func number(_ digits: Int) -> Int? {
        var number = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            number = number * 10 + digit
        }
        return number
    }

    mutating func take(_ character: Character) -> Bool {
        guard place < bytes.count, bytes[place] == character.asciiValue else { return false }
        place += 1
        return true
    }

    /// One to nine decimals, as nanoseconds.
    mutating func fraction() -> Int? {
        guard var number = digit() else { return nil }
        var count = 1
        while let digit = digit() {
            number = number * 10 + digit
            count += 1
            guard count <= 9 else { return nil }
        }
        for _ in count..<9 { number *= 10 }
        return number
    }

    /// `Z`, or `+hh:mm`, in seconds.
    mutating func offset() -> Int? {
        if take("Z") { return 0 }
        let isNegative = take("-")
        guard isNegative || take("+"), let hours = number(2), hours < 24, take(":"), let minutes = number(2),
            minutes < 60
        else { return nil }
        return (hours * 3600 + minutes * 60) * (isNegative ? -1 : 1)
    }
}
