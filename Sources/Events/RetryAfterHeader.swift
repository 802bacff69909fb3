/// The header field `Retry-After`, as RFC 9110 has it and as servers send it.
extension RetryAfter {
    /// The longest delay that is believed: beyond a week, somebody sent a date as seconds, or means harm.
    package static let longestDelay = Duration.seconds(7 * 86_400)

    /// Reads seconds (with or without a fraction) or an HTTP date in any of its three forms.
    /// - Returns: nil if the text is neither, so that the sender's own schedule holds.
    package init?(header text: String) {
        if let delay = RetryAfter.delay(seconds: text) {
            self = delay
        } else if let moment = Timestamp(httpDate: text) {
            self = .moment(moment)
        } else {
            return nil
        }
    }

    /// A delay in seconds, rounded up to the millisecond and cut at ``longestDelay``.
    /// - Returns: nil if the text is no number, or one below 0.
    package static func delay(seconds text: String) -> RetryAfter? {
        let digits = text.utf8.filter { $0 != 0x20 && $0 != 0x09 }
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let seconds = Double(String(decoding: digits, as: UTF8.self)), seconds.isFinite
        else { return nil }
        let longest = Double(longestDelay.components.seconds)
        return .delay(.milliseconds(Int64((min(seconds, longest) * 1000).rounded(.up))))
    }
}

extension Timestamp {
    /// Reads an HTTP date: `Sun, 06 Nov 1994 08:49:37 GMT`, or the obsolete `Sunday, 06-Nov-94 08:49:37 GMT` and
    /// `Sun Nov  6 08:49:37 1994`. The day of the week is not checked against the date.
    /// - Returns: nil if the text has another form or names no real moment.
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
