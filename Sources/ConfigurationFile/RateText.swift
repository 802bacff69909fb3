package import Events

/// Rates as text: an integer, a slash and a unit of time.
package enum RateText {
    /// - Returns: nil unless the text is such as `50/s`, `400/min` or `1000/h`.
    package static func read(_ text: String) -> RateLimit? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let requests = CountText.read(parts[0]) else { return nil }
        switch parts[1] {
        case "s", "sec", "second": return RateLimit(requests: requests, per: .seconds(1))
        case "m", "min", "minute": return RateLimit(requests: requests, per: .seconds(60))
        case "h", "hour": return RateLimit(requests: requests, per: .seconds(3600))
        default: return nil
        }
    }
}
