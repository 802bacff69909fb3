import Foundation

/// Times as the vendors read and write them.
enum SandboxTime {
    /// RFC 3339, UTC, with this many decimals.
    static func text(_ date: Date, decimals: Int = 3) -> String {
        let seconds = date.timeIntervalSince1970.rounded(.down)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents(
            [.year, .month, .day, .hour, .minute, .second],
            from: Date(timeIntervalSince1970: seconds)
        )
        func pad(_ number: Int?, _ digits: Int) -> String {
            let text = String(number ?? 0)
            return String(repeating: "0", count: max(0, digits - text.count)) + text
        }
        let day = "\(pad(parts.year, 4))-\(pad(parts.month, 2))-\(pad(parts.day, 2))"
        let time = "\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):\(pad(parts.second, 2))"
        guard decimals > 0 else { return "\(day)T\(time)Z" }
        let scale = pow(10.0, Double(decimals))
        let fraction = min(Int(((date.timeIntervalSince1970 - seconds) * scale).rounded()), Int(scale) - 1)
        return "\(day)T\(time).\(pad(fraction, decimals))Z"
    }

    /// Reads strict RFC 3339: upper-case T and Z, or a numeric offset with a colon; up to 9 decimals.
    static func read(_ text: String) -> Date? {
        let pattern = #/(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)/#
        guard let match = try? pattern.wholeMatch(in: text), let year = Int(match.1), let month = Int(match.2),
            let day = Int(match.3), let hour = Int(match.4), let minute = Int(match.5), let second = Int(match.6),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let components = DateComponents(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        guard components.isValidDate(in: calendar), let date = calendar.date(from: components) else { return nil }
        var seconds = date.timeIntervalSince1970
        if let fraction = match.7, let value = Double("0." + fraction) { seconds += value }
        if match.8 != "Z", let hours = Int(match.8.dropFirst().prefix(2)), let minutes = Int(match.8.suffix(2)) {
            seconds -= Double(hours * 3600 + minutes * 60) * (match.8.hasPrefix("-") ? -1 : 1)
        }
        return Date(timeIntervalSince1970: seconds)
    }

    /// Whole milliseconds since 1970; dates before the year 0 or after 9999 count as the end of that range.
    static func milliseconds(_ date: Date) -> Int {
        Int((min(max(date.timeIntervalSince1970, seconds.lowerBound), seconds.upperBound) * 1000).rounded())
    }

    /// Seconds since 1970 of the years 0 to 9999.
    static let seconds: ClosedRange<Double> = -62_167_219_200...253_402_300_799
}
