package import Events
package import JournalSQLite

/// A disk forecast for operators: `full on Thursday (2026-12-03)`.
package enum DiskForecastText {
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let weekdays = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]

    /// How much is added per day, and when the disk is full.
    /// - Parameter retentionDays: how long events are kept.
    package static func text(_ forecast: DiskForecast, retentionDays: Int, now: Timestamp) -> String {
        switch forecast.outcome {
        case .unknown: "no forecast yet: less than one day is stored"
        case .lasts: "\(perDay(forecast)); not full within the retention of \(retentionDays) days"
        case .full(let time): "\(perDay(forecast)); full \(when(time, now: now))"
        }
    }

    private static func perDay(_ forecast: DiskForecast) -> String { "\(ByteText.text(forecast.bytesPerDay)) per day" }

    /// A weekday within the next week, a number of days after that.
    package static func when(_ time: Timestamp, now: Timestamp) -> String {
        guard time > now else { return "now" }
        let (day, today) = (time.milliseconds / dayMilliseconds, now.milliseconds / dayMilliseconds)
        let date = time.rfc3339.prefix(10)
        switch day - today {
        case 0: return "today at \(time.rfc3339.dropFirst(11).prefix(5)) UTC"
        case 1: return "tomorrow (\(date))"
        // 1970-01-01 was a Thursday.
        case 2...6: return "on \(weekdays[Int(day % 7)]) (\(date))"
        default: return "in \(day - today) days (\(date))"
        }
    }
}
