/// The header field `Retry-After`, as RFC 9110 defines it and as servers send it.
extension RetryAfter {
    /// Longer delays count as this one. The engine's own limit, which a provider can set, is shorter.
    package static let longestDelay = Duration.seconds(7 * 86_400)

    /// Reads seconds (with or without a fraction), a Unix timestamp, or an HTTP date in any of its three forms.
    /// - Returns: nil if the text is none of these, so that the sender's own schedule applies.
    package init?(header text: String) {
        if let wait = RetryAfter(number: text) {
            self = wait
        } else if let timestamp = Timestamp(httpDate: text) {
            self = .at(timestamp)
        } else {
            return nil
        }
    }

    /// Reads a number as rate limiters send it, in `X-RateLimit-Reset` above all: seconds to wait, or a Unix timestamp.
    ///
    /// No wait lasts 31 years, so a number of 1,000,000,000 or more is a Unix timestamp: in seconds, or in milliseconds,
    /// microseconds or nanoseconds if it has that many digits. Delays are rounded up to the millisecond and cut at
    /// ``longestDelay``.
    /// - Returns: nil if the text is not a number, or negative.
    package init?(number text: String) {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let digits = text.utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            var seconds = Double(String(decoding: digits, as: UTF8.self)), seconds.isFinite
        else { return nil }
        let isTimestamp = seconds >= Self.leastTimestamp
        for _ in 0..<3 where seconds >= Self.mostTimestampSeconds { seconds /= 1000 }
        if isTimestamp, seconds < Self.mostTimestampSeconds {
            self = .at(
                Timestamp(milliseconds: Int64((min(seconds, Self.mostTimestampSeconds) * 1000).rounded(.up)))
            )
        } else {
            let longest = Double(Self.longestDelay.components.seconds)
            self = .delay(.milliseconds(Int64((min(seconds, longest) * 1000).rounded(.up))))
        }
    }

    /// 2001-09-09.
    private static let leastTimestamp = 1e9
    /// In seconds the year 5138; in milliseconds 1973, and so on for smaller units.
    private static let mostTimestampSeconds = 1e11
}

extension VendorAnswer {
    /// When the vendor asks to retry, by `Retry-After`.
    package var retryAfter: RetryAfter? {
        header("retry-after").flatMap { RetryAfter(header: $0) }
    }

    /// When a vendor's rate limit resets, by the fields that servers send beside a 429: seconds to wait (Lago), or a Unix
    /// timestamp (Flexprice).
    package var rateLimitReset: RetryAfter? {
        let fields = ["x-ratelimit-reset", "ratelimit-reset"].lazy.compactMap { header($0) }
        return fields.compactMap { RetryAfter(number: $0) }.first
    }
}

extension Timestamp {
    /// Reads an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`, or the obsolete `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// `Sun Nov  6 08:49:37 1994`. The day of the week is not checked against the date.
    /// - Returns: nil if the text has another form or names no real date or time.
    package init?(httpDate text: String) {
        let words = text.split { $0 == " " || $0 == "," || $0 == "-" }.map(String.init)
        let date: (day: String, month: String, year: String, time: String)
        switch words.count {
        case 6 where words[5] == "GMT": date = (words[1], words[2], Self.fullYear(words[3]), words[4])
        case 5: date = (words[2], words[1], words[4], words[3])
        default: return nil
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard let month = months.firstIndex(of: date.month) else { return nil }
        let day = date.day.utf8.count == 1 ? "0" + date.day : date.day
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        self.init(rfc3339: "\(date.year)-\(number)-\(day)T\(date.time)Z")
    }

    /// Two digits mean the year that is less than 50 years ahead, seen from the time of writing this.
    private static func fullYear(_ year: String) -> String {
        guard year.utf8.count == 2, let value = Int(year) else { return year }
        return value < 76 ? "20\(year)" : "19\(year)"
    }
}
