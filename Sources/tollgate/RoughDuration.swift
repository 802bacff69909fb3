/// A duration in a readable unit, rounded up: `90 s`, `2 min`, `3 h`.
enum RoughDuration {
    /// Seconds below two minutes, minutes below two hours, otherwise hours; rounded up, so that no forecast is too short.
    static func text(seconds: Int64) -> String {
        switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(roundedUp(seconds, by: 60)) min"
        default: "\(roundedUp(seconds, by: 3600)) h"
        }
    }

    private static func roundedUp(_ seconds: Int64, by unit: Int64) -> Int64 {
        seconds / unit + (seconds % unit == 0 ? 0 : 1)
    }
}
