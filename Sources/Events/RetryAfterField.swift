extension RetryAfter {
    /// Reads the value of a `Retry-After` field: seconds (a fraction is rounded up), or an HTTP date in the form of RFC 9110
    /// (`Sun, 06 Nov 1994 08:49:37 GMT`). A day is the most that is believed.
    /// - Returns: nil for anything else.
    package init?(field text: String) {
        let text = text.filter { $0 != " " || !text.hasPrefix(" ") }
        if let seconds = Double(text), seconds.isFinite, seconds >= 0 {
            self = .delay(.seconds(min(seconds.rounded(.up), 86_400)))
            return
        }
        guard let moment = Timestamp(httpDate: text) else { return nil }
        self = .moment(moment)
    }
}

extension Timestamp {
    /// Reads an HTTP date in its fixed form, `Sun, 06 Nov 1994 08:49:37 GMT`.
    init?(httpDate text: String) {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: String(parts[2])),
            parts[1].count == 2, parts[3].count == 4
        else { return nil }
        let number = month + 1
        self.init(rfc3339: "\(parts[3])-\(number < 10 ? "0" : "")\(number)-\(parts[1])T\(parts[4])Z")
    }
}
