import Events
import Synchronization

/// The time as in the `Date` field, formatted once per second.
enum HTTPDate {
    private static let latest = Mutex<(second: Int64, text: String)>((0, ""))

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, for this timestamp.
    static var now: String {
        let second = SystemWallClock().now.milliseconds / 1000
        return latest.withLock { latest in
            if latest.second != second { latest = (second, text(second)) }
            return latest.text
        }
    }

    /// - Parameter second: since 1970, which was a Thursday.
    private static func text(_ second: Int64) -> String {
        let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        // 2024-03-20T15:04:05.000Z
        let parts = Timestamp(milliseconds: second * 1000).rfc3339.split { "-T.".contains($0) }
        let month = Int(parts[1]).map { months[$0 - 1] } ?? ""
        return "\(days[Int(second / 86_400 % 7)]), \(parts[2]) \(month) \(parts[0]) \(parts[3]) GMT"
    }
}
